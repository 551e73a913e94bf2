"""What people type stays text: no script in the real browser, no formula in any file taken away.

One case whose every text is an attack, typed wherever a clerk, officer or leader can type, then
every page and every export on which any of it may come out.
"""

import csv
import io
import os
import re
import zipfile
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from litestar import Litestar
from playwright.async_api import Browser, ConsoleMessage

from tests.browsing import CHROMIUM
from tests.law.lives import UNIT, make_procedure
from tests.people import open_account, session_of, signed_in
from tests.programs import act, bearing, new_case, token_for
from tests.site import client_of, living_app
from tests.web import test_browser
from tthc.db.engine import connect_owner
from tthc.db.server import Server

address = test_browser.address
HEAVY = os.environ.get("TTHC_HEAVY")
SCRIPTS = [
    "\"'></textarea></title><script>window.ran=1</script><svg onload=window.ran=1>{{7*7}}",
    '<script>window.ran=1</script><img src=x onerror="window.ran=1">${7*7}',
][: 2 if HEAVY else 1]
ROLES = ("clerk", "officer", "leader", "auditor") if HEAVY else ("officer", "auditor")
_FORMULAS = ["=cmd|' /C calc'!A0", "\t@SUM(A1)", " +1+1", "-2+3", "@SUM(A1)", "\r=1+1"]
FORMULAS = _FORMULAS[: 6 if HEAVY else 2]
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
PERSON = ("name", "address", "content", "authorised_name")


@pytest.fixture
async def app(database: Server) -> AsyncIterator[Litestar]:
    async with living_app(database) as app:
        yield app


@pytest.fixture
async def procedure(database: Server) -> str:
    owner = connect_owner(database)
    async with owner.begin() as connection:
        found = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    return found


async def type_everywhere(app: Litestar, server: Server, procedure: str, text: str) -> str:
    """A late case with this text in every field that takes it; its code."""
    async with client_of(app) as office:
        office.headers.update(bearing(await token_for(server, f"máy {hash(text)}")))
        body = new_case(
            procedure,
            applicant=dict.fromkeys(PERSON, text),
            received_at="2026-03-02T09:00:00+07:00",
            papers=[text],
        )
        answer = await office.post("/api/v1/cases", json=body)
        assert answer.status_code == 201, answer.text
        case: dict[str, Any] = answer.json()
        typed = 0
        for kind, more in (
            ("transfer", {"officer": text, "note": text}),
            ("start", {"officer": text}),
            ("note", {"text": text}),
            ("explain", {"text": text, "cause": "workload"}),
            ("suspend", {"reason": text, "items": [text]}),
            ("resume", {"note": text}),
        ):
            done = await act(office, case, kind, **more)
            if done.status_code == 400:  # the act takes fewer texts: those that it has
                wrong = {each["field"] for each in done.json()["errors"]}
                left = {name: said for name, said in more.items() if name not in wrong}
                done = await act(office, case, kind, **left)
            if done.status_code == 200:
                case, typed = done.json(), typed + 1
        assert typed >= 3
        code = str(case["case_code"])
        draft = {"reason": text, "cause": "workload", "new_due": "2027-01-04"}
        letter = await office.post(f"/api/v1/cases/{code}/letters", json=draft)
        assert letter.status_code in (200, 201), letter.text
        path = f"/api/v1/letters/{letter.json()['id']}"
        await office.post(f"{path}/approve", json={"approver": text})
        await office.post(f"{path}/issue", json={"number": text, "signer": text})
        batch = {"batch": "đợt 1", "codes": [code], "officer": text}
        await office.post("/api/v1/transfers", json=batch)
    return code


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
async def test_no_typed_script_runs(
    app: Litestar, database: Server, procedure: str, browser: Browser, address: str
) -> None:
    for text in SCRIPTS:
        code = await type_everywhere(app, database, procedure, text)
        for role in ROLES:
            context = await browser.new_context()
            secret = await session_of_role(app, role)
            await context.add_cookies([{"name": "tthc", "value": secret, "url": address}])
            page = await context.new_page()
            complaints: list[str] = []
            page.on("console", listener(complaints))
            for path in [*pages(code, text), f"/tiep-nhan?thu_tuc={procedure}"]:
                answer = await page.goto(address + path, wait_until="load")
                assert answer, path
                assert await page.evaluate("window.ran") is None, (role, path)
                assert await page.locator("svg[onload], img[onerror]").count() == 0, (role, path)
                if path == f"/ho-so/{code}" and role != "auditor":
                    assert text[:24] in await page.inner_text("body"), role
            assert not [said for said in complaints if "Content Security Policy" in said]
            await context.close()


def listener(complaints: list[str]) -> Callable[[ConsoleMessage], None]:
    return lambda said: complaints.append(said.text)


async def session_of_role(app: Litestar, role: str) -> str:
    if role == "auditor":
        return await session_of(app)
    async with signed_in(app, role=role, unit=UNIT) as client:
        return str(client.cookies["tthc"])


def pages(code: str, text: str) -> list[str]:
    asked = str(httpx.QueryParams({"q": text, "tim": text, "where": text, "unit": text}))
    return [
        f"/ho-so/{code}",
        *(f"{path}?{asked}" for path in ("/tiep-nhan", "/ho-so", "/qua-han", "/nhat-ky", "/")),
        *("/ban-lam-viec", "/ban-giao", "/qua-han", "/tiep-nhan", "/ghi-nhanh", "/nhat-ky"),
        f"/so-lieu/ho-so?where=open_overdue&{asked.replace('where', 'x')}",
        f"/tra-cuu?{asked}",
        f"/dang-nhap?tiep={httpx.QueryParams({'': text})}"[:300],
    ]


async def test_no_typed_formula_computes(app: Litestar, database: Server, procedure: str) -> None:
    for text in FORMULAS:
        await type_everywhere(app, database, procedure, text)
    await open_account(database, login="an.vo")
    days = f"unit={UNIT}&from=2026-01-01&to=2027-01-01"
    files = 0
    async with signed_in(app, role="leader", unit=UNIT) as leader, signed_in(app) as auditor:
        for path in (
            f"/api/v1/register?{days}",
            "/api/v1/traces/export?",
            "/api/v1/reports/letters?period=year:2026",
            "/qua-han/tep?",
            "/so-lieu/ho-so/tep?where=open_overdue",
        ):
            for kind in ("xlsx", "csv"):
                for reader in (leader, auditor):
                    answer = await reader.get(f"{path}&format={kind}&kind={kind}")
                    if answer.status_code != 200 or not answer.content:
                        continue
                    files += 1
                    (check_book if answer.content[:2] == b"PK" else check_csv)(answer, path)
    assert files >= 10


def check_book(answer: httpx.Response, path: str) -> None:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        for name in book.namelist():
            if name.startswith("xl/worksheets/sheet"):
                sheet = book.read(name).decode()
                assert "<f>" not in sheet, path
                assert not re.search(r"<f[ >]|hyperlink", sheet), path


def check_csv(answer: httpx.Response, path: str) -> None:
    for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
        for cell in row:
            assert not cell.lstrip(" ").startswith(DANGEROUS), (path, cell)
