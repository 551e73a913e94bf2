"""Results recorded together, and every threshold of the signals, against plain Python: mistakes
planted in the query and numbers moved by one show.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.databases import Databases
from tests.ledger import event, write_history
from tthc import clock
from tthc.db import act_facts
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.domain.events import Event
from tthc.rules import predicates, signals
from tthc.rules.periods import read_period

MARCH = read_period("month:2026-03")
RECEIVED = datetime(2026, 3, 2, 9, tzinfo=clock.VIETNAM)
NINE = datetime(2026, 3, 16, 9, tzinfo=clock.VIETNAM)
AS_OF = clock.end_of(MARCH.end - timedelta(days=1))
CUTS = [
    Knowledge(AS_OF, AS_OF + timedelta(days=30)),
    Knowledge(NINE + timedelta(minutes=20), NINE + timedelta(minutes=20)),
]
LATER = timedelta(days=40)  # recorded when nobody asks any more
PAUSES = (5, 59, 60, 60, 60, 60, 61, 3600)  # seconds from one result to the next
WANTED = ("code", "results_together", *sorted(predicates.predicates()["known"].columns))
SIGNALLED = ("recorded_late", "suspended_repeatedly", "closed_together")


@dataclass
class Life:
    """A case whose result one person recorded, or a file claimed."""

    events: list[Event]
    unit: int
    who: str | None
    imported: bool = False

    @property
    def code(self) -> str:
        return self.events[0].case_code


def lives() -> list[Life]:
    """Bursts of results of two units and three persons, and acts at each side of a threshold."""
    dice = random.Random(31)
    at, found = NINE, []
    for number in range(160):
        at += timedelta(seconds=dice.choice(PAUSES if number > 45 else (60,)))
        if number in (9, 19, 30):  # bursts of 9, 10 and 11
            at += timedelta(seconds=1)
        plain = number <= 45
        unit, who = (1, "An") if plain else (dice.choice((1, 2)), dice.choice(("An", "Ba", None)))
        imported = not plain and dice.random() < 0.3
        when = clock.start_of(clock.local_date(at)) if imported and dice.random() < 0.2 else at
        found.append(life(number, unit, who, when, dice, imported=imported))
    return found


def life(
    number: int, unit: int, who: str | None, at: datetime, dice: random.Random, *, imported: bool
) -> Life:
    code = f"T-{number}"
    first = {
        "receiving_unit_id": unit,
        "competent_unit_id": unit,
        "procedure_id": 1,
        "state": 2,
        "level": "commune",
        "channel": "online",
        "officer": who,
        **dict.fromkeys(("submitted_at", "received_at"), RECEIVED),
        **dict.fromkeys(("due_at", "promised_due_at", "overdue_at", "promised_overdue_at"), AS_OF),
    }
    events = [event(code, 1, "received", RECEIVED, first)]

    def add(kind: str, when: datetime, change: dict[str, Any], recorded: datetime) -> None:
        events.append(event(code, len(events) + 1, kind, when, change, recorded_at=recorded))

    for stop in range(dice.randrange(5)):
        when = RECEIVED + timedelta(days=1, hours=2 * stop)
        asked = {"state": 5, "suspended_at": when, "supplements": min(stop + 1, number % 3)}
        add("suspended", when, asked, when)
        back = when + timedelta(hours=1)
        add("resumed", back, {"state": 4, "suspended_at": None}, back)
    said = at if imported else at - timedelta(days=dice.randrange(6))
    kind = "imported" if imported else "resolved"
    add(kind, said, {"state": 9, "resolved_at": said}, at)
    if dice.random() < 0.2:  # said once more
        add(kind, said, {"state": 9, "resolved_at": said}, at + dice.choice((LATER, LATER / 100)))
    return Life(events, unit, who, imported)


def together(told: list[Life], cut: Knowledge) -> dict[str, int]:
    """How many results each case's was recorded among, read act by act."""
    found: dict[tuple[int, str], list[tuple[datetime, int, str]]] = defaultdict(list)
    for number, each in enumerate(told):
        result = next(one for one in each.events if one.type in ("imported", "resolved"))
        if each.imported:
            is_told = each.who and clock.local_date(result.effective_at) == clock.local_date(
                result.effective_at - timedelta(microseconds=1)
            )
            at = result.effective_at
        else:
            is_told = result.recorded_at <= cut.known_at
            at = result.recorded_at
        if is_told and result.effective_at <= cut.as_of:
            found[each.unit, each.who or result.actor].append((at, number, each.code))
    counts: dict[str, int] = {}
    for results in found.values():
        bursts: list[list[str]] = []
        last: datetime | None = None
        for at, _, code in sorted(results):
            if last is None or at - last > timedelta(seconds=60):
                bursts.append([])
            bursts[-1].append(code)
            last = at
        counts |= {code: len(burst) for burst in bursts for code in burst}
    return counts


@dataclass
class Ledger:
    server: Server
    lives: list[Life]


