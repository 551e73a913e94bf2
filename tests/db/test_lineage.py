"""Whose cases a unit's people handle, in PostgreSQL and by the words of ADR 0053: random lineages.

Chains of renames, merges, splits with several successors, ended provinces, units that are not yet:
`find_units` and what `reach_of` keeps of it must be what one reads by walking from each unit up.
"""

import os
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from random import Random
from secrets import token_hex
from typing import NamedTuple

import asyncpg
import pytest

from tests.neighbours import UNITS, build
from tests.people import signed_in
from tests.site import living_app
from tthc import clock
from tthc.db.server import Server

TODAY = clock.local_date(clock.now())
DAYS = [TODAY + timedelta(days=days) for days in (-400, 0, 1)]
LEVELS = ("province", "district", "commune", "commune")
LINEAGES = 400 if os.environ.get("TTHC_HEAVY") else 30


class One(NamedTuple):
    """A unit of a lineage; parent and successors by their places."""

    level: str
    parent: int | None
    since: date | None
    until: date | None
    successors: frozenset[int]

    def ended(self, on: date) -> bool:
        return self.until is not None and self.until <= on

    def in_force(self, on: date) -> bool:
        return not self.ended(on) and (self.since is None or self.since <= on)


def lineage(chance: Random) -> list[One]:
    """A handful of units that split, merged, were renamed; mostly as decisions make them."""
    size = chance.randrange(3, 16)
    found = []
    for place in range(size):
        until = chance.choice([None, None, *DAYS])
        heirs: list[int] = []
        if until and place + 1 < size:
            several = chance.choice([0, 1, 1, 2, 3])
            heirs = chance.sample(range(place + 1, size), min(several, size - place - 1))
        found.append(
            One(
                "province" if place == 0 else chance.choice(LEVELS),
                None if place == 0 or chance.random() < 0.1 else chance.randrange(place),
                chance.choice(
                    [None, None, None, *(day for day in DAYS if not until or day < until)]
                ),
                until,
                frozenset(heirs),
            )
        )
    return found


def heir(units: Sequence[One], place: int) -> int | None:
    """Who has what an ended unit had: its one successor, or the first province above it."""
    if len(units[place].successors) == 1:
        return next(iter(units[place].successors))
    above = units[place].parent
    while above is not None and units[above].level != "province":
        above = units[above].parent
    return above


def handled(units: Sequence[One], place: int, on: date, *, below: bool) -> set[int]:
    """Every unit from which one comes to this one: an ended one leads to its heir, and where what
    is below counts, one in force to its parent.
    """
    if not units[place].in_force(on):
        return set()
    found = set()
    for start in range(len(units)):
        at: int | None = start
        been = set()
        while at is not None and at not in been:
            if at == place:
                found.add(start)
                break
            been.add(at)
            if units[at].ended(on):
                at = heir(units, at)
            else:
                at = units[at].parent if below and units[at].in_force(on) else None
    return found


async def write(owner: asyncpg.Connection, units: Sequence[One]) -> list[int]:
    ids: list[int] = []
    for number, one in enumerate(units):
        parent = None if one.parent is None else ids[one.parent]
        ids.append(
            await owner.fetchval(
                "INSERT INTO units (simulated, code, name, kind, level, parent_id, valid_from, "
                "valid_to) VALUES (true, $1, $1, 'area', $2, $3, $4, $5) RETURNING id",
                *(f"LG-{token_hex(4)}-{number}", one.level, parent, one.since, one.until),
            )
        )
    source = await owner.fetchval("SELECT min(id) FROM sources")
    for number, one in enumerate(units):
        for successor in one.successors:
            await owner.execute(
                "INSERT INTO unit_successors VALUES ($1, $2, false, $3)",
                *(ids[number], ids[successor], source),
            )
    return ids


@pytest.fixture
async def owner(server: Server) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(server.owner_url)
    rolled_back = connection.transaction()
    await rolled_back.start()
    yield connection
    await rolled_back.rollback()
    await connection.close()


