"""Behind PgBouncer, where every transaction may get another's connection."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.pooling import PGBOUNCER, pooling
from tthc.db.engine import connect_app, connect_night
from tthc.db.server import Server

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="no pgbouncer on this machine")


@pytest.fixture
def pooled(server: Server) -> Iterator[Server]:
    """This worker's database behind a pool too small for a connection each."""
    with pooling(server) as found:
        yield found


async def test_transactions_share_connections(pooled: Server) -> None:
    for role, engine in {
        "tthc_app": connect_app(pooled, pool_size=4),
        "tthc_night": connect_night(pooled, pool_size=4),
    }.items():
        told = await asyncio.gather(*(work(engine, role, number) for number in range(4)))
        assert told == [[number] * 10 for number in range(4)]
        await engine.dispose()


async def work(engine: AsyncEngine, role: str, number: int) -> list[int]:
    seen = []
    for _ in range(10):
        async with engine.begin() as connection:
            answer = await connection.scalar(text("select :n + 0"), {"n": number})
            seen.append(int(answer or 0))
            assert await connection.scalar(text("select current_user")) == role
    return seen
