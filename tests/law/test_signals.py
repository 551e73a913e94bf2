"""The lives of signals.toml over HTTP: exactly the signals that each case has, and no other."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.databases import Databases
from tests.imports import Office, profile
from tests.law.journeys import Journey
from tests.law.lives import make_procedure
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.rules.signals import signals

CASES = tomllib.loads(Path(__file__).with_name("signals.toml").read_text(encoding="utf-8"))["case"]
MARCH = {"period": "month:2026-03", "as_of": "2026-03-31", "known_at": "2026-03-31"}
SURVEYED = {"result_missing", "closed_together"}  # of imports and of many cases: told below


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture(scope="module")
async def owner(office: Server) -> AsyncIterator[AsyncConnection]:
    engine = connect_owner(office)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@pytest.fixture(scope="module")
async def site(office: Server) -> AsyncIterator[httpx.AsyncClient]:
    secret = await token_for(office, "Phần mềm một cửa", actor="Lan")
    async with living_app(office) as app, client_of(app) as client:
        client.headers.update(bearing(secret))
        yield client


async def listed(site: httpx.AsyncClient, name: str, **asked: str) -> list[str]:
    """The codes under a signal; the count of the survey is the list's."""
    answer = (
        await site.get(f"/api/v1/signals/{name}", params=MARCH | {"limit": "500"} | asked)
    ).json()
    survey = (await site.get("/api/v1/signals", params=MARCH | asked)).json()
    (one,) = [each for each in survey["signals"] if each["id"] == name]
    assert one["cases"] == answer["total"] == len(answer["items"])
    assert sum(unit["signals"][name] for unit in survey["units"]) == answer["total"]
    return [item["case_code"] for item in answer["items"]]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_signals_of_a_life(
    site: httpx.AsyncClient,
    owner: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    case: dict[str, Any],
) -> None:
    procedure = await make_procedure(owner, case.get("term", [5, "working_day"]))
    await owner.commit()
    life = Journey(site, monkeypatch, procedure)
    for act in case["acts"]:
        await life.play(act)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 4, 2, tzinfo=clock.VIETNAM))
    found = [name for name in signals() if life.code in await listed(site, name)]
    assert found == case["signals"]


def test_every_signal_has_a_life() -> None:
    told = {name for case in CASES for name in case["signals"]}
    assert told | SURVEYED == set(signals())


@pytest.mark.parametrize(("cases", "signalled"), [(9, False), (10, True)])
async def test_many_cases_closed_within_minutes(
    site: httpx.AsyncClient,
    owner: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    *,
    cases: int,
    signalled: bool,
) -> None:
    """A minute apart from one to the next; the one after a pause of 61 seconds is not of them."""
    procedure = await make_procedure(owner, [5, "working_day"])
    await owner.commit()
    at = datetime(2026, 3, 4, 9, tzinfo=clock.VIETNAM) + timedelta(hours=cases - 9)
    lives = []
    for number in range(cases + 1):
        life = Journey(site, monkeypatch, procedure)
        await life.play({"at": at - timedelta(days=1), "act": "receive"})
        later = at + timedelta(seconds=60 * number + (number == cases))
        await life.play({"at": later, "act": "resolve"})
        lives.append(life)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 4, 2, tzinfo=clock.VIETNAM))
    found = await listed(site, "closed_together")
    assert [life.code in found for life in lives] == [signalled] * cases + [False]


async def test_what_a_file_leaves_out_is_told(
    office: Server,
    site: httpx.AsyncClient,
    owner: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A result taken from the return; claims of a file are recorded late by nature; a date alone
    has no hour. The quality of the data is a figure beside the rates.
    """
    procedure = await make_procedure(owner, [5, "working_day"])
    await owner.commit()
    rows = [
        "mã,nhận,hẹn,xong,trả",
        "F-1,2026-03-02,2026-03-09,,2026-03-06",
        "F-2,2026-03-02,2026-03-09,2026-03-05,2026-03-06",
        "F-3,2026-03-02,2026-03-09,2026-03-01,2026-03-06",
    ]
    at_shop = {"procedure_code": {"const": procedure}, "receiving_unit": {"const": "00008"}}
    order = profile(at_shop | {"returned_at": "trả"})
    imported = datetime(2026, 3, 31, 1, tzinfo=UTC)
    taken = await asyncio.to_thread(
        Office(office, tmp_path).take, "\n".join(rows), order, at=imported
    )
    assert (taken.created, taken.rejected) == (3, 0)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 4, 2, tzinfo=clock.VIETNAM))
    here = {"unit": "00008"}
    assert await listed(site, "result_missing", **here) == ["F-1"]
    assert await listed(site, "impossible_dates", **here) == ["F-3"]
    for none in ("recorded_late", "result_off_hours", "closed_together", "result_at_due"):
        assert await listed(site, none, **here) == []
    survey = (await site.get("/api/v1/signals", params=MARCH | here)).json()
    quality = survey["quality"]
    assert (quality["numerator"], quality["denominator"]) == (1, 3)
    figure = await site.get(
        "/api/v1/figures", params=MARCH | here | {"definition": "quality/dates", "by": "unit"}
    )
    (row,) = figure.json()["rows"]
    assert (row["numerator"], row["denominator"], row["percent"]) == (1, 3, "33.33")


async def test_a_later_record_is_not_yet_a_signal(
    site: httpx.AsyncClient, owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As known on 6 March nobody had recorded the result; what is known later tells of it."""
    procedure = await make_procedure(owner, [5, "working_day"])
    await owner.commit()
    life = Journey(site, monkeypatch, procedure)
    await life.play({"at": datetime(2026, 3, 2, 9, tzinfo=clock.VIETNAM), "act": "receive"})
    said, recorded = [datetime(2026, 3, day, 9, tzinfo=clock.VIETNAM) for day in (5, 20)]
    await life.play({"at": said, "recorded": recorded, "act": "resolve"})
    assert life.code not in await listed(site, "recorded_late", known_at="2026-03-06")
    assert life.code in await listed(site, "recorded_late")
