"""A control sheet over HTTP: a batch passed on, its lines, signed for by its receiver."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.databases import Databases
from tests.law.lives import make_procedure
from tests.people import signed_in
from tests.programs import act, bearing, new_case, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server

Site = httpx.AsyncClient


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())

    async def prepare() -> None:
        owner = connect_owner(own)
        async with owner.begin() as connection:
            await make_procedure(connection, [9, "working_day"])
        await owner.dispose()

    asyncio.run(prepare())
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture
async def site(office: Server, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    secret = await token_for(office, f"Một cửa {request.node.name}", actor="Lan")
    async with living_app(office) as app, client_of(app) as client:
        client.headers.update(bearing(secret))
        yield client


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    def stand(day: int, hour: int) -> None:
        now = datetime(2026, 3, day, hour, tzinfo=clock.VIETNAM).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: now)

    return stand


async def receive(site: Site, **more: Any) -> dict[str, Any]:
    answer = await site.post("/api/v1/cases", json=new_case("T.9.working_day", **more))
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


async def test_a_batch_and_its_acceptance(site: Site, at: Any) -> None:
    at(3, 9)
    codes = [(await receive(site))["case_code"] for _ in range(3)]
    never = await site.get(f"/api/v1/cases/{codes[0]}/control-sheet")
    assert (never.status_code, never.json()["lines"]) == (200, [])
    at(4, 9)
    batch = {"batch": "07/BG", "codes": codes, "unit": "00008", "note": "tủ số 2"}
    key = {"Idempotency-Key": "b-7"}
    sent = await site.post("/api/v1/transfers", json=batch, headers=key)
    again = await site.post("/api/v1/transfers", json=batch, headers=key)
    assert sent.status_code == again.status_code == 200, sent.text
    assert sent.json() == again.json()
    assert [each["handover_late"] for each in sent.json()["cases"]] == [True] * 3
    sheet = (await site.get("/api/v1/transfers", params={"batch": "07/BG"})).json()["lines"]
    assert [each["case_code"] for each in sheet] == codes
    first = sheet[0]
    assert (first["from"]["unit"], first["to"]["unit"]) == ("00004", "00008")
    assert (first["verdict_name"], first["note"], first["by"]) == ("quá hạn", "tủ số 2", "Lan")
    assert (first["at"], first["taken_over_at"]) == ("2026-03-04T09:00:00+07:00", None)
    at(4, 10)
    taken = await site.post(
        "/api/v1/transfers/acceptance",
        json={"batch": "07/BG", "codes": codes[:1], "officer": "Bình"},
    )
    assert taken.status_code == 200, taken.text
    rest = await site.post("/api/v1/transfers/acceptance", json={"batch": "07/BG"})
    assert [each["case_code"] for each in rest.json()["cases"]] == codes[1:]
    lines = (await site.get(f"/api/v1/cases/{codes[0]}/control-sheet")).json()["lines"]
    assert lines[0]["taken_over_at"] == "2026-03-04T10:00:00+07:00"
    assert lines[0]["taken_over_by"] == "Lan"
    nothing = await site.post("/api/v1/transfers/acceptance", json={"batch": "07/BG"})
    assert nothing.status_code == 404
    assert "không có hồ sơ nào đang chờ nhận" in nothing.json()["detail"]


async def test_a_clerk_hands_files_over_and_a_leader_transfers_the_case(
    office: Server, site: Site, at: Any
) -> None:
    """The shop's daily work isn't a leader's; who is competent is."""
    at(3, 9)
    codes = [(await receive(site))["case_code"] for _ in range(2)]
    to_officer = {"batch": "11/BG", "codes": codes, "officer": "Bình"}
    same_unit = {"batch": "12/BG", "codes": codes, "unit": "00004"}
    elsewhere = {"batch": "13/BG", "codes": codes, "unit": "00008"}
    async with living_app(office) as app, signed_in(app, role="clerk", unit="00004") as clerk:
        for batch in (to_officer, same_unit):
            answer = await clerk.post("/api/v1/transfers", json=batch)
            assert answer.status_code == 200, answer.text
        refused = await clerk.post("/api/v1/transfers", json=elsewhere)
        assert refused.status_code == 403
        assert "chuyển hồ sơ cho đơn vị khác giải quyết" in refused.json()["detail"]
        assert "lãnh đạo" in refused.json()["detail"]
        async with signed_in(app, role="officer", unit="00004") as officer:
            assert (await officer.post("/api/v1/transfers", json=elsewhere)).status_code == 403
        async with signed_in(app, role="leader", unit="00004") as leader:
            answer = await leader.post("/api/v1/transfers", json=elsewhere)
            assert answer.status_code == 200, answer.text
        async with signed_in(app, role="clerk", unit="00008") as receiver:
            taken = await receiver.post("/api/v1/transfers/acceptance", json={"batch": "13/BG"})
            assert taken.status_code == 200, taken.text


async def test_all_of_a_batch_or_nothing(site: Site, at: Any) -> None:
    at(3, 9)
    good, bad = await receive(site), await receive(site)
    withdrawn = await act(site, bad, "withdraw")
    assert withdrawn.status_code == 200
    codes = [good["case_code"], bad["case_code"]]
    to = {"batch": "8", "codes": codes, "officer": "Bình"}
    refused = await site.post("/api/v1/transfers", json=to)
    assert refused.status_code == 422
    assert "rút hồ sơ" in refused.json()["detail"]
    assert (await site.get(f"/api/v1/cases/{codes[0]}")).json()["officer"] is None
    assert (await site.get("/api/v1/transfers", params={"batch": "8"})).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"batch": "9", "codes": []}, 400),
        ({"batch": " ", "codes": ["x"], "officer": "Bình"}, 400),
        ({"batch": "9", "codes": ["không có"], "officer": "Bình"}, 404),
        ({"batch": "9", "codes": ["x"]}, 400),
        ({"batch": "9", "codes": ["x"], "unit": "không có"}, 404),
        ({"codes": ["x"]}, 400),
        ({"batch": "9", "codes": ["x\0"], "officer": "Bình"}, 400),
        ({"batch": "9", "codes": ["x"], "unit": "1\0"}, 400),
    ],
)
async def test_nonsense_is_refused_in_a_sentence(
    site: Site, at: Any, body: dict[str, Any], status: int
) -> None:
    at(3, 9)
    answer = await site.post("/api/v1/transfers", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"].endswith(".")


async def test_what_may_be_closed_is_listed_and_closed_by_hand(site: Site, at: Any) -> None:
    """Scenario 37."""
    at(3, 9)
    codes = []
    for _ in range(3):
        case = await receive(site)
        asked = await act(site, case, "suspend", content="bản sao")
        assert asked.status_code == 200
        codes.append(case["case_code"])
    at(18, 23)
    assert (await site.get("/api/v1/closable-cases")).json()["total"] == 0
    at(19, 8)
    page = (await site.get("/api/v1/closable-cases", params={"limit": 2})).json()
    assert (page["total"], [each["case_code"] for each in page["items"]]) == (3, codes[:2])
    more = {"limit": 2, "cursor": page["next_cursor"]}
    last = (await site.get("/api/v1/closable-cases", params=more)).json()
    assert ([each["case_code"] for each in last["items"]], last["next_cursor"]) == (
        codes[2:],
        None,
    )
    one = page["items"][0]
    assert one["answer_expected_by"] == "2026-03-18"
    closed = await act(site, one, "close", notice="05/TB")
    assert closed.json()["state"] == 8
    assert (await site.get("/api/v1/closable-cases")).json()["total"] == 2
