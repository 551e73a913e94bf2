"""Every route × every role × every place: nothing foreign is shown, and nothing is done that the
rules don't give. A route that is not listed here, with its rule, fails.
"""

import asyncio
import io
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from tests.databases import Databases
from tests.neighbours import CASES, OTHER_WORLD, PERSON, UNITS, Neighbours, build, sees
from tests.people import signed_in
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tests.web.routes import RULES, P, Rule
from tthc.domain.access import (
    ACTS,
    EVERY_RELATION,
    Actor,
    Role,
    Scope,
    may,
)

READERS = [
    *((role, "own") for role in Role),
    *((role, "province") for role in (Role.LEADER, Role.OFFICIAL, Role.PROGRAM)),
    *((role, None) for role in (Role.OFFICIAL, Role.PROGRAM)),
    *((role, "former") for role in (Role.CLERK, Role.LEADER)),
]
OWN = {"own": {"own", "heir_of"}, "province": {"province", "old_province", "district"}}
OWN["former"] = set()  # of an ended unit: nothing is theirs


@pytest.fixture(scope="module")
def neighbours(databases: Databases) -> Iterator[Neighbours]:
    own = asyncio.run(databases.copy())
    yield asyncio.run(build(own))
    asyncio.run(databases.drop(own))


@pytest.fixture
async def app(neighbours: Neighbours) -> AsyncIterator[Litestar]:
    async with living_app(neighbours.server) as app:
        yield app


