"""Nothing of a person is in what the site leaves behind: logs, metrics, problems, addresses.

People come, papers are received, supplemented, apologised for, imported, sent by the portal, looked
up, exported, refused and broken; then every line that was written is searched for each applicant's
name, number and telephone, for what was typed freely, and for passwords, tokens and sessions.
"""

import io
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
import structlog
from litestar import Litestar

from tests.forms import filled
from tests.law.lives import UNIT, make_procedure
from tests.people import PASSWORD, enter, key_on, open_account, signed_in
from tests.portal import sync
from tests.programs import act, bearing, new_case, token_for
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.log import write_logs

Site = httpx.AsyncClient
PERSON = {
    "name": "Nguyễn Thị Mơ",
    "identity_number": "001190012345",
    "phone": "0912345678",
    "address": "số 3 ngõ Hoa Nhài",
    "email": "mo.nguyen@example.org",
    "content": "xin cấp lại giấy của bà Mơ",
}
OTHERS = ("Trần Văn Nhập", "Nguyễn Thị Cổng", "001190000001", "0900000001", "mo@example.org")
WORDS = ("bà Mơ còn thiếu bản sao", "Mơ gõ nhầm mật khẩu", "vì bà Mơ nộp thiếu")
CODE = re.compile(r"\b00004-\d{6}-\d{4}\b")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the site writes to its log, as in production: lines of JSON."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    before: Any = structlog.get_config()
    write_logs()
    yield written
    structlog.configure(**before)


class Heard:
    """Every problem document and address that an answer led to."""

    def __init__(self, client: Site) -> None:
        self.problems: list[str] = []
        self.addresses: list[str] = []
        client.event_hooks = {"response": [self.hear]}

    async def hear(self, answer: httpx.Response) -> None:
        if answer.status_code >= 400 and "problem" in answer.headers.get("content-type", ""):
            self.problems.append((await answer.aread()).decode())
        self.addresses.append(answer.headers.get("location", ""))
        self.addresses.append(answer.headers.get("content-disposition", ""))


async def office_work(office: Site, procedure: str) -> str:
    """A program's day: receipt, supplement, apology, exports, and every kind of refusal."""
    body = new_case(procedure, applicant=PERSON, received_at="2026-03-02T09:00:00+07:00")
    answer = await office.post("/api/v1/cases", json=body, headers={"Idempotency-Key": "1"})
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    code = str(case["case_code"])
    for kind, more in (
        ("start", {}),
        ("suspend", {"reason": WORDS[0]}),
        ("note", {"text": WORDS[0]}),
    ):
        done = await act(office, case, kind, **more)
        if done.status_code == 200:
            case = done.json()
    draft = {"reason": WORDS[2], "cause": "workload", "new_due": "2027-01-04"}
    letter = await office.post(f"/api/v1/cases/{code}/letters", json=draft)
    await office.post(f"/api/v1/letters/{letter.json().get('id', 1)}/issue", json={"number": "1"})
    for address in (
        *("", "/events", "/clock", "/letters", "/applicant", "/control-sheet", "/forms/01"),
        *("/forms/99", "/không-có"),
    ):
        await office.get(f"/api/v1/cases/{code}{address}")
    days = f"unit={UNIT}&from=2026-01-01&to=2027-01-01"
    for address in (
        *(f"/api/v1/register?{days}&format=xlsx", "/api/v1/cases?where=known"),
        *("/api/v1/reports/letters?period=year:2026&format=xlsx", "/api/v1/figures?definition=x"),
    ):
        await office.get(address)
    # refusals: unknown, out of date, not understood, with a person where none belongs
    await office.get(f"/api/v1/cases/{PERSON['identity_number']}")
    for wrong in (
        body | {"channel": PERSON["name"]},
        body | {"procedure_code": "không có"},
        body | {"applicant": PERSON | {"kind": PERSON["name"]}},
        body | {"received_at": PERSON["name"]},
    ):
        assert (await office.post("/api/v1/cases", json=wrong)).status_code >= 400
    await office.post("/api/v1/cases", content=json.dumps(body)[:-9])
    await office.post(f"/api/v1/cases/{code}/events", json={"type": "note"})
    return code


async def taking(office: Site, procedure: str) -> None:
    """An import and the portal, each with what can't be read."""
    message = {"madonvi": "00004", "data": [sync(procedure, 2, ChuHoSo=OTHERS[1])]}
    for said in (message, message | {"data": [sync("", 99, ChuHoSo=OTHERS[1])]}, {"data": "x"}):
        await office.post("/api/v1/portal/DongBoHoSoMC", json=said)
    for content in ("case_id,start\n", f"case_id,responsible\n1,{OTHERS[0]}\n", f"{OTHERS[0]}\0"):
        await office.post(
            "/api/v1/imports",
            data={"profile": "coselog-receipt"},
            files={"file": ("sổ tiếp nhận.csv", content.encode())},
        )


