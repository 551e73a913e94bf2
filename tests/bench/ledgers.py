"""Ledgers to measure on: a scratch server, a simulated province of so many cases."""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

import asyncpg

from tests.bench.years import add_closed_years, multiply_cases
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
PROVINCE = "15"
PROVINCES = """SELECT code FROM units WHERE NOT simulated AND parent_id IS NULL
  AND kind = 'people_committee' AND level = 'province' AND valid_to IS NULL ORDER BY code"""


class Made(TypedDict, total=False):
    """What else a ledger may be: of a country, which has every province of today, the first with
    most cases, the n-th with 1/n of them; every case so many times; so many closed years like the
    open one before it.
    """

    country: bool
    times: int
    closed_years: int


@contextmanager
def simulated_ledger(
    cases: int, events_since: date | None = None, **made: Unpack[Made]
) -> Iterator[Server]:
    """A fresh database with a simulated province; `events_since` leaves older events out.

    With `TTHC_BENCH_KEEP` the ledger stays in that folder, for the next run of the same size.
    """
    country, times = made.get("country", False), made.get("times", 1)
    closed_years = made.get("closed_years", 0)
    before = f"-{closed_years}" if closed_years else ""
    with _folder(f"{cases * times}-{country}-{events_since}{before}") as folder:
        folder.chmod(0o755)
        settings = read_settings({"TTHC_DATA_DIR": str(folder)})
        whole_ledger = folder / "made"
        with running_server(settings) as server:
            asyncio.run(upgrade(server))
            if cases and not whole_ledger.exists():
                provinces = asyncio.run(_provinces(server)) if country else [PROVINCE]
                whole = sum(1 / place for place in range(1, len(provinces) + 1))
                for place, province in enumerate(provinces, 1):
                    _simulate(server, province, int(cases / place / whole), events_since)
                if times > 1:
                    asyncio.run(multiply_cases(server, times))
                if closed_years:
                    asyncio.run(add_closed_years(server, closed_years))
                asyncio.run(_settle(server))
                whole_ledger.touch()
            yield server


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    if kept := os.environ.get("TTHC_BENCH_KEEP"):
        folder = Path(kept) / name
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="tthc-bench-") as scratch:
        yield Path(scratch)


async def _provinces(server: Server) -> list[str]:
    connection = await asyncpg.connect(server.owner_url)
    try:
        return [row["code"] for row in await connection.fetch(PROVINCES)]
    finally:
        await connection.close()


def _simulate(server: Server, province: str, cases: int, events_since: date | None) -> None:
    asked = plan(
        cases=cases,
        province=province,
        seed=1,
        now=clock.end_of(UNTIL),
        until=UNTIL,
        events_since=events_since,
    )

    async def build() -> Setting:
        engine = connect_owner(server)
        try:
            async with engine.begin() as connection:
                return Setting(asked, await prepare(connection, province, calendar()))
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
