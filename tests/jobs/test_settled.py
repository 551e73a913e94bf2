"""Settled cases are counted once; whatever is recorded of them later, the whole stays exact."""

import asyncio
import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import polars as pl
import pytest
from adbc_driver_postgresql.dbapi import connect

from jobs.extract import ask, read_batches, read_lookups
from jobs.figures import night_plan, whole_plan
from jobs.measure import KEYS, Measured, measure
from jobs.night import run_night
from jobs.settled import Night
from tests.jobs.test_night import random_history
from tests.ledger import event, write_history
from tests.simulated import rows_of
from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.domain.events import Event
from tthc.rules.periods import WHOLE, periods_on

FIRST = datetime(2026, 3, 12, 16, 59, 59, 999999, tzinfo=UTC)
LATER = datetime(2026, 3, 20, 16, 59, 59, 999999, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 4, 9, 5, tzinfo=UTC)
NEXT_YEAR = datetime(2027, 1, 20, 16, 59, 59, 999999, tzinfo=UTC)
REAL = Scope(simulated=False)


def old_history(number: int, dice: random.Random) -> list[Event]:
    """A life of the last three years, most of them over."""
    code, back = f"O-{number}", timedelta(days=dice.choice([0, 70, 90, 300, 700]))
    events = random_history(code, dice)
    moved = []
    for each in events:
        at = each.effective_at - back
        change = {name: shift(value, back) for name, value in read(each.change).items()}
        moved.append(event(code, each.seq, each.type, at, change))
    return moved


def read(change: str) -> dict[str, Any]:
    return dict(json.loads(change))


def shift(value: Any, back: timedelta) -> Any:
    try:
        return datetime.fromisoformat(value) - back
    except (TypeError, ValueError):
        return value


async def write(server: Server, histories: list[list[Event]]) -> None:
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for each in histories:
            await write_history(connection, each)
    await connection.close()


async def touch(server: Server, number: int, kind: str, change: dict[str, Any]) -> None:
    """Record a further act of a case, of some days ago."""
    connection = await asyncpg.connect(server.owner_url)
    row = await connection.fetchrow("SELECT * FROM cases WHERE code = $1", f"O-{number}")
    assert row
    at, now = row["last_effective_at"] + timedelta(minutes=1), clock.now()
    each = event(row["code"], row["version"] + 1, kind, at, change, recorded_at=now)
    names = "".join(f", {name} = ${place}" for place, name in enumerate(change, 3))
    async with connection.transaction():
        await connection.execute(
            "UPDATE cases SET version = version + 1, last_effective_at = $2, "
            f"last_recorded_at = now(){names} WHERE code = $1",
            row["code"],
            at,
            *change.values(),
        )
        await connection.execute(
            "INSERT INTO case_events (case_id, seq, type, occurred_at, effective_at, recorded_at, "
            "actor, change, hash) VALUES ($1, $2, $3, $4, $4, now(), 'test', $5, '')",
            *(row["id"], each.seq, kind, at, each.change),
        )
    await connection.close()


def counted_anew(server: Server, as_of: datetime) -> dict[str, Measured]:
    """Every open period's rows, from a scan of everything."""
    whole, what = whole_plan(), night_plan()
    periods = periods_on(clock.local_date(as_of))
    with connect(server.night_url) as connection:
        lookups = read_lookups(connection)
        knowledge = Knowledge(as_of, clock.now())
        asked = [(each, whole if each.scheme == WHOLE else what) for each in periods]
        night = Night(0, server.night_url, REAL, asked, knowledge, lookups)
        sql = facts_sql(REAL, lookups.sent(whole.columns), knowledge)
        batches = read_batches(server.night_url, sql, whole.columns, lookups)
        found = measure(batches, [(plan, night.cut(period)) for period, plan in asked])
    return {period.name: each for period, each in zip(periods, found, strict=True)}


LAST_RUN = "run_id = (SELECT max(run_id) FROM figure_sheets)"


def stored(server: Server, table: str, which: str = LAST_RUN) -> pl.DataFrame:
    """The last night's rows, or other sheets', each with those of all that it adds to."""
    with connect(server.night_url) as connection:
        return ask(
            connection,
            f"""WITH RECURSIVE stack AS (
              SELECT period, id, adds_to_id FROM figure_sheets
              WHERE layer_id IS NULL AND {which}
              UNION ALL
              SELECT k.period, s.id, s.adds_to_id
              FROM stack k JOIN figure_sheets s ON s.id = k.adds_to_id)
            SELECT stack.period, f.* FROM stack JOIN {table} f ON f.sheet_id = stack.id""",
        )