async def counter_work(app: Litestar, server: Server, procedure: str) -> tuple[Heard, list[str]]:
    """A clerk mistypes the password, receives with an error, searches and leaves."""
    login = await open_account(server, role="clerk")
    async with client_of(app) as clerk:
        heard = Heard(clerk)
        await enter(clerk, login, WORDS[1])
        await enter(clerk, WORDS[1], WORDS[1])
        await enter(clerk, login)
        secrets = [clerk.cookies["tthc"], clerk.headers["X-Form-Key"]]
        page = (await clerk.get("/tiep-nhan", params={"thu_tuc": procedure})).text
        typed = filled(page, "/tiep-nhan") | PERSON | {"do": "save"}
        await clerk.post("/tiep-nhan", data=typed | {"luc": PERSON["name"]})
        saved = await clerk.post("/tiep-nhan", data=typed)
        await clerk.get(saved.headers["location"])
        for address in ("/ban-lam-viec", "/ban-giao", "/qua-han/tep?kind=xlsx", "/ho-so"):
            await clerk.get(address)
        await clerk.post("/tiep-nhan", data={PERSON["name"]: PERSON["phone"]})
        key = {"form_key": key_on((await clerk.get("/tim")).text)}
        for sought in (PERSON["name"], PERSON["phone"][-4:], PERSON["phone"], "?" * 300):
            await clerk.post("/tim", data=key | {"q": sought})
            await clerk.post("/api/v1/cases/search", json={"q": sought})
        await clerk.post("/dang-xuat", data={"form_key": "x" * 64})
    return heard, secrets


async def break_applicants(server: Server) -> None:
    """From now on the database refuses a person, in a message that would tell the whole row."""
    owner = await asyncpg.connect(server.owner_url)
    await owner.execute(
        f"ALTER TABLE applicants ADD CONSTRAINT no_such_person CHECK (name <> '{OTHERS[0]}')"
    )
    await owner.close()


async def test_no_line_names_a_person(database: Server, log: io.StringIO) -> None:
    owner = connect_owner(database)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    token = await token_for(database, "một cửa")
    async with living_app(database) as app:
        async with client_of(app) as office:
            office.headers.update(bearing(token))
            at_office = Heard(office)
            code = await office_work(office, procedure)
            await taking(office, procedure)

            await break_applicants(database)
            body = new_case(procedure, applicant=PERSON | {"name": OTHERS[0]})
            assert (await office.post("/api/v1/cases", json=body)).status_code == 500
        at_counter, secrets = await counter_work(app, database, procedure)
        async with client_of(app) as citizen:
            at_home = Heard(citizen)
            key = key_on((await citizen.get("/tra-cuu")).text)
            for digits in ("5678", "0000"):
                asked = {"form_key": key, "code": code, "digits": digits}
                await citizen.post("/tra-cuu", data=asked)
            await citizen.get("/api/v1/cases?where=known", headers=bearing("khoa-gia-0912345678"))
            await citizen.get(f"/{PERSON['name']}/{PERSON['phone']}")
        async with signed_in(app, role="auditor") as auditor:
            heard = Heard(auditor)
            for address in (
                *("/nhat-ky", "/api/v1/traces/export?format=csv", "/?period=year:2026"),
                *(
                    "/api/v1/samples?period=year:2026&size=9",
                    "/cham-diem",
                    "/cong-bo",
                    "/cong-khai",
                ),
                f"/api/v1/briefing?period=year:2026&unit={UNIT}",
                f"/cham-diem/qd-766/{UNIT}?ky=year:2026",
            ):
                await auditor.get(address)
        async with client_of(app) as anybody:
            metrics = (await anybody.get("/metrics")).text
    lines = log.getvalue()
    problems = "\n".join(
        problem for each in (at_office, at_counter, at_home, heard) for problem in each.problems
    )
    addresses = "\n".join(
        one for each in (at_office, at_counter, at_home, heard) for one in each.addresses
    )
    assert lines.count('"event": "request"') > 50
    assert '"event": "failure"' in lines
    assert "no_such_person" in lines
    assert len(at_office.problems) > 10
    for text in (lines, metrics, addresses):
        for personal in (*PERSON.values(), *OTHERS, *WORDS, PASSWORD, token, *secrets, "khoa-gia"):
            assert personal not in text, personal
    for line in lines.splitlines():
        assert not CODE.search(line), line  # the public half of a look-up
    # a problem tells where it is by the address that was asked for, and nothing more of a person
    told = problems.replace(f"/api/v1/cases/{PERSON['identity_number']}", "")
    for personal in (*PERSON.values(), *OTHERS, *WORDS, PASSWORD, token, *secrets):
        assert personal not in told.replace(f"mã “{PERSON['identity_number']}”", ""), personal
