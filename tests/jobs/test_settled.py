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
from jobs.figures import cut_at, whole_plan
from jobs.measure import KEYS, measure
from jobs.night import run_night
from tests.jobs.test_night import random_history
from tests.ledger import event, write_history
from tests.simulated import rows_of
from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.domain.events import Event
from tthc.rules.periods import read_period

LEDGER = read_period("all:known")
FIRST = datetime(2026, 3, 12, 16, 59, 59, 999999, tzinfo=UTC)
LATER = datetime(2026, 3, 20, 16, 59, 59, 999999, tzinfo=UTC)
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


def counted_anew(server: Server, as_of: datetime) -> pl.DataFrame:
    """The whole ledger's rows, from a scan of everything."""
    what = whole_plan()
    with connect(server.night_url) as connection:
        lookups = read_lookups(connection)
        knowledge = Knowledge(as_of, clock.now())
        sql = facts_sql(REAL, lookups.sent(what.columns), knowledge)
        batches = read_batches(connection, sql, what.columns, lookups)
        (measured,) = measure(batches, [(what, cut_at(knowledge, LEDGER, lookups))])
    return measured.groups.sort(pl.all())


def stored(server: Server) -> pl.DataFrame:
    """The last night's, its own rows and those of the settled cases together."""
    with connect(server.night_url) as connection:
        rows = ask(
            connection,
            "SELECT f.* FROM figure_sheets s JOIN figures f "
            "ON f.sheet_id IN (s.id, s.settled_sheet_id) "
            "WHERE s.period = 'all:known' AND s.run_id = (SELECT max(run_id) FROM figure_sheets)",
        )
    rows = rows.group_by(*KEYS, "verdicts").agg(pl.col("cases").sum())
    return rows.filter(pl.col("cases") != 0).sort(pl.all())


def bases(server: Server) -> int:
    return int(rows_of(server, "SELECT count(*) FROM settled_sheets")[0][0][0])


def run(server: Server, as_of: datetime) -> None:
    assert run_night(server.night_url, simulated=False, as_of=as_of).ran
    expected = counted_anew(server, as_of)
    found = stored(server)
    assert found.height == expected.height > 0
    assert found.select(expected.columns).equals(expected.with_columns(pl.col("cases")))


@pytest.fixture(scope="module")
def chance() -> random.Random:
    return random.Random(11)


def test_the_whole_ledger_stays_exact_whatever_is_recorded_later(
    database: Server, chance: random.Random
) -> None:
    asyncio.run(write(database, [old_history(number, chance) for number in range(250)]))
    run(database, FIRST)
    settled = rows_of(
        database, "SELECT sum(cases) FROM figures JOIN settled_sheets USING (sheet_id)"
    )
    assert settled[0][0][0] > 50
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
    assert bases(database) == 1  # nothing was counted anew
    run(database, NEXT_YEAR)  # the boundary has moved
    assert bases(database) == 2


def test_when_reference_data_change_all_is_counted_anew(
    database: Server, chance: random.Random
) -> None:
    asyncio.run(write(database, [old_history(number, chance) for number in range(60)]))
    run(database, FIRST)
    asyncio.run(end_unit(database))
    run(database, LATER)
    assert bases(database) == 2


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
    assert bases(database) == 2