def routes_of(app: Litestar) -> set[str]:
    return {
        f"{method} {route.path_format}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    }


async def test_every_route_has_a_rule(app: Litestar) -> None:
    assert routes_of(app) == set(RULES)


async def test_what_is_open_shows_no_case(app: Litestar) -> None:
    async with client_of(app) as stranger:
        for route, rule in RULES.items():
            method, path = route.split()
            answer = await stranger.request(method, path.format_map(NAMES), json=rule.json)
            if rule.kind != "open":
                assert answer.status_code in (401, 303, 302), route
            assert not _leaks(set(CASES), answer, identity=False), route


@pytest.mark.parametrize(("role", "home"), READERS)
async def test_the_matrix(
    app: Litestar, neighbours: Neighbours, role: Role, home: str | None
) -> None:
    looked: Counter[str] = Counter()
    leaks: list[tuple[str, ...]] = []
    foreign = {name for name in CASES if not sees(role, home, name)}
    async with AsyncExitStack() as stack:
        client = await _client(stack, app, neighbours, role, home)
        for route, rule in RULES.items():
            async for place, answer in _tries(client, neighbours, route, rule):
                looked[rule.kind] += 1
                theirs = rule.identity and place not in foreign
                leaks += [(route, place, each) for each in _leaks(foreign, answer, identity=theirs)]
                _check(role, home, rule, place, answer, route)
    told = f"{looked.total()} answers, {len(leaks)} leaks of {len(foreign)} foreign cases"
    print(f"{role} at {home or 'all'}: {told} ({dict(looked)})")
    assert not leaks


NAMES = {"code": "AT_OWN", "letter_id": 1, "number": "01", "batch": "x", "name": "x", "path": "x"}
NAMES |= {
    "login": "không.có",
    "release": "x",
    "rubric": "766",
    "unit": "N-foreign",
    "leaf": "1.1",
    "period": "month:2026-03",
    "layout": "letters",
}


async def _tries(
    client: httpx.AsyncClient, neighbours: Neighbours, route: str, rule: Rule
) -> AsyncIterator[tuple[str, httpx.Response]]:
    """The calls of a route, each with the place it is about."""
    method, path = route.split()
    headers = {"If-Match": "*"} if method == "POST" else {}
    for place, told, json in _asked(neighbours, rule):
        address = f"{path.format_map(told)}?{told['query']}"
        yield place, await client.request(method, address, json=json, headers=headers)


def _asked(neighbours: Neighbours, rule: Rule) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """For each place the values of the path, and the body."""
    told: dict[str, Any] = NAMES | {"query": rule.query}
    if rule.kind in ("case", "form", "letter", "page"):
        for name in CASES:
            about = {"code": name.upper(), "letter_id": neighbours.letters[name]}
            yield name, told | about, rule.json
    elif rule.kind == "batch":
        for name in CASES:
            yield name, told, {"batch": f"x-{name}", "codes": [name.upper()], "officer": "Bình"}
    elif rule.kind == "receive":
        for name in (*UNITS, OTHER_WORLD):
            body = {"receiving_unit": f"N-{name}", "channel": "counter"}
            yield name, told, body | {"procedure_code": neighbours.procedure}
    elif rule.kind == "register":
        for name in LIVING:
            query = f"unit=N-{name}&from=2026-01-01&to=2027-01-01&format=xlsx"
            yield name, told | {"query": query}, None
    elif rule.kind not in ("open", "session"):
        yield "", told | ({"number": 1} if rule.kind == "whole" else {}), rule.json


def _check(
    role: Role, home: str | None, rule: Rule, place: str, answer: httpx.Response, route: str
) -> None:
    where = (route, role, home, place, answer.status_code, answer.text[:200])
    seen = {name for name in CASES if sees(role, home, name)}
    assert answer.status_code < 500, where
    callers = (
        any(may(role, act, EVERY_RELATION) for act in ACTS)
        if rule.room is None
        else may(role, rule.room)
    )
    if rule.kind in ("page", "admin") and role is Role.PROGRAM:  # pages are for people
        assert answer.status_code == 303, where
    elif not callers:
        assert answer.status_code == 403, where
    elif rule.kind == "page":
        assert answer.status_code == (200 if sees(role, home, place) else 404), where
    elif rule.kind in ("case", "letter", "form", "batch"):
        _check_case(role, home, rule, place, answer, where)
    elif rule.kind in ("list", "found"):
        codes = {item["case_code"].lower() for item in answer.json()["items"]}
        known = rule.kind == "list" or may(role, P.READ_IDENTITY)
        assert codes & set(CASES) == (seen if known else set()), where
    elif rule.kind == "count":
        assert answer.status_code == 200, where
        if "partition" in route:
            assert sum(row["total"] for row in answer.json()["rows"]) >= len(seen), where
    elif rule.kind == "receive":
        mine = place in LIVING if home is None else place in _own(role, home) & LIVING
        assert (answer.status_code in (200, 201)) is (mine and may(role, P.RECEIVE, _ALL)), where
    elif rule.kind == "whole":
        assert (answer.status_code == 403) is (home is not None), where


def _check_case(
    role: Role,
    home: str | None,
    rule: Rule,
    place: str,
    answer: httpx.Response,
    where: tuple[Any, ...],
) -> None:
    if not sees(role, home, place):
        assert answer.status_code == 404, where
    elif rule.act is not None:
        allowed = may(role, rule.act, _relation(role, home, place))
        assert (answer.status_code == 403) is not allowed, where
    elif rule.kind == "case":
        assert answer.status_code == 200, where
        if rule.identity:
            assert PERSON in answer.text


_ALL = EVERY_RELATION
LIVING = {name for name, (_, _, ended) in UNITS.items() if not ended}


def _own(role: Role, home: str) -> set[str]:
    if role is Role.PROGRAM:
        return {name for name in UNITS if sees(role, home, f"at_{name}")}
    return OWN[home]


def _relation(role: Role, home: str | None, place: str) -> Any:
    receiving, competent = CASES[place]
    ids = {name: number for number, name in enumerate((*UNITS, OTHER_WORLD))}
    own = None if home is None else tuple(ids[name] for name in _own(role, home))
    actor = Actor("x", Scope(simulated=False), role, 0, own)
    return actor.relation(
        ids[receiving], ids[competent[-1]], [ids[each] for each in competent[:-1]]
    )


def _leaks(foreign: set[str], answer: httpx.Response, *, identity: bool) -> list[str]:
    """What an answer tells that it must not: codes of foreign cases, the person."""
    text = answer.text
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            text = "".join(book.read(name).decode() for name in book.namelist())
    text = text.replace(answer.request.url.path, "")
    found = [PERSON] if not identity and PERSON in text else []
    return found + [
        code
        for code in (name.upper() for name in foreign)
        if f'"{code}"' in text or f"{code}<" in text.replace(f"mã “{code}”", "")
    ]


async def _client(
    stack: AsyncExitStack,
    app: Litestar,
    neighbours: Neighbours,
    role: Role,
    home: str | None,
) -> httpx.AsyncClient:
    if role is not Role.PROGRAM:
        unit = f"N-{home}" if home else None
        return await stack.enter_async_context(signed_in(app, role=str(role), unit=unit))
    client = await stack.enter_async_context(client_of(app))
    secret = await token_for(neighbours.server, f"máy {home}")
    owner = await asyncpg.connect(neighbours.server.owner_url)
    unit_id = neighbours.units[home] if home else None
    await owner.execute("UPDATE tokens SET unit_id = $1 WHERE label = $2", unit_id, f"máy {home}")
    await owner.close()
    client.headers.update(bearing(secret))
    return client
