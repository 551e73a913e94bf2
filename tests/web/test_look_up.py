"""A citizen and one case: state and dates to whoever knows both secrets, nothing to guess by."""

import re
from collections.abc import AsyncIterator
from statistics import mean, stdev
from time import perf_counter
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from tests.law.lives import UNIT, make_procedure
from tests.people import key_on
from tests.programs import act, bearing, new_case, token_for
from tests.reports.reading import text_of as printed
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.service import look_up as service

Site = httpx.AsyncClient
MO = {"name": "Nguyễn Thị Mơ", "identity_number": "001190012345", "phone": "0912 345 678"}


@pytest.fixture
async def app(database: Server) -> AsyncIterator[Litestar]:
    async with living_app(database) as app:
        yield app


@pytest.fixture
async def office(app: Litestar, database: Server) -> AsyncIterator[Site]:
    async with client_of(app) as client:
        client.headers.update(bearing(await token_for(database, "một cửa")))
        yield client


@pytest.fixture
async def procedure(database: Server) -> str:
    owner = connect_owner(database)
    async with owner.begin() as connection:
        found = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    return found


async def received(office: Site, procedure: str, **told: Any) -> dict[str, Any]:
    answer = await office.post("/api/v1/cases", json=new_case(procedure, **told))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def ask(app: Litestar, code: str, digits: str) -> httpx.Response:
    async with client_of(app) as citizen:
        key = key_on((await citizen.get("/tra-cuu")).text)
        return await citizen.post(
            "/tra-cuu", data={"form_key": key, "code": code, "digits": digits}
        )


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_state_and_dates_and_nobody(app: Litestar, office: Site, procedure: str) -> None:
    case = await received(office, procedure, applicant=MO | {"content": "Việc riêng của Mơ"})
    await act(office, case, "note", text="Bà Mơ gọi hỏi")
    answer = await ask(app, f" {case['case_code']} ", "5678")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    page = text_of(answer.text)
    assert case["case_code"] in page
    assert "Hẹn trả kết quả 17:00" in page
    assert "Vì sao ngày này?" in page
    assert "Được tiếp nhận" in page
    for hidden in (*MO.values(), "Mơ", procedure, UNIT, "Ba Đình", "một cửa", case["due_at"]):
        assert hidden not in page.replace(case["case_code"], ""), hidden


async def test_a_paused_case_waits_for_its_citizen(
    app: Litestar, office: Site, procedure: str
) -> None:
    """The date that went by while they were waited for is nobody's delay."""
    case = await received(office, procedure, applicant=MO, received_at="2026-03-02T09:00:00+07:00")
    paused = {"content": "Bản sao", "occurred_at": "2026-03-03T09:00:00+07:00"}
    await act(office, case, "suspend", **paused)
    page = text_of((await ask(app, case["case_code"], "5678")).text)
    assert "Yêu cầu bổ sung giấy tờ: đang chờ bạn" in page
    assert "Tạm dừng từ 09:00 03/03/2026" in page
    assert "quá ngày hẹn" not in page
    assert "xin lỗi" not in page


async def test_a_late_case_shows_its_apology(app: Litestar, office: Site, procedure: str) -> None:
    case = await received(office, procedure, applicant=MO, received_at="2026-03-02T09:00:00+07:00")
    assert "Chưa có văn bản xin lỗi" in text_of((await ask(app, case["case_code"], "5678")).text)
    draft = {"reason": "Bà Mơ nộp thiếu", "cause": "workload", "new_due": "2026-12-30"}
    address = f"/api/v1/cases/{case['case_code']}/letters"
    letter = (await office.post(address, json=draft)).json()
    number = f"/api/v1/letters/{letter['id']}"
    approved = await office.post(f"{number}/approve", json={"approver": "Trần Thị Hai"})
    assert approved.status_code == 200, approved.text
    issued = await office.post(f"{number}/issue", json={"number": "15/XL"})
    assert issued.status_code == 200, issued.text
    page = text_of((await ask(app, case["case_code"], "5678")).text)
    assert "Đã quá ngày hẹn, chưa xong" in page
    assert "Văn bản xin lỗi số 15/XL" in page
    assert "Hẹn lại 17:00 30/12/2026" in page
    assert "Mơ" not in page
    assert "Trần" not in page


async def test_without_a_telephone_the_identity_number(
    app: Litestar, office: Site, procedure: str
) -> None:
    case = await received(office, procedure, applicant=MO | {"phone": None})
    assert (await ask(app, case["case_code"], "2345")).status_code == 200
    nobody = await received(office, procedure)
    for digits in ("", "0000", "abcd", "%", "' or 1=1 --"):
        assert (await ask(app, nobody["case_code"], digits)).status_code == 422
    both = await received(office, procedure, applicant=MO)
    assert (await ask(app, both["case_code"], "2345")).status_code == 422


