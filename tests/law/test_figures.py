"""The questions of figures.toml: what a figure says at a day, as it was known at another."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.databases import Databases
from tests.law.journeys import Journey
from tests.law.lives import make_procedure
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server

CASES = tomllib.loads(Path(__file__).with_name("figures.toml").read_text(encoding="utf-8"))["case"]
KNOWN = {"figure", "period", "at", "known", "says", "units"}


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture(scope="module")
async def site(office: Server) -> AsyncIterator[httpx.AsyncClient]:
    secret = await token_for(office, "Phần mềm một cửa", actor="Lan")
    async with living_app(office) as app, client_of(app) as client:
        client.headers.update(bearing(secret))
        yield client


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_figures_of_a_life(
    site: httpx.AsyncClient,
    office: Server,
    monkeypatch: pytest.MonkeyPatch,
    case: dict[str, Any],
) -> None:
    engine = connect_owner(office)
    async with engine.begin() as owner:
        procedure = await make_procedure(owner, case["term"], None, case["id"])
    await engine.dispose()
    life = Journey(site, monkeypatch, procedure)
    for act in case["acts"]:
        await life.play(act)
    now = clock.read_instant("2026-06-30")
    monkeypatch.setattr(clock, "now", lambda: now)
    for question in case["ask"]:
        assert not set(question) - KNOWN
        rows = await ask(site, question, procedure)
        if "units" in question:
            said = {row["unit"]: [row["numerator"], row["denominator"]] for row in rows}
            assert said == question["units"], question
        else:
            counts = [[row["numerator"], row["denominator"]] for row in rows] or [[0, 0]]
            assert counts == [question["says"]], question


async def ask(
    site: httpx.AsyncClient, question: dict[str, Any], procedure: str
) -> list[dict[str, Any]]:
    """The rows of one procedure; the figure's own list has as many cases as it counts."""
    asked = {"definition": question["figure"], "period": question["period"]}
    cut = {"known_at": question["known"]}
    if "at" in question:
        cut["as_of"] = question["at"]
    by = "procedure,unit" if "units" in question else "procedure"
    answer = (await site.get("/api/v1/figures", params=asked | cut | {"by": by})).json()
    rows = [row for row in answer["rows"] if row["procedure"] == procedure]
    for part, kind in (("numerator", "counted"), ("denominator", "population")):
        where = {"where": f"{kind}:{question['figure']}", "procedure": procedure, "limit": "500"}
        listed = await site.get(
            "/api/v1/cases", params=where | cut | {"period": question["period"]}
        )
        assert listed.json()["total"] == sum(row[part] for row in rows), question
    return rows