async def test_units_are_found_as_the_words_say(owner: asyncpg.Connection) -> None:
    compared = inherited = 0
    for seed in range(LINEAGES):
        units = lineage(Random(seed))
        rolled_back = owner.transaction()
        await rolled_back.start()
        ids = await write(owner, units)
        rows = await owner.fetch(
            "SELECT id, below, day, find_units(id, below, day) AS found, "
            "CASE WHEN day = $2 THEN reach_of(id, below, day) END AS kept, "
            "CASE WHEN day = $2 THEN reach_of(id, below, day) END AS again "
            "FROM unnest($1::integer[]) AS id, unnest('{true,false}'::boolean[]) AS below, "
            "unnest($3::date[]) AS day",
            *(ids, TODAY, DAYS),
        )
        for row in rows:
            place = ids.index(row["id"])
            wanted = handled(units, place, row["day"], below=row["below"])
            said = {ids.index(each) for each in row["found"]}
            assert said == wanted, (seed, place, row["below"], row["day"], units)
            assert row["kept"] in (None, row["found"])
            assert row["again"] in (None, row["found"])
            compared, inherited = compared + 1, inherited + len(wanted - {place})
        await rolled_back.rollback()
    assert compared > 40 * LINEAGES
    assert inherited > 10 * LINEAGES  # lineages that say something


async def test_nobody_has_one_unit_twice(owner: asyncpg.Connection) -> None:
    """What a unit had is somebody's alone: no case has two offices that think it theirs."""
    for seed in range(LINEAGES, LINEAGES + 10):
        savepoint = owner.transaction()
        await savepoint.start()
        ids = await write(owner, lineage(Random(seed)))
        twice = await owner.fetch(
            "SELECT had FROM unnest($1::integer[]) AS id, unnest(find_units(id, false, $2)) AS "
            "had GROUP BY had HAVING count(*) > 1",
            *(ids, TODAY),
        )
        assert not twice, seed
        await savepoint.rollback()


async def test_a_kept_reach_is_forgotten_when_the_catalogue_changes(
    owner: asyncpg.Connection,
) -> None:
    ended = One("commune", None, None, TODAY, frozenset({1}))
    ids = await write(owner, [ended, One("commune", None, None, None, frozenset())])
    reach = "SELECT reach_of($1, false, $2)"
    assert await owner.fetchval(reach, ids[1], TODAY) == ids
    assert await owner.fetchval("SELECT count(*) FROM reaches WHERE unit_id = $1", ids[1]) == 1
    third = await write(owner, [One("commune", None, None, None, frozenset())])
    source = await owner.fetchval("SELECT min(id) FROM sources")
    await owner.execute(
        "INSERT INTO unit_successors VALUES ($1, $2, false, $3)", ids[0], third[0], source
    )
    assert await owner.fetchval(reach, ids[1], TODAY) == [ids[1]]  # of several: it waits
    await owner.execute("DELETE FROM unit_successors WHERE successor_id = $1", third[0])
    await owner.execute("UPDATE units SET valid_to = NULL WHERE id = $1", ids[0])
    assert await owner.fetchval(reach, ids[1], TODAY) == [ids[1]]  # the other lives again


async def test_what_several_inherited_waits_at_the_province_until_it_is_placed(
    database: Server,
) -> None:
    """The district's case: its heirs don't see it until the province passes it to one of them."""
    await build(database)
    case = "/api/v1/cases/AT_DISTRICT"

    async with living_app(database) as app:

        async def seen_by(unit: str) -> bool:
            async with signed_in(app, role="officer", unit=f"N-{unit}") as officer:
                status = (await officer.get(case)).status_code
                assert status in (200, 404)
                return status == 200

        there = {name for name, (_, _, ended) in UNITS.items() if not ended}
        assert {name for name in there if await seen_by(name)} == {"province"}
        async with signed_in(app, role="leader", unit="N-province") as leader:
            body = {"type": "transfer", "unit": "N-sibling"}
            passed = await leader.post(f"{case}/events", json=body, headers={"If-Match": "*"})
            assert passed.status_code == 200, passed.text
        assert {name for name in there if await seen_by(name)} == {"province", "sibling"}