async def test_with_neither_the_number_on_the_slip(
    app: Litestar, office: Site, procedure: str, database: Server
) -> None:
    """Told by the receipt and printed, kept nowhere; for this case until a telephone is told."""
    key = {"Idempotency-Key": "giay-mat"}
    asked = new_case(procedure, applicant={"name": MO["name"]})
    first, again = [
        (await office.post("/api/v1/cases", json=asked, headers=key)).json() for _ in range(2)
    ]
    pin = first["slip_pin"]
    assert re.fullmatch("[0-9]{6}", pin)
    assert again == first
    read = await office.get(f"/api/v1/cases/{first['case_code']}")
    assert "slip_pin" not in read.json()
    page = await ask(app, first["case_code"], pin)
    assert page.status_code == 200, page.text
    assert "Nguyễn" not in page.text
    slip = await office.get(f"/api/v1/cases/{first['case_code']}/forms/01")
    assert f"Số tra cứu: {pin}" in printed(slip.content)
    other = await received(office, procedure)
    named = await received(office, procedure, applicant=MO)
    assert "slip_pin" not in named
    slip = await office.get(f"/api/v1/cases/{named['case_code']}/forms/01")
    assert "Số tra cứu" not in printed(slip.content)
    assert other["slip_pin"] != pin
    wrong = str((int(pin) + 1) % 1_000_000).zfill(6)
    for code, digits in (
        (first["case_code"], wrong),
        (first["case_code"], pin[-4:]),
        (other["case_code"], pin),
        (named["case_code"], pin),
    ):
        answer = await ask(app, code, digits)
        assert answer.status_code == 422
        assert service.WRONG in answer.text
    owner = await asyncpg.connect(database.owner_url)
    kept = await owner.fetchval("SELECT string_agg(k::text, '') FROM idempotency_keys k")
    assert first["case_code"] in kept
    assert pin not in kept
    await owner.execute(
        "UPDATE applicants SET phone = '0912 345 678' WHERE case_id = "
        "(SELECT id FROM cases WHERE code = $1)",
        first["case_code"],
    )
    await owner.close()
    assert (await ask(app, first["case_code"], pin)).status_code == 422
    assert (await ask(app, first["case_code"], "5678")).status_code == 200


async def test_wrong_code_and_wrong_digits_cannot_be_told_apart(
    app: Litestar, office: Site, procedure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same words, and times whose means differ by less than chance explains."""
    monkeypatch.setattr(service, "TRIES", 1000)
    monkeypatch.setattr(service, "TRIES_FROM_ADDRESS", 1000)
    code = (await received(office, procedure, applicant=MO))["case_code"]
    none = code[:-1] + str(9 - int(code[-1]))
    assert len(none) == len(code)
    times: dict[str, list[float]] = {code: [], none: []}
    words = set()
    async with client_of(app) as citizen:
        key = key_on((await citizen.get("/tra-cuu")).text)
        for _ in range(12):
            for given in (code, none):
                sent = {"form_key": key, "code": given, "digits": "0000"}
                began = perf_counter()
                answer = await citizen.post("/tra-cuu", data=sent)
                times[given].append(perf_counter() - began)
                words.add((answer.status_code, answer.text.replace(given, "…")))
    ((status, _),) = words
    assert status == 422
    there, missing = (sorted(each)[:-2] for each in times.values())  # but for a busy machine's two
    spread = (stdev(there) ** 2 / len(there) + stdev(missing) ** 2 / len(missing)) ** 0.5
    assert min(there + missing) >= service.REFUSED_AFTER
    assert abs(mean(there) - mean(missing)) < max(4 * spread, 0.002)


async def test_tries_are_counted_over_processes(
    app: Litestar, database: Server, office: Site, procedure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "REFUSED_AFTER", 0)
    case = await received(office, procedure, applicant=MO)
    async with living_app(database) as other:
        for number in range(service.TRIES):
            answer = await ask((app, other)[number % 2], case["case_code"], "0000")
            assert answer.status_code == 422
        barred = await ask(other, case["case_code"], "5678")
        assert barred.status_code == 429
        assert "đợi 15 phút" in barred.text
        statuses = [(await ask(app, f"x{each}", "0000")).status_code for each in range(25)]
    assert statuses.count(429) == 25 - (service.TRIES_FROM_ADDRESS - service.TRIES - 1)


async def test_a_form_from_elsewhere_is_refused(app: Litestar) -> None:
    async with client_of(app) as citizen:
        sent = {"form_key": "0" * 64, "code": "x", "digits": "0000"}
        assert (await citizen.post("/tra-cuu", data=sent)).status_code == 403


async def test_sql_sees_that_case_alone(office: Site, procedure: str, database: Server) -> None:
    case = await received(office, procedure, applicant=MO)
    await act(office, case, "note", text="Bà Mơ gọi hỏi")
    await received(office, procedure, applicant=MO)
    stranger = await asyncpg.connect(database.app_url)
    counts = {}
    async with stranger.transaction():
        enter = "SELECT count(*) FROM enter_look_up($1, $2)"
        assert await stranger.fetchval(enter, case["case_code"], "5679") == 0
        assert await stranger.fetchval("SELECT count(*) FROM cases") == 0
        assert await stranger.fetchval(enter, case["case_code"], "5678") == 1
        for table in ("cases", "case_events", "applicants", "case_words", "traces"):
            counts[table] = await stranger.fetchval(f"SELECT count(*) FROM {table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with stranger.transaction():
                await stranger.execute(
                    "INSERT INTO case_words (case_id, seq, name, salt, words) "
                    "SELECT id, 1, 'x', 'x', '' FROM cases"
                )
        assert await stranger.execute("UPDATE cases SET version = 9") == "UPDATE 0"
    assert counts == {"cases": 1, "case_events": 2, "applicants": 0, "case_words": 0, "traces": 0}
    assert await stranger.fetchval("SELECT count(*) FROM cases") == 0
    await stranger.close()
