"""A decision looked at over HTTP before it moves anything, and the clock of a case."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from tests.databases import Databases
from tests.law.lives import make_procedure
from tests.programs import bearing, new_case, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.intake.catalogue.decision import import_catalogue
from tthc.rules.calendars import calendar
from tthc.web.api.calendars import DECISION, HOURS


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[tuple[Server, str]]:
    own = asyncio.run(databases.copy())

    async def prepare() -> str:
        owner = connect_owner(own)
        async with owner.begin() as connection:
            procedure = await make_procedure(connection, [5, "working_day"])
        await owner.dispose()
        return procedure

    yield own, asyncio.run(prepare())
    asyncio.run(databases.drop(own))


@pytest.fixture(scope="module")
async def secret(office: tuple[Server, str]) -> str:
    return await token_for(office[0], "Phần mềm một cửa")


@pytest.fixture
async def site(office: tuple[Server, str], secret: str) -> AsyncIterator[httpx.AsyncClient]:
    async with living_app(office[0]) as app, client_of(app) as client:
        client.headers.update(bearing(secret))
        yield client


async def test_the_due_date_is_the_clock_s_and_says_why(
    site: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    made = (await site.post("/api/v1/cases", json=new_case(office[1]))).json()
    answer = await site.get(f"/api/v1/cases/{made['case_code']}/clock")
    assert answer.status_code == 200
    document = answer.json()
    assert document["due_at"] == made["due_at"]
    assert document["sentences"]
    received = clock.local_date(clock.read_instant(made["received_at"]))
    days = calendar()
    expected = days.closing_time(days.add_working_days(received, 5))
    assert clock.read_instant(made["due_at"]) == expected


async def test_an_unknown_case_has_no_clock(site: httpx.AsyncClient) -> None:
    answer = await site.get("/api/v1/cases/none/clock")
    assert answer.status_code == 404
    assert "none" in answer.json()["detail"]


async def test_a_decision_is_looked_at_and_changes_nothing(site: httpx.AsyncClient) -> None:
    first = await site.post("/api/v1/calendars/preview", json=DECISION)
    assert first.status_code == 200, first.text
    second = await site.post("/api/v1/calendars/preview", json=DECISION)
    assert second.json() | {"as_of": ""} == first.json() | {"as_of": ""}


@pytest.mark.parametrize("text", ["days_off = [", 'days_off = ["2026-02-30"]', "x = 1"])
async def test_a_decision_that_cannot_be_read(site: httpx.AsyncClient, text: str) -> None:
    answer = await site.post("/api/v1/calendars/preview", json=DECISION | {"text": text})
    assert answer.status_code == 400
    assert DECISION["version"] in answer.json()["detail"]


@pytest.fixture
def annex(office: tuple[Server, str], tmp_path: Path) -> Path:
    file = tmp_path / "annex.csv"
    rows = f"procedure_code,amount,unit\n{office[1]},9,Ngày làm việc\n"
    file.write_text(rows, encoding="utf-8")
    return file


async def test_terms_are_looked_at_once_they_are_in_the_catalogue(
    site: httpx.AsyncClient, office: tuple[Server, str], annex: Path
) -> None:
    asked = {"decision": "8/QĐ-UBND", "decided_on": "2026-10-01"}
    answer = await site.post("/api/v1/terms/preview", json=asked)
    assert answer.status_code == 404
    assert "tthc catalogue import terms" in answer.json()["detail"]
    made = (await site.post("/api/v1/cases", json=new_case(office[1]))).json()
    owner = connect_owner(office[0])
    async with owner.begin() as connection:
        await import_catalogue(
            *(connection, "terms", annex), decision="8/QĐ-UBND", decided_on=date(2026, 10, 1)
        )
    await owner.dispose()
    seen = (await site.post("/api/v1/terms/preview", json=asked)).json()
    assert (seen["procedures"], seen["moved"] > 0) == ([office[1]], True)
    assert seen["moved"] == seen["later"]
    assert made["case_code"] in {one["case_code"] for one in seen["items"]}
    still = await site.get(f"/api/v1/cases/{made['case_code']}")
    assert still.json()["due_at"] == made["due_at"]


async def test_a_unit_s_hours_are_looked_at_and_change_nothing(
    site: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    made = (await site.post("/api/v1/cases", json=new_case(office[1]))).json()
    seen = await site.post("/api/v1/hours/preview", json=HOURS)
    assert seen.status_code == 200, seen.text
    assert seen.json()["moved"] == seen.json()["later"] > 0
    assert made["case_code"] in {one["case_code"] for one in seen.json()["items"]}
    still = await site.get(f"/api/v1/cases/{made['case_code']}")
    assert still.json()["due_at"] == made["due_at"]
    wrong = await site.post("/api/v1/hours/preview", json=HOURS | {"text": "units = 1"})
    assert wrong.status_code == 400
    nowhere = {"text": HOURS["text"].replace("00004", "nowhere")}
    assert (await site.post("/api/v1/hours/preview", json=HOURS | nowhere)).status_code == 404
