"""The door under attack: fixed and stolen sessions, foreign forms, extra fields, odd paths.

Where each attack is tried:

| Attack | Test |
|---|---|
| session fixation | here |
| a stolen session, after sign-out, new password, deactivation | here; test_two_sites |
| a stolen token after its revocation | tests/db/test_entering; tests/web/test_api |
| a form of another site (CSRF) | here; test_look_up |
| mass assignment | here |
| SQL in every parameter of every route | test_injection; in SQL: tests/db/test_row_level_security |
| odd paths, in addresses and names of files | here; test_docs; test_forms; test_reports |
| formulas in CSV and XLSX | test_typed_texts; tests/reports/test_sheet |
| scripts in every text that a clerk types, in the browser | test_typed_texts |
| bodies too large or too slow, headers that hardly come | test_bodies |
| 10,000 wrong passwords | tests/service/test_sign_in (TTHC_HEAVY=1; else 300); test_two_sites |
| guessing of codes and secrets of the look-up | test_look_up |
| a foreign Host, a proxy that nobody named | here |
| secrets of the door, accounts of others, by SQL | tests/db/test_door, test_administrators |
| workbooks that unpack to too much, reach too far, or hold entities | test_hostile_books |
| persons in logs and metrics | test_scrub; test_hostile_books |
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.people import PASSWORD, enter, key_on, open_account, signed_in
from tests.site import client_of, living_app
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.service import accounts
from tthc.web.access import FORM_KEY
from tthc.web.desk.sign_in import own_path

INSIDE = "/doi-mat-khau"  # a page that only somebody signed in sees
BEGINS = "/ban-lam-viec"  # the clerk's first page


@pytest.fixture
async def login(worlds: Server) -> str:
    return await open_account(worlds, role="clerk")


async def is_inside(client: httpx.AsyncClient) -> bool:
    return (await client.get(INSIDE)).status_code == 200


async def test_a_session_cannot_be_fixed(app: Litestar, login: str) -> None:
    """A secret planted before the sign-in is worth nothing after it, nor is one left behind."""
    planted = "a" * 43
    async with client_of(app) as victim, client_of(app) as attacker:
        victim.cookies.set("tthc", planted, domain="site.local")
        await enter(victim, login)
        assert victim.cookies["tthc"] != planted
        assert await is_inside(victim)
        attacker.cookies.set("tthc", planted)
        assert not await is_inside(attacker)


async def test_a_new_sign_in_ends_the_session_that_the_browser_brought(
    app: Litestar, login: str
) -> None:
    async with client_of(app) as one, client_of(app) as other:
        page = (await one.get("/dang-nhap")).text
        await enter(one, login)
        old = one.cookies["tthc"]
        said = {"form_key": key_on(page), "login": login, "password": PASSWORD}
        assert (await one.post("/dang-nhap", data=said)).status_code == 303
        assert one.cookies["tthc"] != old
        other.cookies.set("tthc", old)
        assert not await is_inside(other)


async def test_a_stolen_session_ends_with_the_sign_out_and_with_a_new_password(
    app: Litestar, login: str
) -> None:
    for path, said in (
        ("/dang-xuat", {}),
        (INSIDE, {"old": PASSWORD, "new": PASSWORD + "!", "again": PASSWORD + "!"}),
    ):
        async with client_of(app) as owner, client_of(app) as thief:
            await enter(owner, login)
            thief.cookies.set("tthc", owner.cookies["tthc"])
            assert await is_inside(thief)
            key = key_on((await owner.get(INSIDE)).text)
            assert (await owner.post(path, data={"form_key": key, **said})).status_code == 303
            assert not await is_inside(thief)
            assert await is_inside(owner) is (path == INSIDE)


async def test_a_foreign_form_or_call_is_refused(app: Litestar, login: str) -> None:
    """The cookie alone is not enough: not to leave, to change, to sign somebody in, or to call."""
    async with client_of(app) as client:
        await enter(client, login)
        del client.headers["X-Form-Key"]
        async with signed_in(app) as other:
            foreign = other.headers["X-Form-Key"]
        for key in ("", "0" * 64, foreign):
            for path in ("/dang-xuat", INSIDE, "/dang-nhap"):
                assert (await client.post(path, data={"form_key": key})).status_code == 403, path
            for path in ("/api/v1/cases", "/api/v1/calendars/preview"):
                answer = await client.post(path, json={}, headers={FORM_KEY: key})
                assert answer.status_code == 403, path
        assert "Biểu mẫu" in (await client.post("/api/v1/cases", json={})).json()["detail"]
        assert await is_inside(client)


async def test_extra_fields_change_nothing(app: Litestar, worlds: Server) -> None:
    """Mass assignment: a field that a form or body does not have refuses the whole."""
    login = await open_account(worlds, role="clerk")
    async with client_of(app) as client:
        await enter(client, login)
        key = key_on((await client.get(INSIDE)).text)
        new = {"old": PASSWORD, "new": PASSWORD + "?", "again": PASSWORD + "?"}
        for extra in ({"role": "admin"}, {"must_change": "false"}, {"unit_id": ""}):
            answer = await client.post(INSIDE, data={"form_key": key, **new, **extra})
            assert answer.status_code == 400, extra
        case = {"procedure_code": "x", "receiving_unit": "00004", "channel": "counter"}
        for extra in ({"simulated": "true"}, {"actor": "ai"}, {"state": "9"}):
            answer = await client.post("/api/v1/cases", json=case | extra)
            assert answer.status_code == 400, extra
            assert [*extra] == [each["field"] for each in answer.json()["errors"]]
    async with client_of(app) as client:
        assert (await enter(client, login)).status_code == 303  # the password is the old one
    night = connect_night(app.state.server)
    async with night.connect() as connection:
        listed = await accounts.show_accounts(connection)
    await night.dispose()
    assert [each["role"] for each in listed if each["login"] == login] == ["clerk"]


@pytest.mark.parametrize(
    "asked",
    [
        *("//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example"),
        *("/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "evil.example", ""),
        *(" //evil.example", "/%0d%0aSet-Cookie:x=1\r\nX: y", "///evil.example", "/a\\..\\b"),
    ],
)
async def test_the_sign_in_leads_nowhere_else(app: Litestar, login: str, asked: str) -> None:
    assert own_path(asked) in ("/", asked.replace("\r\n", ""))
    async with client_of(app) as client:
        answer = await enter(client, login, tiep=asked)
        assert (answer.status_code, answer.headers["location"]) == (303, BEGINS)
        again = await client.get("/dang-nhap", params={"tiep": asked})
        assert again.headers["location"] == BEGINS


async def test_the_sign_in_leads_back(app: Litestar, login: str) -> None:
    async with client_of(app) as client:
        asked = (await client.get(f"{INSIDE}?a=b&c=%C4%91")).headers["location"]
        page = await client.get(asked)
        assert 'name="tiep" value="/doi-mat-khau?a=b&amp;c=%C4%91"' in page.text
        answer = await enter(client, login, tiep="/doi-mat-khau?a=b&c=%C4%91")
        assert answer.headers["location"] == "/doi-mat-khau?a=b&c=%C4%91"


async def test_a_first_password_opens_nothing_but_its_change(app: Litestar, login: str) -> None:
    from tthc.settings import SignInLimits

    night = connect_night(app.state.server)
    async with night.begin() as connection:
        first = await accounts.give_new_password(connection, SignInLimits(), login, by="thử")
    await night.dispose()
    async with client_of(app) as client:
        await enter(client, login, first)
        for path in ("/", "/dinh-nghia"):
            assert (await client.get(path)).headers["location"] == INSIDE
        refused = await client.get("/api/v1/cases?where=open")
        assert (refused.status_code, INSIDE in refused.json()["detail"]) == (403, True)
        page = await client.get(INSIDE)
        assert "Hãy chọn mật khẩu của riêng bạn" in page.text
        said = {"form_key": key_on(page.text), "old": first, "new": PASSWORD, "again": PASSWORD}
        assert (await client.post(INSIDE, data=said | {"again": "khác"})).status_code == 422
        assert (await client.post(INSIDE, data=said)).headers["location"] == BEGINS
        assert (await client.get("/so-lieu")).status_code == 200


async def test_wrong_passwords_over_the_page(app: Litestar, worlds: Server) -> None:
    """Ten tries, then 429 whatever is typed; the login is not told from one that is none."""
    login = await open_account(worlds)
    said: dict[str, list[Any]] = {}
    for one in (login, f"{login}.khong-co"):
        async with client_of(app) as client:
            answers = [await enter(client, one, f"sai {number}") for number in range(12)]
            answers.append(await enter(client, one))
            said[one] = [
                (each.status_code, each.text.replace(one, "").replace(key_on(each.text), ""))
                for each in answers
            ]
    assert said[login] == said[f"{login}.khong-co"]
    assert [status for status, _ in said[login]] == [*[401] * 10, *[429] * 3]


@pytest.fixture
async def behind_proxy(worlds: Server) -> AsyncIterator[Litestar]:
    async with living_app(worlds, TTHC_PROXIES="127.0.0.1") as app:
        yield app


HTTPS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


async def test_over_https_cookies_are_host_bound_and_encrypted(
    behind_proxy: Litestar, app: Litestar
) -> None:
    async with client_of(behind_proxy) as client:
        answer = await client.get("/dang-nhap", headers=HTTPS)
        assert answer.headers["set-cookie"].startswith("__Host-tthc_form=")
        for word in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
            assert word in answer.headers["set-cookie"]
        assert "Domain" not in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"]
    async with client_of(app) as client:  # no proxy is believed that was not named
        answer = await client.get("/dang-nhap", headers=HTTPS)
        assert answer.headers["set-cookie"].startswith("tthc_form=")
        assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "site.evil.example", "site@evil", "", "SITE:x"])
async def test_a_strange_name_is_refused(stranger: httpx.AsyncClient, host: str) -> None:
    answer = await stranger.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert answer.headers["content-security-policy"]
    assert (await stranger.get("/", headers={"Host": "SITE:8000"})).status_code == 200
