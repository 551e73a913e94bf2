"""Three ways to the same figures over random histories: the fold case by case in plain Python,
polars over the facts of PostgreSQL, and PostgreSQL alone. A mistake planted in one of them shows.
"""

import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import polars as pl
import pytest
from adbc_driver_postgresql.dbapi import connect

from jobs import measure
from jobs.extract import ask, read_batches, read_lookups
from jobs.settled import Night
from tests import figures_oracle
from tests.databases import Databases
from tests.db.test_facts import expected
from tests.jobs.test_night import random_history
from tests.ledger import event, write_history
from tthc import clock
from tthc.db import facts
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.domain.events import Event
from tthc.rules.definitions import variants
from tthc.rules.periods import read_period

MARCH = read_period("month:2026-03")
REAL = Scope(simulated=False)
WHAT = measure.plan(variants().values())
ASKED = [each for each in variants().values() if each.texts and not each.days]
END = clock.end_of(MARCH.end - timedelta(days=1))
FIRST = datetime(2026, 3, 13, 5, tzinfo=clock.VIETNAM)
# what had happened by when, as known when
CUTS = [Knowledge(END, END + timedelta(days=90)), Knowledge(FIRST, FIRST + timedelta(days=2))]
ENDED = "SELECT id, valid_to FROM units WHERE valid_to IS NOT NULL"
Figures = dict[str, tuple[int, int]]


def history(number: int, dice: random.Random) -> list[Event]:
    """A life with acts that were recorded late, in another order, or replaced."""
    code = f"W-{number}"
    events = random_history(code, dice)
    for _ in range(dice.choice((0, 1, 2))):
        at = events[0].effective_at + timedelta(hours=dice.randrange(1, 24 * 30))
        at = dice.choice([at, at, at, max(FIRST, events[0].effective_at)])
        midnight = clock.start_of(clock.local_date(at))
        recorded = at + timedelta(hours=dice.choice((0, 1, 90)))
        decided: list[dict[str, Any]] = [
            {"state": 5, "suspended_at": at, "supplements": 2},
            {"state": 4, "suspended_at": None, "due_at": midnight, "overdue_at": midnight},
            {"state": 9, "resolved_at": at},
            {"state": 7, "ended_at": at, "resolved_at": None},
        ]
        seq = len(events) + 1
        events.append(event(code, seq, "noted", at, dice.choice(decided), recorded_at=recorded))
    if len(events) > 1 and dice.random() < 0.4:
        last = events[-1]
        recorded = last.recorded_at + timedelta(hours=dice.randrange(1, 99))
        events.append(
            event(
                *(code, len(events) + 1, "corrected", last.effective_at, {"supplements": 1}),
                recorded_at=recorded,
                replaces=last.seq,
            )
        )
    return events


@dataclass
class Ledger:
    server: Server
    expected: list[Figures]


@pytest.fixture(scope="module")
async def ledger(databases: Databases) -> AsyncIterator[Ledger]:
    """The histories in a database, and what the fold in plain Python makes of them."""
    dice = random.Random(17)
    lives = [history(number, dice) for number in range(250)]
    server = await databases.copy()
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for each in lives:
            await write_history(connection, each)
    ended = {row["id"]: row["valid_to"] for row in await connection.fetch(ENDED)}
    await connection.close()
    told = []
    for cut in CUTS:
        rows = [expected(each, cut.as_of, cut.known_at) for each in lives]
        cases = [
            row | {"receiver_ended_on": ended.get(row["receiving_unit_id"])} for row in rows if row
        ]
        told.append(figures_oracle.figures(cases, cut.as_of, MARCH))
    yield Ledger(server, told)
    await databases.drop(server)


def by_polars(server: Server, cut: Knowledge) -> Figures:
    with closing(connect(server.night_url)) as connection:
        lookups = read_lookups(connection)
        night = Night(0, server.night_url, REAL, [(MARCH, WHAT)], cut, lookups)
        sql = facts_sql(REAL, lookups.sent(WHAT.columns), cut)
        batches = read_batches(server.night_url, sql, WHAT.columns, lookups)
        (found,) = measure.measure(batches, [(WHAT, night.cut(MARCH))])
    words = found.groups["verdicts"]

    def total(text: str) -> int:
        word, bit = divmod(WHAT.texts.index(text), 63)
        return int(found.groups.filter(words.list.get(word) & (1 << bit) != 0)["cases"].sum())

    return {each.id: (total(each.counted), total(each.population)) for each in ASKED}


