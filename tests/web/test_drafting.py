"""Apologies drafted for many cases at once: all or none, and never twice."""

import html
import re

import httpx
from litestar import Litestar

from tests.people import key_on, signed_in
from tests.web.test_overdue import ROW

PATH = "/qua-han/van-ban"
WAITING = {"tab": "open_overdue_without_letter", "unit": "MP-2"}
LETTER = {"reason": "Nhiều hồ sơ cùng lúc", "cause": "workload", "new_due": "2030-01-15"}


async def letters_of(client: httpx.AsyncClient, code: str) -> int:
    answer = (await client.get(f"/api/v1/cases/{code}/letters")).raise_for_status().json()
    return len(answer["items"] if isinstance(answer, dict) else answer)


async def test_ticked_cases_get_one_draft_each(app: Litestar) -> None:
    async with signed_in(app, role="leader", unit="MP-2", simulated=True) as leader:
        listed = (await leader.get("/qua-han", params=WAITING)).raise_for_status().text
        codes = [html.unescape(code) for code in ROW.findall(listed)][:3]
        assert len(codes) == 3
        page = (await leader.get(PATH, params={"code": codes})).raise_for_status().text
        assert all(code in page for code in codes)
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
        assert drafted.status_code == 303
        assert [await letters_of(leader, code) for code in codes] == [1, 1, 1]
        shown = (await leader.get(drafted.headers["location"])).raise_for_status().text
        assert len(re.findall(r"dự thảo", shown.lower())) >= 3
        await send()  # the same again: whoever has a draft is passed over
        assert [await letters_of(leader, code) for code in codes] == [1, 1, 1]
        still = (await leader.get("/qua-han", params=WAITING | {"letter": "draft"})).text
        assert set(codes) <= set(ROW.findall(still))  # a draft is no letter yet


async def test_who_may_not_draft_drafts_nothing(app: Litestar) -> None:
    async with signed_in(app, role="official", simulated=True) as official:
        listed = (await official.get("/qua-han", params=WAITING)).raise_for_status().text
        (code, *_) = ROW.findall(listed)
        form = LETTER | {"code": [code], "form_key": key_on((await official.get("/so-lieu")).text)}
        assert (await official.post(PATH, data=form)).status_code in (403, 422)
        assert await letters_of(official, code) == 0
