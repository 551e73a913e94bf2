"""Periods that are over and not published move with what is recorded late, and by nothing else."""

import asyncio
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from jobs.night import run_night
from tests.jobs.test_settled import compare, counted_anew, old_history, stored, touch, write
from tests.service.test_publishing import LEADER
from tests.simulated import rows_of
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.rules.periods import read_period
from tthc.service.publishing import publish_period

LAST = date(2026, 3, 31)
ENDED = ("month:2026-03", "quarter:2026-Q1", "day:2026-03-31")
RESULT = {"state": 9, "resolved_at": datetime(2026, 3, 25, 3, tzinfo=UTC)}
OPEN = """
SELECT code FROM cases WHERE resolved_at IS NULL AND state = 2 AND last_effective_at < '2026-03-20'
ORDER BY id LIMIT 2"""
NEWEST = """id IN (SELECT DISTINCT ON (period) id FROM figure_sheets WHERE layer_id IS NULL
  AND NOT simulated ORDER BY period, as_of DESC, id DESC)"""
SHEETS = "SELECT period, count(*) FROM figure_sheets WHERE layer_id IS NULL GROUP BY 1"
PUBLISHED = (
    "SELECT * FROM publications",
    "SELECT * FROM published_figures ORDER BY publication_id, verdicts, cases, case_ids",
)


def night(server: Server, day: int) -> int:
    """Run the night of a day in April, or of that before it; how many closed periods moved."""
    outcome = run_night(
        server.night_url, simulated=False, as_of=clock.end_of(LAST + timedelta(days=day))
    )
    return int(outcome.result["closed"])


def hold(server: Server, *periods: str) -> None:
    """Hold the newest sheets of periods against a count of everything at their end."""
    anew = counted_anew(server, clock.end_of(LAST))
    assert anew["month:2026-03"].cases > 20
    groups, spreads = (stored(server, table, NEWEST) for table in ("figures", "figure_days"))
    compare(groups, spreads, {name: anew[name] for name in periods})


def sheets(server: Server) -> dict[str, int]:
    return dict(rows_of(server, SHEETS)[0])


async def publish(server: Server) -> None:
    owner = connect_owner(server)
    async with owner.begin() as connection:
        await publish_period(connection, LEADER, read_period("month:2026-03"))
    await owner.dispose()


def test_what_is_recorded_late_moves_what_is_not_published(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(5)
    asyncio.run(write(database, [old_history(number, dice) for number in range(90)]))
    late = [int(code[2:]) for (code,) in rows_of(database, OPEN)[0]]
    assert night(database, 0) == 0
    assert night(database, 1) == 0
    hold(database, *ENDED)
    before = sheets(database)
    asyncio.run(touch(database, late[0], "resolved", RESULT))
    assert night(database, 2) == 1 + len(ENDED)  # the day after March as well
    hold(database, *ENDED)
    after = sheets(database)
    assert [after[name] - before[name] for name in ENDED] == [1, 1, 1]

    asyncio.run(publish(database))
    frozen = rows_of(database, *PUBLISHED)
    asyncio.run(touch(database, late[1], "resolved", RESULT))
    assert night(database, 3) == 2 + len(ENDED) - 1
    hold(database, *ENDED[1:])
    assert sheets(database)["month:2026-03"] == after["month:2026-03"]
    assert rows_of(database, *PUBLISHED) == frozen

    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=30))
    assert night(database, 4) == 0
    looked = sheets(database)
    assert looked[ENDED[1]] == after[ENDED[1]] + 2  # once more, for what was committed late
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=31))
    assert night(database, 5) == 0
    assert {name: sheets(database)[name] for name in ENDED} == {
        name: looked[name] for name in ENDED
    }


def test_a_period_nobody_waits_for_stays_as_it_was(database: Server) -> None:
    dice = random.Random(5)
    asyncio.run(write(database, [old_history(number, dice) for number in range(30)]))
    night(database, 0)
    asyncio.run(touch(database, 0, "noted", {}))
    outcome: Any = night(database, 400)
    assert outcome == 0
    assert sheets(database)["month:2026-03"] == 1