def summed(rows: pl.DataFrame, *keys: str) -> pl.DataFrame:
    rows = rows.group_by(*KEYS, *keys).agg(pl.col("cases").cast(pl.Int64).sum())
    return rows.filter(pl.col("cases") != 0).sort(pl.all())


def layers(server: Server) -> int:
    return int(rows_of(server, "SELECT count(*) FROM settled_layers")[0][0][0])


def run(server: Server, as_of: datetime) -> None:
    """A night, whose every sheet is held against a count of everything."""
    assert run_night(server.night_url, simulated=False, as_of=as_of).ran
    expected = counted_anew(server, as_of)
    assert expected["all:known"].cases > 0
    compare(stored(server, "figures"), stored(server, "figure_days"), expected)


def compare(groups: pl.DataFrame, spreads: pl.DataFrame, anew: dict[str, Measured]) -> None:
    """Hold the rows of sheets against what was counted anew in the periods."""
    spreads = spreads.explode("days", "cases")
    for name, expected in anew.items():
        of_period = pl.col("period") == name
        assert summed(groups.filter(of_period), "verdicts").equals(
            summed(expected.groups, "verdicts")
        ), name
        laid = summed(expected.spreads.explode("days", "cases"), "spread", "days")
        assert summed(spreads.filter(of_period), "spread", "days").equals(laid), name


@pytest.fixture(scope="module")
def chance() -> random.Random:
    return random.Random(11)


def test_the_whole_ledger_stays_exact_whatever_is_recorded_later(
    database: Server, chance: random.Random
) -> None:
    asyncio.run(write(database, [old_history(number, chance) for number in range(250)]))
    run(database, FIRST)
    assert rows_of(database, "SELECT cases FROM settled_layers")[0][0][0] > 50
    over = rows_of(
        database,
        "SELECT code FROM cases WHERE settled_on < '2025-12-01' ORDER BY id LIMIT 5",
    )[0]
    numbers = [int(code[2:]) for (code,) in over]
    sent = datetime(2025, 12, 2, tzinfo=UTC)
    asyncio.run(touch(database, numbers[0], "noted", {}))
    asyncio.run(touch(database, numbers[1], "letter_sent", {"letter_sent_at": sent}))
    asyncio.run(touch(database, numbers[2], "corrected", {"state": 4, "resolved_at": None}))
    asyncio.run(touch(database, numbers[3], "returned", {"state": 10, "returned_at": FIRST}))
    entered = [old_history(number, chance) for number in range(250, 270)]
    now = clock.now()
    imported = [[replace(each, recorded_at=now) for each in events] for events in entered]
    asyncio.run(write(database, imported))
    run(database, LATER)
    assert layers(database) == 1  # nothing was counted anew
    run(database, NEXT_MONTH)  # the boundary has moved: another layer holds what was settled since
    run(database, NEXT_YEAR)
    assert added(database) == [0, 1, 2]
    asyncio.run(touch(database, numbers[1], "noted", {}))
    run(database, FIRST + timedelta(days=1))  # a day of an earlier month, afterwards
    assert layers(database) == 3


def added(server: Server) -> list[int]:
    """On how many others each layer of the whole ledger lies."""
    sheets = dict(
        rows_of(
            server,
            "SELECT id, adds_to_id FROM figure_sheets "
            "WHERE period = 'all:known' AND layer_id IS NOT NULL",
        )[0]
    )

    def depth(sheet: int) -> int:
        below = sheets[sheet]
        return 1 + depth(below) if below else 0

    return sorted(depth(sheet) for sheet in sheets)


def test_when_reference_data_change_all_is_counted_anew(
    database: Server, chance: random.Random
) -> None:
    asyncio.run(write(database, [old_history(number, chance) for number in range(60)]))
    run(database, FIRST)
    asyncio.run(end_unit(database))
    run(database, LATER)
    assert layers(database) == 2


async def end_unit(server: Server) -> None:
    connection = await asyncpg.connect(server.owner_url)
    await connection.execute("UPDATE units SET valid_to = '2025-10-01' WHERE id = 2")
    await connection.close()


def test_many_touched_cases_are_counted_anew(
    database: Server, chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.settled.MOST_TOUCHED", 2)
    asyncio.run(write(database, [old_history(number, chance) for number in range(60)]))
    run(database, FIRST)
    over = rows_of(database, "SELECT code FROM cases WHERE settled_on < '2025-12-01' LIMIT 4")[0]
    for (code,) in over:
        asyncio.run(touch(database, int(code[2:]), "noted", {}))
    run(database, LATER)
    assert layers(database) == 2
