"""The sum of the children is the parent: figures rolled up over random trees of units, through the
API, by the units of the time and by those that stand for them today.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import asyncpg
import httpx
import pytest

from tests.databases import Databases
from tests.jobs.test_night import AS_OF, random_history
from tests.ledger import write_history
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc.db.server import Server

ENDED = date(2026, 1, 1)
MEASURES = ("on_time/resolved", "letters/compliance", "days/resolved", "online/submitted")
CELLS = ("", "level,channel")


@dataclass
class Place:
    """A unit of a random tree: what it is called in figures, what it is part of, its heirs."""

    id: int
    code: str
    parent: int | None
    ended: bool
    heirs: list[int]
    name: str = ""


def random_tree(dice: random.Random) -> list[Place]:
    """Units of which every second one has ended, some under a code that was given again."""
    places: list[Place] = []
    for number in range(1, 28):
        parent = dice.choice(places).id if number > 2 else None
        ended = number > 2 and dice.random() < 0.5
        places.append(Place(number, f"T{number}", parent, ended, []))
    left = [each for each in places if not each.ended]
    for each in places:
        if each.ended:
            each.heirs = [one.id for one in dice.sample(left, dice.choice((0, 1, 1, 1, 2)))]
            if dice.random() < 0.4:
                each.code = dice.choice(left[2:]).code
    used = Counter(each.code for each in places)
    for each in places:
        again = each.ended and used[each.code] > 1
        each.name = each.code + (f"@{date(2025, 12, 31)}" if again else "")
    names = Counter(each.name for each in places)
    return [each for each in places if names[each.name] == 1 or not each.ended]


async def plant(server: Server, dice: random.Random) -> list[Place]:
    """Write a tree and cases of its units; the places get the ids of the database."""
    owner = await asyncpg.connect(server.owner_url)
    places = []
    ids: dict[int | None, int | None] = {None: None}
    for each in random_tree(dice):
        if each.parent in ids:
            ids[each.id] = await owner.fetchval(
                "INSERT INTO units (simulated, code, name, kind, level, parent_id, valid_from, "
                "valid_to) VALUES (true, $1, $1, 'people_committee', 'commune', $2, $3, $4) "
                "RETURNING id",
                *(each.code, ids[each.parent]),
                *((date(2000, 1, 1), ENDED) if each.ended else (ENDED, None)),
            )
            places.append(each)
    for each in places:
        each.heirs = [ids[heir] or 0 for heir in each.heirs if heir in ids]
        each.id, each.parent = ids[each.id] or 0, ids[each.parent]
        for heir in each.heirs:
            await owner.execute(
                "INSERT INTO unit_successors SELECT $1, $2, false, min(id) FROM sources",
                *(each.id, heir),
            )
    await owner.close()
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for number in range(150):
            units = {
                f"{axis}_unit_id": dice.choice(places).id for axis in ("receiving", "competent")
            }
            first, *later = random_history(f"T-{number}", dice)
            change = json.dumps(json.loads(first.change) | units)
            await write_history(connection, [replace(first, change=change), *later], simulated=True)
    await connection.close()
    return places


def above(places: list[Place], unit: Place) -> list[Place]:
    """A unit and all above it."""
    parents = [each for each in places if each.id == unit.parent]
    return [unit, *(above(places, parents[0]) if parents else ())]


def heir(places: list[Place], unit: Place) -> Place:
    if len(unit.heirs) != 1:
        return unit
    return next(each for each in places if each.id == unit.heirs[0])


Cells = dict[tuple[str, ...], Counter[str]]


def cells(rows: list[dict[str, Any]], by: str) -> Cells:
    """Each row's counts, the days of its histogram among them, by its dimensions."""
    found: Cells = {}
    for row in rows:
        key = tuple(row[name] for name in by.split(","))
        assert key not in found, "two units have become one"
        counts = {name: row[name] for name in row if isinstance(row[name], int)}
        days = {f"day {name}": cases for name, cases in row.get("days", {}).items()}
        kept = {name: n for name, n in counts.items() if name not in ("median", "p90")}
        found[key] = +Counter({**kept, **days})
    return {key: counts for key, counts in found.items() if counts}


def rolled(then: Cells, places: list[Place], *, today: bool, up: bool) -> Cells:
    """What the rows by unit come to, added up here."""
    named = {each.name: each for each in places}
    found: Cells = defaultdict(Counter)
    for (name, *others), counts in then.items():
        unit = heir(places, named[name]) if today else named[name]
        for each in above(places, unit) if up else [unit]:
            found[(each.name, *others)] += counts
    return dict(found)


@pytest.fixture(scope="module", params=[1, 2])
async def planted(
    request: pytest.FixtureRequest, databases: Databases
) -> AsyncIterator[tuple[Server, list[Place]]]:
    server = await databases.copy()
    yield server, await plant(server, random.Random(request.param))
    await databases.drop(server)


async def test_every_cell_of_a_parent_is_the_sum_of_its_children(
    planted: tuple[Server, list[Place]],
) -> None:
    server, places = planted
    headers = bearing(await token_for(server, "cây", "figures", simulated=True))
    shapes = {"unit_today": (True, False), "tree": (False, True), "tree_today": (True, True)}
    compared = 0
    async with living_app(server) as app, client_of(app) as site:

        async def ask(path: str, by: str, **asked: str) -> Cells:
            given = asked | {"by": by, "as_of": AS_OF.isoformat()}
            answer: httpx.Response = await site.get(
                f"/api/v1/{path}", params=given, headers=headers
            )
            assert answer.status_code == 200, answer.text
            return cells(answer.json()["rows"], by)

        questions = [
            *(("figures", {"definition": each, "period": "quarter:2026-Q1"}) for each in MEASURES),
            ("partition", {}),
        ]
        for path, asked in questions:
            for split in CELLS:
                then = await ask(path, f"unit,{split}".strip(","), **asked)
                assert any("@" in name for name, *_ in then), "no code was given again"
                for name, (today, up) in shapes.items():
                    found = await ask(path, f"{name},{split}".strip(","), **asked)
                    assert found == rolled(then, places, today=today, up=up), (path, asked, name)
                    compared += len(found)
    assert compared > 500


async def test_of_a_unit_that_was_asked_for_only_what_is_below_is_told(
    planted: tuple[Server, list[Place]],
) -> None:
    server, places = planted
    headers = bearing(await token_for(server, "nhánh", "figures", simulated=True))
    inner = next(
        each
        for each in reversed(places)
        if not each.ended and each.parent and any(one.parent == each.id for one in places)
    )
    asked = {"definition": "on_time/burden", "period": "year:2026"}
    async with living_app(server) as app, client_of(app) as site:
        whole, part = [
            (await site.get("/api/v1/figures", params=asked | given, headers=headers)).json()
            for given in ({"by": "tree"}, {"by": "tree", "unit": inner.name})
        ]
    below = {each.name for each in places if inner in above(places, each)}
    kept = [row for row in whole["rows"] if row["tree"] in below]
    assert part["rows"] == kept
