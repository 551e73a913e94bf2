"""What an administrator does on the site: accounts and tokens, from their opening to their end.

Planted and caught: a first password that need not be changed; a secret that is told again; an
administrator of a commune who keeps a neighbour's account or makes an auditor; sessions that live
on; a change without a trace.
"""

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.law.lives import UNIT
from tests.people import PASSWORD, enter, key_on, open_account, signed_in
from tests.programs import bearing
from tests.site import client_of, living_app
from tthc.db.server import Server

NEIGHBOUR = "00008"


@pytest.fixture
async def app(database: Server) -> AsyncIterator[Litestar]:
    async with living_app(database) as app:
        yield app


class Secret(HTMLParser):
    """What stands on a page as a secret."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.within, self.told = False, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.within = self.within or (tag, ("class", "secret")) == (
            "code",
            (attrs or [("", "")])[0],
        )

    def handle_data(self, data: str) -> None:
        self.told += data if self.within else ""

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag != "code"


async def send(client: httpx.AsyncClient, path: str, **said: Any) -> httpx.Response:
    key = key_on((await client.get("/tai-khoan")).text)
    return await client.post(path, data={"form_key": key} | said)


async def test_an_account_from_its_opening_to_its_end(app: Litestar) -> None:
    new = {"login": "Ha.Le", "name": "Lê Hà", "role": "clerk", "unit": UNIT}
    async with signed_in(app, role="admin", login="quan.tri") as admin, client_of(app) as ha:
        answer = await send(admin, "/tai-khoan", **new)
        assert answer.status_code == 201, answer.text
        assert answer.headers["cache-control"] == "no-store"
        first = Secret(answer.text).told
        assert len(first) == 23
        assert "ha.le" in (await admin.get("/tai-khoan?tim=lê hà")).text
        for page in ("/tai-khoan", "/tai-khoan/ha.le", "/tai-khoan?tim=ha.le"):
            assert first not in (await admin.get(page)).text
        again = await send(admin, "/tai-khoan", **new)
        assert (again.status_code, "Đã có tài khoản" in again.text) == (422, True)

        await enter(ha, "ha.le", first)
        assert (await ha.get("/ban-lam-viec")).headers["location"] == "/doi-mat-khau"
        changed = {"old": first, "new": PASSWORD, "again": PASSWORD}
        key = key_on((await ha.get("/doi-mat-khau")).text)
        await ha.post("/doi-mat-khau", data={"form_key": key} | changed)
        assert (await ha.get("/ban-lam-viec")).status_code == 200
        assert (await ha.get("/tai-khoan")).status_code == 403

        moved = {"step": "change", "role": "auditor", "unit": ""}
        assert (await send(admin, "/tai-khoan/ha.le", **moved)).status_code == 303
        assert (await ha.get("/nhat-ky")).status_code == 200
        assert (await ha.get("/ban-lam-viec")).status_code == 403
        assert (await send(admin, "/tai-khoan/ha.le", step="sessions")).status_code == 303
        assert (await ha.get("/nhat-ky")).status_code == 303
        second = Secret((await send(admin, "/tai-khoan/ha.le", step="password")).text).told
        assert second not in ("", first)
        await enter(ha, "ha.le", PASSWORD)
        assert (await ha.get("/nhat-ky")).status_code == 303
        assert (await send(admin, "/tai-khoan/ha.le", step="end")).status_code == 303
        await enter(ha, "ha.le", second)
        assert (await ha.get("/doi-mat-khau")).status_code == 303
        ended = await send(admin, "/tai-khoan/ha.le", **moved)
        assert (ended.status_code, "đang dùng" in ended.text) == (422, True)
    async with signed_in(app, role="auditor") as auditor:
        found = (await auditor.get("/api/v1/traces", params={"actor": "quan.tri"})).json()["items"]
        by_admin = [each["kind"] for each in found if each["actor"] == "quan.tri"]
        kinds = ["account_ended", "password_given", "sessions_ended", "account_changed"]
        assert by_admin[:5] == [*kinds, "account_opened"]
        assert first not in str(found)


async def test_a_token_is_shown_once_and_revoked(app: Litestar) -> None:
    async with signed_in(app, role="admin") as admin, client_of(app) as program:
        for wrong in ({"label": "máy"}, {"label": "máy", "scopes": "read", "until": "2001-01-01"}):
            assert (await send(admin, "/khoa-truy-cap", **wrong)).status_code == 422
        said = {"label": "máy", "scopes": ["read", "figures"], "unit": UNIT}
        answer = await send(admin, "/khoa-truy-cap", **said)
        secret = Secret(answer.text).told
        assert (answer.status_code, len(secret)) == (201, 43)
        assert secret not in (await admin.get("/khoa-truy-cap")).text
        program.headers.update(bearing(secret))
        assert (await program.get("/api/v1/cases?where=known")).status_code == 200
        assert (await program.post("/api/v1/cases", json={})).status_code == 403
        assert (await send(admin, "/khoa-truy-cap", revoke="máy")).status_code == 303
        assert (await program.get("/api/v1/cases?where=known")).status_code == 401
        assert (await send(admin, "/khoa-truy-cap", revoke="máy")).status_code == 422


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"role": "clerk", "unit": NEIGHBOUR}, "ngoài phạm vi"),
        ({"role": "auditor", "unit": UNIT}, "ngoài phạm vi"),
        ({"role": "appraiser", "unit": UNIT, "blocks": "communes"}, "ngoài phạm vi"),
        ({"role": "official", "unit": ""}, "ngoài phạm vi"),
        ({"role": "clerk", "unit": ""}, "phải thuộc một đơn vị"),
        ({"role": "program", "unit": UNIT}, "Vai trò phải chọn"),
        ({"role": "appraiser", "unit": ""}, "ít nhất một khối"),
    ],
)
async def test_an_administrator_of_a_unit_keeps_its_own(
    app: Litestar, database: Server, said: dict[str, str], words: str
) -> None:
    others = {"hang.xom": NEIGHBOUR, "ca.tinh": None}
    for login, unit in others.items():
        role = "clerk" if unit else "auditor"
        await open_account(database, login=login, role=role, unit=unit)
    await open_account(database, login="mo.phong", role="auditor", simulated=True)
    await open_account(database, login="cung.xa", role="clerk", unit=UNIT)
    async with signed_in(app, role="admin", unit=UNIT, login="quan.xa") as admin:
        page = (await admin.get("/tai-khoan")).text
        assert "cung.xa" in page
        for login in (*others, "mo.phong"):
            assert login not in page
            assert (await admin.get(f"/tai-khoan/{login}")).status_code == 404
            for step in ("password", "sessions", "end", "change"):
                sent = await send(admin, f"/tai-khoan/{login}", step=step, **said)
                assert sent.status_code == 404, (login, step)
        refused = await send(admin, "/tai-khoan", login="moi", name="Mới", **said)
        assert (refused.status_code, words in refused.text) == (422, True), refused.text
        refused = await send(admin, "/tai-khoan/cung.xa", step="change", **said)
        assert (refused.status_code, words in refused.text) == (422, True), refused.text
        own = await send(admin, "/tai-khoan/quan.xa", step="change", role="admin", unit="")
        assert (own.status_code, "chính mình" in own.text) == (422, True)
        token = {"label": "máy", "scopes": "read", "unit": said["unit"]}
        if said["unit"] != UNIT:
            assert (await send(admin, "/khoa-truy-cap", **token)).status_code == 422


async def test_no_form_of_another_site(app: Litestar) -> None:
    async with signed_in(app, role="admin") as admin:
        for path in ("/tai-khoan", "/tai-khoan/x", "/khoa-truy-cap"):
            answer = await admin.post(path, data={"step": "end"}, headers={"X-Form-Key": ""})
            assert answer.status_code == 403, path
