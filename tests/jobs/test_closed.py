"""Periods that are over and not published move with what is recorded late, and by nothing else."""

import asyncio
import random
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from jobs.night import run_night
from tests.jobs.test_settled import compare, counted_anew, old_history, stored, touch, write
from tests.service.test_publishing import LEADER
from tests.simulated import rows_of
from tthc import clock
from tthc.db.engine import connect_night, connect_owner
from tthc.db.facts import Knowledge
from tthc.db.scores import last_digests
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.rules.periods import read_period
from tthc.rules.rubrics import rubrics_on
from tthc.service import night_scores
from tthc.service.measures import count_units
from tthc.service.publishing import publish_period

LAST = date(2026, 3, 31)
ENDED = ("month:2026-03", "quarter:2026-Q1", "day:2026-03-31")
OPEN = """
SELECT code, due_at FROM cases WHERE resolved_at IS NULL AND state = 2
  AND due_at < '2026-03-25' ORDER BY due_at DESC LIMIT 2"""
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


async def keep_units(server: Server) -> None:
    """Let the units of these cases be in force in March, so that they have scores."""
    owner = await asyncpg.connect(server.owner_url)
    await owner.execute(
        "UPDATE units SET valid_to = NULL, code = code || '-K' WHERE id IN (1, 2, 3)"
    )
    await owner.close()


async def hold_scores(server: Server) -> dict[tuple[str, int], str]:
    """Hold the last scores of March against its figures straight from the ledger."""
    month, scope = read_period("month:2026-03"), Scope(simulated=False)
    then = Knowledge(clock.end_of(LAST), clock.now())
    engine = connect_night(server)
    async with engine.connect() as connection:
        kept = await last_digests(connection, scope, [month.name])
        asked = [each for each in rubrics_on(LAST) if month.scheme in each.schemes]
        counted = await count_units(connection, scope, asked, month, then)
        live = night_scores.PeriodFigures(asked, month, LAST, then, counted)
        anew = {
            (each.rubric, each.unit_id): each.figures
            async for each in night_scores.score_units(connection, scope, live)
        }
    await engine.dispose()
    found = {(rubric, unit): digest for (rubric, _, unit), digest in kept.items()}
    assert anew
    assert {key: found[key] for key in anew} == anew
    return anew


def sheets(server: Server) -> dict[str, int]:
    return dict(rows_of(server, SHEETS)[0])


async def resolve(server: Server, number: int, due_at: datetime) -> None:
    """Record late that a case which looked overdue had its result in time."""
    await touch(
        server, number, "resolved", {"state": 9, "resolved_at": due_at - timedelta(hours=1)}
    )


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
    asyncio.run(keep_units(database))
    late = [(int(code[2:]), due) for code, due in rows_of(database, OPEN)[0]]
    assert night(database, 0) == 0
    assert night(database, 1) == 0
    hold(database, *ENDED)
    before, scored = sheets(database), asyncio.run(hold_scores(database))
    asyncio.run(resolve(database, *late[0]))
    assert night(database, 2) == 1 + len(ENDED)  # the day after March as well
    hold(database, *ENDED)
    assert asyncio.run(hold_scores(database)) != scored, "points move with the figures"
    after = sheets(database)
    assert [after[name] - before[name] for name in ENDED] == [1, 1, 1]

    asyncio.run(publish(database))
    frozen = rows_of(database, *PUBLISHED)
    asyncio.run(resolve(database, *late[1]))
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