def by_postgres(server: Server, cut: Knowledge) -> Figures:
    with closing(connect(server.night_url)) as connection:
        bound = Night(
            0, server.night_url, REAL, [(MARCH, WHAT)], cut, read_lookups(connection)
        ).cut(MARCH)
        counts = ", ".join(
            f"count(*) FILTER (WHERE {bound.bind(text)}) AS c{place}"
            for place, text in enumerate(WHAT.texts)
        )
        row = ask(connection, f"SELECT {counts} FROM ({facts_sql(REAL, WHAT.columns, cut)}) AS f")
    of = dict(zip(WHAT.texts, row.row(0), strict=True))
    return {each.id: (of[each.counted], of[each.population]) for each in ASKED}


def wrong(ledger: Ledger, way: Callable[[Server, Knowledge], Figures]) -> list[str]:
    """The definitions of which a way tells something else than the fold in plain Python."""
    return [
        name
        for cut, told in zip(CUTS, ledger.expected, strict=True)
        for name, counts in way(ledger.server, cut).items()
        if told[name] != counts
    ]


def test_the_three_ways_agree(ledger: Ledger) -> None:
    assert wrong(ledger, by_polars) == []
    assert wrong(ledger, by_postgres) == []
    assert sum(counts != (0, 0) for told in ledger.expected for counts in told.values()) > 100


FOLD = {
    "an act at the cut-off itself is later": ("e.effective_at <=", "e.effective_at <"),
    "what was not known yet counts": ("e.recorded_at <=", "e.seq <> 0 OR e.recorded_at <="),
    "what was replaced counts too": ("x.replaces = e.seq", "x.replaces = 0"),
    "the last recorded wins": ("ORDER BY e.effective_at, e.seq", "ORDER BY e.seq"),
    "the first act wins": ("ORDER BY e.effective_at", "ORDER BY e.effective_at DESC"),
    "late records of early acts are overlooked": (
        "OR c.last_recorded_at >",
        "AND c.last_recorded_at >",
    ),
}


@pytest.mark.parametrize("mistake", FOLD)
def test_a_mistake_in_the_fold_of_postgres_shows(
    mistake: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, planted = FOLD[mistake]
    folded = facts.folded

    def planting(*given: Any, **named: Any) -> str:
        text = folded(*given, **named)
        assert right in text
        return text.replace(right, planted)

    monkeypatch.setattr(facts, "folded", planting)
    assert wrong(ledger, by_postgres)


GENERATED = {
    "dates are those of Greenwich": ("resolved_on", "Asia/Ho_Chi_Minh", "UTC"),
    "the due instant is late": (
        "due_on",
        "- INTERVAL '1 microsecond'",
        "+ INTERVAL '1 microsecond'",
    ),
    "a result before the receipt counts from itself": ("finished_on", "greatest", "least"),
    "a case is over when it was received": ("active_until", "greatest", "least"),
}


@pytest.mark.parametrize("mistake", GENERATED)
def test_a_mistake_in_the_facts_of_a_fold_shows(
    mistake: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, right, planted = GENERATED[mistake]
    assert right in facts.GENERATED[name]
    monkeypatch.setitem(facts.GENERATED, name, facts.GENERATED[name].replace(right, planted))
    assert wrong(ledger, by_polars)


def _forget_dates(rows: pl.DataFrame, cut: Any) -> pl.DataFrame:
    return rows.filter(pl.col("received_on") >= cut.period.start)


def _pack_seven(decided: Any, pack: Callable[..., pl.Expr]) -> pl.Expr:
    return pack(decided[:7])


def _count_rows(found: Any, add: Callable[..., pl.DataFrame]) -> pl.DataFrame:
    return add([each.with_columns(pl.lit(1, pl.Int32).alias("cases")) for each in found])


POLARS: dict[str, tuple[str, Callable[..., Any]]] = {
    "what was received before the period does not count": (
        "_in_play",
        lambda _: _forget_dates,
    ),
    "only the first bits are kept": ("_pack", lambda pack: partial(_pack_seven, pack=pack)),
    "groups count once": ("_sum_groups", lambda add: partial(_count_rows, add=add)),
    "only the last batch counts": ("_sum_groups", lambda add: lambda found: add(found[1:])),
}


@pytest.fixture
def in_small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the facts come in several batches, as those of a province do."""
    reading = read_batches

    def read(*given: Any) -> Iterator[pl.DataFrame]:
        for batch in reading(*given):
            yield from batch.iter_slices(100)

    monkeypatch.setitem(globals(), "read_batches", read)


@pytest.mark.usefixtures("in_small_batches")
@pytest.mark.parametrize("mistake", [None, *POLARS])
def test_a_mistake_in_the_pass_of_polars_shows(
    mistake: str | None, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mistake is None:
        assert wrong(ledger, by_polars) == []
        return
    name, planted = POLARS[mistake]
    monkeypatch.setattr(measure, name, planted(getattr(measure, name)))
    assert wrong(ledger, by_polars)
