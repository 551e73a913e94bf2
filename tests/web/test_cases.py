"""A case's life over HTTP: the journey, refusals as sentences, repeated and competing requests."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.databases import Databases
from tests.law.lives import make_procedure
from tests.programs import act, bearing, new_case, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.service.integrity import verify_ledger

Site = httpx.AsyncClient


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[tuple[Server, str]]:
    """A database of this module's own, with a procedure of five working days."""
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
async def site(office: tuple[Server, str], secret: str) -> AsyncIterator[Site]:
    async with living_app(office[0]) as app, client_of(app) as client:
        client.headers.update(bearing(secret))
        yield client


@pytest.fixture
def procedure(office: tuple[Server, str]) -> str:
    return office[1]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the clock: `at("2026-03-02 09:00")`, in Vietnam."""

    def stand(moment: str) -> str:
        instant = datetime.fromisoformat(moment).replace(tzinfo=clock.VIETNAM).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: instant)
        return instant.isoformat()

    return stand


async def receive(site: Site, procedure: str, **more: Any) -> dict[str, Any]:
    answer = await site.post("/api/v1/cases", json=new_case(procedure, **more))
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


async def done(site: Site, case: dict[str, Any], kind: str, **more: Any) -> dict[str, Any]:
    answer = await act(site, case, kind, **more)
    assert answer.status_code == 200, answer.text
    after: dict[str, Any] = answer.json()
    assert answer.headers["etag"] == f'"{after["version"]}"'
    return after


async def test_the_journey(site: Site, procedure: str, at: Any) -> None:
    """Received, supplement asked and given, extended with a letter, resolved, returned."""
    at("2026-03-02 09:00")
    case = await receive(site, procedure, applicant={"name": "Nguyễn Thị Mơ"})
    assert (case["state"], case["version"]) == (2, 1)
    assert case["due_at"] == "2026-03-09T17:00:00+07:00"
    at("2026-03-03 09:00")
    case = await done(site, case, "start", officer="Lê Văn Tám")
    case = await done(site, case, "suspend", content="bản sao trích lục")
    assert case["state"] == 5
    at("2026-03-05 09:00")
    case = await done(site, case, "resume")
    assert case["due_at"] == "2026-03-12T17:00:00+07:00"
    at("2026-03-06 10:00")
    letters = f"/api/v1/cases/{case['case_code']}/letters"
    draft = {"reason": "hệ thống lỗi", "cause": "system", "new_due": "2026-03-16"}
    drafted = await site.post(letters, json=draft)
    assert drafted.status_code == 201, drafted.text
    letter = drafted.json()
    assert letter["state"] == "draft"
    issued = {"number": "15/XL", "signer": "Trần Thị Hai"}
    case = (await site.post(f"/api/v1/letters/{letter['id']}/issue", json=issued)).json()
    sent = await site.post(f"/api/v1/letters/{letter['id']}/send", json={"channel": "email"})
    case = sent.json()
    assert case["letter"]["number"] == "15/XL"
    assert (await site.get(letters)).json()["letters"][0]["state"] == "sent"
    case = await done(site, case, "extend", letter_number="15/XL")
    assert case["due_at"] == "2026-03-16T17:00:00+07:00"
    at("2026-03-12 10:00")
    case = await done(site, case, "resolve", outcome="granted", e_result="yes")
    assert (case["state"], case["verdict"]) == (9, "early")
    at("2026-03-13 10:00")
    case = await done(site, case, "return", channel="counter")
    told = (await site.get(f"/api/v1/cases/{case['case_code']}")).json()
    assert told == case | {"applicant": {"name": "Nguyễn T. M."}, "sent": None}
    why = (await site.get(f"/api/v1/cases/{case['case_code']}/clock")).json()
    assert why["due_at"] == case["due_at"]
    events = (await site.get(f"/api/v1/cases/{case['case_code']}/events")).json()["events"]
    assert [each["type"] for each in events] == [
        *("received", "started", "suspended", "resumed", "letter_issued", "letter_sent"),
        *("extended", "resolved", "returned"),
    ]
    assert {each["actor"] for each in events} == {"Phần mềm một cửa"}
    assert "Nguyễn Thị Mơ" not in str(told) + str(events)


async def test_refusals_are_sentences_of_problem_documents(
    site: Site, procedure: str, at: Any
) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    refused = await act(site, case, "return")
    assert (refused.status_code, refused.headers["content-type"]) == (
        422,
        "application/problem+json",
    )
    assert "trạng thái “Được tiếp nhận”" in refused.json()["detail"]
    told = (await site.get(f"/api/v1/cases/{case['case_code']}")).json()
    assert case.pop("slip_pin")  # told once, never by a reading
    assert told == case | {"applicant": None, "sent": None}
    early = await act(site, case, "start", occurred_at="2026-03-01T00:00:00+07:00")
    assert early.status_code == 422
    assert "trước việc gần nhất" in early.json()["detail"]


async def test_what_is_wrong_is_told_by_field(site: Site, procedure: str) -> None:
    async def fields(body: Any) -> dict[str, str]:
        answer = await site.post("/api/v1/cases", json=body)
        assert answer.status_code == 400, answer.text
        assert "có tham số" in answer.json()["detail"].lower()
        return {each["field"]: each["detail"] for each in answer.json()["errors"]}

    complete = new_case(procedure)
    assert await fields({**complete, "channel": "fax"}) == {
        "channel": "không có trong các giá trị cho phép"
    }
    assert await fields({**complete, "chanel": "counter"}) == {
        "chanel": "không có trong mẫu: hãy xem lại tên"
    }
    del complete["receiving_unit"]
    assert await fields(complete) == {"receiving_unit": "còn thiếu"}
    naive = new_case(procedure, received_at="2026-03-05T17:00:00")
    assert "múi giờ" in (await fields(naive))["received_at"]
    assert (await site.post("/api/v1/cases", content=b"{")).status_code == 400


async def test_all_that_is_wrong_is_told_at_once(site: Site, procedure: str, at: Any) -> None:
    body = {
        "chanel": "counter",
        "receiving_unit": "",
        "channel": "fax",
        "officer": 7,
        "out_of_territory": "có",
        "received_at": "hôm qua",
        "applicant": {"nam": "Nguyễn Văn A"},
    }
    told = (await site.post("/api/v1/cases", json=body)).json()
    assert {each["field"]: each["detail"] for each in told["errors"]} == {
        "procedure_code": "còn thiếu",
        "receiving_unit": "để trống",
        "channel": "không có trong các giá trị cho phép",
        "officer": "phải là chuỗi ký tự trong ngoặc kép",
        "out_of_territory": "phải là true hoặc false",
        "received_at": "không phải thời điểm, ví dụ 2026-03-05T17:00:00+07:00",
        "applicant.name": "còn thiếu",
        "applicant.nam": "không có trong mẫu: hãy xem lại tên",
        "chanel": "không có trong mẫu: hãy xem lại tên",
    }
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    refused = await act(site, case, "correct", seq=0, values={"fee_amount": -1, "x": None})
    assert {each["field"] for each in refused.json()["errors"]} == {
        *("reason", "approver", "seq", "values.fee_amount", "values.x"),
    }
    unknown = await act(site, case, "promise", reason=5)
    assert unknown.json()["errors"] == [
        {"field": "type", "detail": "không có trong các giá trị cho phép"}
    ]
    nothing = await site.post("/api/v1/cases", json=[])
    assert nothing.json()["errors"] == [{"field": "", "detail": "phải là một nhóm trường { … }"}]


async def test_a_repeated_request_gets_the_same_answer(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    key = {"Idempotency-Key": "k-1"}
    first = await site.post("/api/v1/cases", json=new_case(procedure), headers=key)
    again = await site.post("/api/v1/cases", json=new_case(procedure), headers=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = new_case(procedure, channel="post")
    refused = await site.post("/api/v1/cases", json=other, headers=key)
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.json()["detail"]


async def test_competing_repetitions_make_one_case(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    answers = await asyncio.gather(
        *(
            site.post("/api/v1/cases", json=new_case(procedure), headers={"Idempotency-Key": "k-2"})
            for _ in range(8)
        )
    )
    assert {each.status_code for each in answers} == {201}
    assert len({each.json()["case_code"] for each in answers}) == 1


async def test_a_code_that_exists_is_a_conflict(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    await receive(site, procedure, case_code="H26.1-260302-0001")
    answer = await site.post(
        "/api/v1/cases", json=new_case(procedure, case_code="H26.1-260302-0001")
    )
    assert answer.status_code == 409


async def test_two_officers_at_once(site: Site, procedure: str, at: Any) -> None:
    """Scenario 27: one succeeds, the other is told what changed."""
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    answers = await asyncio.gather(
        *(act(site, case, "resolve", outcome="granted") for _ in range(2))
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
    told = next(each for each in answers if each.status_code == 409).json()["detail"]
    assert "“Đã xử lý xong” do Phần mềm một cửa" in told


async def test_an_act_must_say_which_version_was_read(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    address = f"/api/v1/cases/{case['case_code']}/events"
    assert (await site.post(address, json={"type": "start"})).status_code == 428
    for wrong in ("seven", '"x"', "9" * 30):
        answer = await site.post(address, json={"type": "start"}, headers={"If-Match": wrong})
        assert answer.status_code == 400
    for right in ('"1"', "*"):
        answer = await site.post(
            address, json={"type": "note", "text": "đã gọi"}, headers={"If-Match": right}
        )
        assert answer.status_code == 200


async def test_an_online_submission_is_accepted_late(site: Site, procedure: str, at: Any) -> None:
    """Scenario 28, through the API."""
    at("2026-03-13 15:30")
    case = await receive(site, procedure, channel="online", act="submit")
    assert (case["state"], case["due_at"]) == (1, None)
    at("2026-03-16 15:31")
    case = await done(site, case, "accept")
    assert (case["state"], case["intake_late"]) == (2, True)


async def test_other_ways_to_begin(site: Site, procedure: str, at: Any) -> None:
    """Scenarios 19 and 33: refused at the desk, solved on the spot."""
    at("2026-03-02 09:00")
    refused = await receive(site, procedure, act="refuse", reason="sai thẩm quyền")
    assert refused["state"] == 3
    immediate = await receive(site, procedure, act="immediate")
    assert (immediate["state"], immediate["verdict"]) == (10, "early")


async def test_a_correction(site: Site, procedure: str, at: Any) -> None:
    """Scenario 14: back-dated with an approver, refused without."""
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    at("2026-03-11 09:00")
    case = await done(site, case, "resolve", outcome="granted", cause="staff")
    assert case["verdict"] == "late"
    mended = {"reason": "ghi nhầm ngày", "effective_at": "2026-03-06T10:00:00+07:00"}
    assert (await act(site, case, "correct", **mended)).status_code == 400
    case = await done(site, case, "correct", approver="Trưởng phòng", **mended)
    assert case["verdict"] == "early"


async def test_a_foreign_case_is_not_found(
    site: Site, office: tuple[Server, str], procedure: str, at: Any
) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    other = await token_for(office[0], "Thế giới kia", simulated=True)
    for address in ("", "/events", "/letters", "/clock"):
        answer = await site.get(
            f"/api/v1/cases/{case['case_code']}{address}", headers=bearing(other)
        )
        assert answer.status_code == 404
    refused = await site.post(
        f"/api/v1/cases/{case['case_code']}/events",
        json={"type": "start"},
        headers=bearing(other) | {"If-Match": "*"},
    )
    assert refused.status_code == 404
    assert (await site.get("/api/v1/cases/KHÔNG-CÓ")).status_code == 404


async def test_the_list_pages_through_an_exact_total(site: Site, procedure: str, at: Any) -> None:
    at("2026-04-06 09:00")
    made = {(await receive(site, procedure))["case_code"] for _ in range(5)}
    listed: list[str] = []
    asked: dict[str, Any] = {"where": "open_in_time", "limit": 2}
    total = None
    while True:
        page = (await site.get("/api/v1/cases", params=asked)).json()
        assert total in (None, page["total"])
        total = page["total"]
        listed += [each["case_code"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert len(listed) == len(set(listed)) == total
    assert made <= set(listed)
    wrong = await site.get("/api/v1/cases", params={"where": "no_such"})
    assert wrong.status_code in (400, 404)
    assert (await site.get("/api/v1/cases")).json()["errors"][0]["field"] == "where"


async def test_an_import_over_http(site: Site, at: Any) -> None:
    at("2026-05-04 09:00")
    content = b"case_id,start,deadline,end,channel,responsible\nZ-1,2010-10-05,2010-12-05,,Desk,R\n"
    form = {"profile": "coselog-receipt"}
    sent = await site.post("/api/v1/imports", data=form, files={"file": ("a.csv", content)})
    again = await site.post("/api/v1/imports", data=form, files={"file": ("a.csv", content)})
    assert sent.status_code == again.status_code == 200, sent.text
    assert again.json()["already_imported"] or sent.json()["rejected"]
    wrong = await site.post(
        "/api/v1/imports", data={"profile": "/etc/passwd"}, files={"file": ("a.csv", content)}
    )
    assert wrong.status_code == 400


async def test_the_ledger_is_whole_after_all_this(office: tuple[Server, str]) -> None:
    from tthc.db.engine import connect_night

    engine = connect_night(office[0])
    async with engine.connect() as connection:
        report = await verify_ledger(connection)
    await engine.dispose()
    assert report["ok"], report
