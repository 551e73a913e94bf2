"""A small simulated province to test on, and questions to its database."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.intake.simulation.parameters import Parameters, plan
from tthc.intake.simulation.setting import Reference, Setting
from tthc.intake.simulation.writing import Written, prepare
from tthc.rules.calendars import calendar

NOW = datetime(2025, 11, 3, 3, tzinfo=UTC)  # both sides of 2025-07-01, with cases still open
SUCCESSIONS = (
    "SELECT count(*), md5(string_agg(s::text, '' ORDER BY predecessor_id, successor_id)) "
    "FROM unit_successors s JOIN units u ON u.id = predecessor_id AND NOT u.simulated"
)
REAL = (
    SUCCESSIONS,
    "SELECT count(*), md5(string_agg(u::text, '' ORDER BY id)) FROM units u WHERE NOT simulated",
    "SELECT count(*), md5(string_agg(p::text, '' ORDER BY id)) FROM procedures p",
    "SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM terms t",
    "SELECT count(*), '' FROM sources WHERE id <> 'simulated'",
)


@dataclass(frozen=True)
class Simulated:
    server: Server
    reference: Reference
    setting: Setting
    written: Written
    real_before: list[tuple[Any, ...]]


def asked(**changes: Any) -> Parameters:
    usual: dict[str, Any] = {"cases": 4000, "province": "15", "seed": 7, "now": NOW}
    return plan(**usual | changes)


def rows_of(server: Server, *statements: str) -> list[list[tuple[Any, ...]]]:
    """What the owner's role sees, statement by statement."""

    async def ask() -> list[list[tuple[Any, ...]]]:
        connection = await asyncpg.connect(server.owner_url)
        try:
            return [[tuple(row) for row in await connection.fetch(one)] for one in statements]
        finally:
            await connection.close()

    return asyncio.run(ask())


def one(server: Server, statement: str) -> Any:
    return rows_of(server, statement)[0][0][0]


def prepared(server: Server, province: str = "15") -> Reference:
    async def build() -> Reference:
        engine = connect_owner(server)
        try:
            async with engine.begin() as connection:
                return await prepare(connection, province, calendar())
        finally:
            await engine.dispose()

    return asyncio.run(build())
