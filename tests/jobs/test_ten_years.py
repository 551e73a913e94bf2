"""Ten years of which nine are over: a night reads none of their cases, whatever there are of them,
until something in a year that nobody has published is recorded late.
"""

import asyncio
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from jobs.night import run_night
from jobs.stream import read_rows
from tests.jobs.test_night import random_history
from tests.jobs.test_settled import read, shift, touch, write
from tests.ledger import event
from tests.service.test_publishing import LEADER
from tests.simulated import rows_of
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.domain.events import Event
from tthc.rules.periods import read_period
from tthc.service.publishing import publish_period

NEW_YEARS_EVE, TODAY = date(2025, 12, 31), date(2026, 3, 9)
OVER = ("year:2025", "half:2025-H2", "quarter:2025-Q4")  # and still awaited in March
OPEN_YEAR, CLOSED_YEARS = 30, 9
UNSETTLED = "SELECT count(*) FROM cases WHERE settled_on IS NULL OR settled_on >= '2026-03-01'"
SINCE = re.compile(r"settled_on >= DATE '([^']+)'")
ALL = "SELECT count(*) FROM cases"
OLD = """SELECT code FROM cases WHERE settled_on < '2025-12-01' AND settled_on > '2025-08-01'
  AND resolved_at IS NOT NULL ORDER BY id LIMIT 2"""
KEPT = f"SELECT period, count(*) FROM figure_sheets WHERE period IN {OVER} GROUP BY 1 ORDER BY 1"
MADE = "SELECT DISTINCT period FROM figure_sheets WHERE as_of >= '2026-03-01'"


def life(number: int, dice: random.Random) -> list[Event]:
    """A life of this year, or as it was in one of nine years before."""
    code, back = f"O-{number}", timedelta(days=365 * (number // OPEN_YEAR))
    return [
        event(
            *(code, each.seq, each.type, each.effective_at - back),
            {name: shift(value, back) for name, value in read(each.change).items()},
        )
        for each in random_history(code, dice)
    ]


def count(server: Server, sql: str) -> int:
    return int(rows_of(server, sql)[0][0][0])


@dataclass
class Asked:
    """What a night takes out of PostgreSQL: how many rows, and of cases active since when."""

    rows: int = 0
    since: set[str] = field(default_factory=set)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found = Asked()

    def counting(url: str, sql: str, *given: Any) -> Iterator[pl.DataFrame]:
        found.since.update(SINCE.findall(sql))
        for rows in read_rows(url, sql, *given):
            found.rows += rows.height
            yield rows

    monkeypatch.setattr("jobs.extract.read_rows", counting)
    return found


async def publish(server: Server) -> None:
    owner = connect_owner(server)
    async with owner.begin() as connection:
        for name in OVER:
            await publish_period(connection, LEADER, read_period(name))
    await owner.dispose()


def test_years_that_are_over_cost_nothing(database: Server, asked: Asked) -> None:
    dice = random.Random(29)
    lives = [life(number, dice) for number in range(OPEN_YEAR * (1 + CLOSED_YEARS))]
    asyncio.run(write(database, lives))

    def night(day: date) -> int:
        """How many closed periods moved."""
        asked.rows = 0
        asked.since.clear()
        done = run_night(database.night_url, simulated=False, as_of=clock.end_of(day))
        return int(done.result["closed"])

    every, unsettled = count(database, ALL), count(database, UNSETTLED)
    assert unsettled < every / 4  # those of this year, and a fifth that was never resolved
    night(NEW_YEARS_EVE)
    night(TODAY)
    assert night(TODAY + timedelta(days=1)) == 0
    assert asked.rows == unsettled
    made = {period for (period,) in rows_of(database, MADE)[0]}
    assert not any("2025" in period for period in made - {"tt01-year:2025"})

    late = [int(code[2:]) for (code,) in rows_of(database, OLD)[0]]
    sent = {"letter_sent_at": datetime(2025, 12, 2, tzinfo=UTC)}
    before = rows_of(database, KEPT)
    asyncio.run(touch(database, late[0], "corrected", {"state": 4, "resolved_at": None}))
    assert night(TODAY + timedelta(days=2)) == len(OVER) + 2  # it was open on two days of March too
    assert min(asked.since) == "2025-01-01"
    assert rows_of(database, KEPT) != before

    asyncio.run(publish(database))
    before = rows_of(database, KEPT, "SELECT * FROM publications ORDER BY id")
    asyncio.run(touch(database, late[1], "letter_sent", sent))
    assert night(TODAY + timedelta(days=3)) == 0
    assert min(asked.since) >= "2026-03-01"
    assert rows_of(database, KEPT, "SELECT * FROM publications ORDER BY id") == before
