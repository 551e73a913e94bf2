"""Ledgers to measure on: a scratch server, a simulated province of so many cases."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import asyncpg

from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server, running_server
from tthc.db.upgrade import upgrade
from tthc.intake.simulation.parameters import plan
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.writing import prepare, write
from tthc.rules.calendars import calendar
from tthc.settings import read_settings

HEAVY = bool(os.environ.get("TTHC_HEAVY"))
UNTIL = date(2026, 11, 20)


@contextmanager
def simulated_ledger(cases: int, events_since: date | None = None) -> Iterator[Server]:
    """A fresh database with a simulated province; `events_since` leaves older events out."""
    with tempfile.TemporaryDirectory(prefix="tthc-bench-") as folder:
        Path(folder).chmod(0o755)
        settings = read_settings({"TTHC_DATA_DIR": folder})
        with running_server(settings) as server:
            asyncio.run(upgrade(server))
            if cases:
                _simulate(server, cases, events_since)
                asyncio.run(_settle(server))
            yield server


def _simulate(server: Server, cases: int, events_since: date | None) -> None:
    asked = plan(
        cases=cases,
        province="15",
        seed=1,
        now=clock.end_of(UNTIL),
        until=UNTIL,
        events_since=events_since,
    )

    async def build() -> Setting:
        engine = connect_owner(server)
        try:
            async with engine.begin() as connection:
                return Setting(asked, await prepare(connection, "15", calendar()))
        finally:
            await engine.dispose()

    write(asyncio.run(build()), server.night_url, lambda _: None)


async def _settle(server: Server) -> None:
    """Let the server's housekeeping not fall into what is measured."""
    connection = await asyncpg.connect(server.owner_url)
    try:
        await connection.execute("VACUUM ANALYZE cases")
    finally:
        await connection.close()