@pytest.fixture(scope="module")
def ledger(databases: Databases) -> Iterator[Ledger]:
    server, told = asyncio.run(databases.copy()), lives()
    asyncio.run(_write(server, told))
    yield Ledger(server, told)
    asyncio.run(databases.drop(server))


async def _write(server: Server, told: list[Life]) -> None:
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for each in told:
            await write_history(connection, each.events)
    await connection.close()
    owner = await asyncpg.connect(server.owner_url)
    files = [each.code for each in told if each.imported]
    await owner.execute("UPDATE cases SET imported = true WHERE code = ANY ($1)", files)
    await owner.close()


def counted(ledger: Ledger) -> list[dict[str, int]]:
    """What the facts say, of the cases that they say something of."""
    return [
        {code: count for code, count in asyncio.run(_ask(ledger, cut)).items() if count}
        for cut in CUTS
    ]


async def _ask(ledger: Ledger, cut: Knowledge) -> dict[str, int]:
    sql = facts_sql(Scope(simulated=False), WANTED, cut)
    connection = await asyncpg.connect(ledger.server.night_url)
    rows = await connection.fetch(sql)
    await connection.close()
    return {row["code"]: row["results_together"] for row in rows}


def expected(ledger: Ledger) -> list[dict[str, int]]:
    return [together(ledger.lives, cut) for cut in CUTS]


def test_results_together_are_what_a_reader_of_the_acts_counts(ledger: Ledger) -> None:
    found = expected(ledger)
    assert counted(ledger) == found
    assert {1, 9, 10, 11} < set(found[0].values())
    assert found[0] != found[1]


MISTAKES = {
    "a pause of just so long ends a burst": ("at > before + {gap}", "at >= before + {gap}"),
    "persons are not told apart": ("(PARTITION BY unit, who ORDER", "(PARTITION BY unit ORDER"),
    "units are not told apart": ("(PARTITION BY unit, who, burst", "(PARTITION BY who, burst"),
    "bursts are not told apart": ("unit, who, burst)", "unit, who)"),
    "the last recording counts": ("min(e.recorded_at)", "max(e.recorded_at)"),
    "the instant that was claimed counts": ("min(e.recorded_at)", "min(e.effective_at)"),
    "what was not known yet counts": ("AND e.recorded_at <= {known}", ""),
    "what comes later counts": ("AND c.resolved_at <= {as_of}", ""),
    "a date alone is an hour": ("<> TIME '00:00'", "<> TIME '00:01'"),
    "every act is a result": ("AND e.type = 'resolved'\n", "\n"),
    "files tell nothing": ("c.imported AND", "false AND"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_shows(
    mistake: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, planted = MISTAKES[mistake]
    assert right in act_facts._TOGETHER
    monkeypatch.setattr(act_facts, "_TOGETHER", act_facts._TOGETHER.replace(right, planted))
    assert counted(ledger) != expected(ledger)


async def listed(ledger: Ledger) -> dict[str, set[str]]:
    """The cases under the signals that compare with a number, by their conditions."""
    known, cut = predicates.predicates(), predicates.Cut(AS_OF, MARCH)
    asked = [known[f"{name}_in"] for name in SIGNALLED]
    columns = ["code", *sorted(frozenset[str]().union(*(each.columns for each in asked)))]
    verdicts = ", ".join(
        f"{cut.bind(each.text)} AS {name}" for each, name in zip(asked, SIGNALLED, strict=True)
    )
    sql = facts_sql(Scope(simulated=False), columns, CUTS[0])
    connection = await asyncpg.connect(ledger.server.night_url)
    rows = await connection.fetch(f"SELECT code, {verdicts} FROM ({sql}) AS f")
    await connection.close()
    return {name: {row["code"] for row in rows if row[name]} for name in SIGNALLED}


def by_words(ledger: Ledger) -> dict[str, set[str]]:
    """As the signals say it in words: 3 days, 2 supplements or 3 stops, 10 within 60 seconds."""
    counts, found = together(ledger.lives, CUTS[0]), defaultdict(set)
    for each in ledger.lives:
        results = [one for one in each.events if one.type == "resolved"]
        stops = [one for one in each.events if one.type == "suspended"]
        gap = [clock.local_date(one.recorded_at) for one in results]
        if gap and (min(gap) - clock.local_date(results[-1].effective_at)).days >= 3:
            found["recorded_late"].add(each.code)
        if len(stops) >= 3 or any('"supplements": 2' in one.change for one in stops):
            found["suspended_repeatedly"].add(each.code)
        if counts.get(each.code, 0) >= 10:
            found["closed_together"].add(each.code)
    return found


def test_the_signals_are_what_their_words_say(ledger: Ledger) -> None:
    told = by_words(ledger)
    assert set(told) == set(SIGNALLED)
    assert asyncio.run(listed(ledger)) == told


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize("name", [each.name for each in signals._thresholds()])
def test_a_threshold_moved_by_one_shows(
    name: str, by: int, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tuple(
        replace(each, value=each.value + by * (each.name == name)) for each in signals._thresholds()
    )
    monkeypatch.setattr(signals, "_thresholds", lambda: moved)
    assert asyncio.run(listed(ledger)) != by_words(ledger)
