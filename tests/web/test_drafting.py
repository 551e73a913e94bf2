"""Apologies drafted for many cases at once: all or none, and never twice."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from tests.people import key_on, signed_in
from tests.site import living_app
from tests.web.test_cases import office
from tests.web.test_my_day import now_is, received
from tests.web.test_overdue import ROW
from tthc.db.server import Server

__all__ = ["office"]

PATH = "/qua-han/van-ban"
WAITING = {"tab": "open_overdue_without_letter"}
LETTER = {"reason": "Nhiều hồ sơ cùng lúc", "cause": "workload", "new_due": "2026-03-25"}


@pytest.fixture
async def app(office: tuple[Server, str]) -> AsyncIterator[Litestar]:
    async with living_app(office[0]) as app:
        yield app


async def letters_of(client: httpx.AsyncClient, code: str) -> int:
    answer = (await client.get(f"/api/v1/cases/{code}/letters")).raise_for_status().json()
    return len(answer["letters"])


async def test_ticked_cases_get_one_draft_each(
    app: Litestar, office: tuple[Server, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five working days from 2 March: overdue on the 16th, and owing an apology each."""
    now_is(monkeypatch, "2026-03-02T09:00")
    async with signed_in(app, role="clerk") as clerk:
        codes = [(await received(clerk, office[1]))["case_code"] for _ in range(3)]
    now_is(monkeypatch, "2026-03-16T09:00")
    async with signed_in(app, role="official") as official:
        form = LETTER | {"code": codes, "form_key": key_on((await official.get("/so-lieu")).text)}
        assert (await official.post(PATH, data=form)).status_code in (403, 422)
    async with signed_in(app, role="leader") as leader:
        listed = (await leader.get("/qua-han", params=WAITING)).raise_for_status().text
        assert set(codes) <= set(ROW.findall(listed))
        assert all(f'name="code" value="{code}"' in listed for code in codes)
        page = (await leader.get(PATH, params={"code": codes})).raise_for_status().text
        form = LETTER | {"form_key": key_on(page), "code": codes}

        async def send(**changes: object) -> httpx.Response:
            return await leader.post(PATH, data=form | changes)

        refused = await send(new_due="")
        assert refused.status_code == 422
        assert "Hãy chọn ngày hẹn trả mới" in refused.text
        unknown = await send(code=[*codes, "KHONG-CO"])
        assert unknown.status_code in (404, 422)
        assert [await letters_of(leader, code) for code in codes] == [0, 0, 0]

        drafted = await send()
        assert drafted.status_code == 303, drafted.text
        assert [await letters_of(leader, code) for code in codes] == [1, 1, 1]
        shown = (await leader.get(drafted.headers["location"])).raise_for_status().text
        assert len(re.findall(r"dự thảo", shown.lower())) >= 3
        await send()  # the same again: whoever has a draft is passed over
        assert [await letters_of(leader, code) for code in codes] == [1, 1, 1]
        still = (await leader.get("/qua-han", params=WAITING | {"letter": "draft"})).text
        assert set(codes) <= set(ROW.findall(still))  # a draft is no letter yet
