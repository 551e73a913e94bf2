"""Mistakes planted in what acts tell of a case: each shows beside a reading act by act."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from tests.databases import Databases
from tests.db.test_act_facts import told
from tests.jobs.test_planted_ways import CUTS, history
from tests.ledger import write_history
from tthc.db import act_facts
from tthc.db.act_facts import OF_ACTS
from tthc.db.facts import facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.domain.events import Event

Told = dict[str, dict[str, Any] | None]


@dataclass
class Ledger:
    server: Server
    lives: list[list[Event]]
    told: list[Told]


@pytest.fixture(scope="module")
def ledger(databases: Databases) -> Iterator[Ledger]:
    dice = random.Random(23)
    lives = [history(number, dice) for number in range(150)]
    server = asyncio.run(databases.copy())
    asyncio.run(_write(server, lives))
    of_cuts = [
        {each[0].case_code: told(each, cut.as_of, cut.known_at) for each in lives} for cut in CUTS
    ]
    yield Ledger(server, lives, of_cuts)
    asyncio.run(databases.drop(server))


async def _write(server: Server, lives: list[list[Event]]) -> None:
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for each in lives:
            await write_history(connection, each)
    await connection.close()


async def _asked(ledger: Ledger) -> list[Told]:
    connection = await asyncpg.connect(ledger.server.night_url)
    found: list[Told] = []
    for cut in CUTS:
        rows = await connection.fetch(facts_sql(Scope(simulated=False), (*OF_ACTS, "code"), cut))
        of_codes = {row["code"]: {name: row[name] for name in OF_ACTS} for row in rows}
        found.append({each[0].case_code: of_codes.get(each[0].case_code) for each in ledger.lives})
    await connection.close()
    return found


def test_what_acts_tell_is_what_a_reader_of_them_says(ledger: Ledger) -> None:
    assert asyncio.run(_asked(ledger)) == ledger.told
    for name in OF_ACTS[:3]:
        assert any(each and each[name] for cut in ledger.told for each in cut.values()), name


MISTAKES = {
    "what was replaced counts too": (
        "e.seq <> ALL (coalesce(",
        "e.seq <> 0 OR e.seq <> ALL (coalesce(",
    ),
    "what was not known yet counts": ("AND e.recorded_at <= {known}", ""),
    "what comes later counts": ("WHERE e.effective_at <= {as_of}", ""),
    "the first due date holds for good": ("a.dues[cardinality(a.dues)]", "a.dues[1]"),
    "a due date holds before it was set": ("1 PRECEDING", "UNBOUNDED FOLLOWING"),
    "the last recording of a result counts": ("min(a.recorded_at)", "max(a.recorded_at)"),
    "every act is a suspension": (
        "e.in_force AND e.change ->> 'suspended_at'",
        "e.change ->> 'state'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_shows(
    mistake: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, planted = MISTAKES[mistake]
    assert right in act_facts._ACTS
    monkeypatch.setattr(act_facts, "_ACTS", act_facts._ACTS.replace(right, planted))
    assert asyncio.run(_asked(ledger)) != ledger.told
