"""Who signed in, was refused, read a person, exported: kept, and shown to the auditor alone."""

import csv
import io
from typing import Any

import fastexcel
import httpx
import pytest
from litestar import Litestar

from tests.law.lives import UNIT, make_procedure
from tests.people import PASSWORD, enter, key_on, open_account, signed_in
from tests.programs import bearing, new_case, token_for
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server

Site = httpx.AsyncClient
MO = {"name": "Nguyễn Thị Mơ", "identity_number": "001190012345", "phone": "0912345678"}
WRONG = "Mơ gõ nhầm mật khẩu ở đây"


@pytest.fixture
async def procedure(database: Server) -> str:
    owner = connect_owner(database)
    async with owner.begin() as connection:
        found = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    return found


async def traces(auditor: Site, **asked: Any) -> list[dict[str, Any]]:
    """The traces, the oldest first."""
    answer = await auditor.get("/api/v1/traces", params=asked)
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["items"]))


async def read_a_person(app: Litestar, server: Server, procedure: str) -> str:
    """A clerk signs in after mistakes, receives, reads, prints, is refused and leaves."""
    login = await open_account(server, role="clerk", login="lan.tran")
    async with client_of(app) as clerk:
        await enter(clerk, WRONG, WRONG)
        await enter(clerk, login, WRONG)
        await enter(clerk, login)
        body = new_case(procedure, applicant=MO)
        case = (await clerk.post("/api/v1/cases", json=body)).json()
        code = str(case["case_code"])
        assert MO["name"] in (await clerk.get(f"/api/v1/cases/{code}/applicant")).text
        assert (await clerk.get(f"/api/v1/cases/{code}/forms/01")).status_code == 200
        days = {"from": "2020-01-01", "to": "2040-01-01", "format": "xlsx"}
        register = await clerk.get("/api/v1/register", params={"unit": UNIT, **days})
        assert register.status_code == 200, register.text
        act = {"type": "resolve", "outcome": "granted"}
        refused = await clerk.post(
            f"/api/v1/cases/{code}/events", json=act, headers={"If-Match": "*"}
        )
        assert refused.status_code == 403
        assert (await clerk.get(f"/api/v1/cases/{MO['name']}/applicant")).status_code == 404
        assert (await clerk.get("/nhat-ky")).status_code == 403
        key = key_on((await clerk.get("/so-lieu")).text)
        await clerk.post("/dang-xuat", data={"form_key": key})
    return code


async def test_a_day_at_the_counter(database: Server, procedure: str) -> None:
    async with living_app(database) as app:
        code = await read_a_person(app, database, procedure)
        async with signed_in(app, role="auditor", login="ha.le") as auditor:
            found = await traces(auditor)
            page = await auditor.get("/nhat-ky")
            of_case = await traces(auditor, case=code)
            api = await auditor.get("/api/v1/traces", params={"limit": 3})
            older = api.json()["next_cursor"]
            next_page = await auditor.get("/api/v1/traces", params={"limit": 3, "cursor": older})
    told = [(one["actor"], one["kind"], one["details"], one["cases"]) for one in found]
    call = "/api/v1/cases/{code}"
    number = f"{UNIT}"
    print_of = {"unit": number, "from": "2020-01-01", "to": "2040-01-01", "format": "xlsx"}
    refused: dict[str, Any] = {"answer": 403}
    assert told == [
        ("thử", "account_opened", {"account": "lan.tran", "role": "clerk", "unit": UNIT}, []),
        ("(chưa đăng nhập)", "sign_in_refused", {}, []),
        ("lan.tran", "sign_in_refused", {}, []),
        ("lan.tran", "signed_in", {}, []),
        ("lan.tran", "identity_read", {}, [code]),
        ("lan.tran", "form_printed", {"form": "01", "cases": 1}, [code]),
        ("lan.tran", "form_printed", {"form": "07", "cases": 1, **print_of}, [code]),
        ("lan.tran", "refused", {"call": f"POST {call}/events", **refused}, [code]),
        ("lan.tran", "refused", {"call": f"GET {call}/applicant", "answer": 404}, []),
        ("lan.tran", "refused", {"call": "GET /nhat-ky", **refused}, []),
        ("lan.tran", "signed_out", {}, []),
        ("thử", "account_opened", {"account": "ha.le", "role": "auditor"}, []),
        ("ha.le", "signed_in", {}, []),
    ]
    assert [one["kind"] for one in of_case] == [
        *("identity_read", "form_printed", "form_printed", "refused"),
    ]
    assert api.json()["total"] == next_page.json()["total"] == len(found)
    assert f"{len(found)} việc, mới nhất ở trên" in page.text
    newest = [one["id"] for one in (*api.json()["items"], *next_page.json()["items"])]
    assert newest == [one["id"] for one in reversed(found)][:6]
    for secret in (*MO.values(), WRONG, PASSWORD):
        assert secret not in str(found)
        assert secret not in page.text
    assert "Đọc thông tin người nộp" in page.text
    assert code in page.text


async def test_the_auditor_takes_them_along(database: Server) -> None:
    async with living_app(database) as app:
        await open_account(database, login="an.vo", role="auditor")
        async with signed_in(app, login="ha.le") as auditor:
            table = await auditor.get("/api/v1/traces/export", params={"format": "csv"})
            book = await auditor.get("/api/v1/traces/export", params={"format": "xlsx"})
            exported = await traces(auditor, kind="exported")
            wrong = await auditor.get("/api/v1/traces", params={"kind": "không có"})
            page = await auditor.get("/nhat-ky", params={"from": "2026-13-41"})
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Thời điểm", "Người thực hiện", "Việc"]
    assert [row[2] for row in rows[1:]] == ["Đăng nhập", "Mở tài khoản", "Mở tài khoản"]
    sheet = fastexcel.read_excel(book.content).load_sheet(0, header_row=None)
    assert sheet.height == len(rows) + 1 + 2  # its title and an empty row; and the first export
    assert [one["details"]["rows"] for one in exported] == [3, 4]
    assert (wrong.status_code, page.status_code) == (400, 400)


@pytest.mark.parametrize("role", ["clerk", "officer", "leader", "official", "appraiser", "admin"])
async def test_nobody_else_sees_them(database: Server, role: str) -> None:
    async with living_app(database) as app, signed_in(app, role=role) as client:
        for path in ("/nhat-ky", "/api/v1/traces", "/api/v1/traces/export"):
            assert (await client.get(path)).status_code == 403


async def test_a_program_and_its_world(database: Server) -> None:
    """A token's refusals are kept under its name; the other world's are not shown."""
    secret = await token_for(database, "máy đọc", "figures")
    async with living_app(database) as app, client_of(app) as program:
        program.headers.update(bearing(secret))
        assert (await program.get("/api/v1/cases?where=known")).status_code == 403
        async with signed_in(app) as auditor, signed_in(app, simulated=True) as other:
            assert [one["kind"] for one in await traces(auditor, who="máy đọc")] == ["refused"]
            assert await traces(other, who="máy đọc") == []
            assert {one["world"] for one in await traces(other)} == {"simulated"}
