"""A score sheet's whole way in the real Chromium, without a script: the unit scores itself and
hands in, is sent back, hands in anew, is appraised, explains, is approved; the block is published
and a point restated. At each stage axe finds nothing, in the light, in the dark and on a phone.

The departments of the planted province in 2023: Sở Hai has one late case without a letter.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from jobs.night import run_night
from tests.browsing import MARKS, served
from tests.people import signed_in
from tests.planted import plant
from tests.site import living_app
from tests.web.scoring_year import (
    AS_OF,
    PAPER,
    PEOPLE,
    ROUND,
    RUBRIC,
    YEAR,
    close,
    fine,
    give,
    stand_on,
)
from tests.web.test_every_page import check_page
from tthc.db.server import Server

pytestmark = MARKS
PATH = f"/cham-diem/{RUBRIC}"
SHEET = f"{PATH}/PL.S2?ky={YEAR}"
DAYS = {"first": "2024-01-02", "last": "2024-02-15"}
WHO = ("province", "s1", "s2", "appraiser")


class Screens:
    """A screen without a script for each person, and one with a script on which axe looks."""

    def __init__(self, browser: Browser, url: str, stack: AsyncExitStack) -> None:
        self.browser, self.url, self.stack = browser, url, stack
        self.secrets: dict[str, str] = {}
        self.pages: dict[str, Page] = {}
        self.pictures: Path | None = None  # where pictures are kept for people to look at

    async def page(self, name: str, *, script: bool = False) -> Page:
        key = f"{name} {script}"
        if key not in self.pages:
            context = await self.browser.new_context(
                java_script_enabled=script,
                viewport={"width": 1366, "height": 768},
                reduced_motion="reduce",
            )
            self.stack.push_async_callback(context.close)
            await context.add_cookies(
                [{"name": "tthc", "value": self.secrets[name], "url": self.url}]
            )
            self.pages[key] = await context.new_page()
        return self.pages[key]

    async def at(self, name: str, path: str = SHEET) -> Page:
        page = await self.page(name)
        await page.goto(self.url + path)
        return page

    async def look(self, name: str, path: str = SHEET) -> None:
        """What axe and a phone say of a page."""
        page = await self.page(name, script=True)
        await page.goto(self.url + path)
        await check_page(page, f"{path} for {name}")

    async def score(
        self, name: str, column: str, leaf: str, *, proof: str = "", reason: str = "", points: str
    ) -> None:
        """A leaf's form: unfolded, filled, sent."""
        page = await self.at(name)
        form = page.locator(
            f"form:has([name=leaf][value='{leaf}']):has([name=column][value='{column}'])"
        )
        if not await form.is_visible():
            await form.locator("xpath=ancestor::details[1]/summary").click()
        if points:
            await form.locator("[name=points]").fill(points)
        await form.locator("[name=reason]").fill(reason)
        await form.locator("[name=evidence]").fill(proof)
        await form.get_by_role("button").click()
        await page.wait_for_load_state()

    async def press(self, name: str, label: str) -> Page:
        page = await self.at(name)
        await page.get_by_role("button", name=label).click()
        await page.wait_for_load_state()
        return page


@pytest.fixture
async def screens(
    database: Server, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Screens]:
    """S1's sheet is scored already; all stages are open on the day."""
    await plant(database)
    assert await asyncio.to_thread(_night, database)
    stand_on(monkeypatch, 1, 20)
    windows = dict.fromkeys(("self", "appraisal", "explanation", "approval"), DAYS)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(living_app(database))
        people = {
            name: await stack.enter_async_context(
                signed_in(app, role=role, unit=unit, simulated=True, login=f"{name}.thu")
            )
            for name, (role, unit) in PEOPLE.items()
            if name in WHO
        }
        told = ROUND | {"windows": windows}
        fine(await people["province"].post("/api/v1/score-rounds", json=told))
        for leaf, points in (("2.1", 1.5), ("2.2", 1), ("3.1", 1)):
            fine(await give(people["s1"], "PL.S1", leaf, "self", points, evidence=PAPER))
        for name, step in (
            *(("s1", "submit"), ("appraiser", "end_appraisal")),
            *(("s1", "end_explanation"), ("province", "approve")),
        ):
            fine(await close(people[name], "PL.S1", step))
        url = await stack.enter_async_context(served(app))
        screens = Screens(browser, url, stack)
        screens.secrets = {name: str(each.cookies["tthc"]) for name, each in people.items()}
        yield screens


def _night(server: Server) -> bool:
    return bool(run_night(server.night_url, simulated=True, as_of=AS_OF).ran)


async def test_a_sheets_way_through_its_pages(screens: Screens) -> None:
    s2 = await screens.at("s2")
    await expect(s2.locator("#tc-1-1")).to_contain_text("Mất 1 điểm: 1 trong 1 hồ sơ")
    await expect(s2.locator("main")).to_contain_text("Hạng 2 trong khối, theo số liệu đến nay")
    await screens.look("s2")
    await screens.score("s2", "self", "1.1", points="0,5", proof="12/BC")
    await expect(s2.get_by_role("alert")).to_contain_text("hãy nêu lý do")
    why = "Mất điện toàn tỉnh"
    await screens.score("s2", "self", "1.1", points="0,5", proof="12/BC", reason=why)
    for leaf, points in (("2.1", "0"), ("2.2", "1"), ("3.1", "1")):
        await screens.score("s2", "entered", leaf, points=points, proof="13/BC")
    await screens.press("s2", "Trình phiếu")
    await expect(s2.locator("[aria-current=step]")).to_contain_text("Đã trình")
    await _sent_back(screens)
    await screens.look("appraiser")
    await screens.score("appraiser", "appraised", "1.1", points="0", reason="Không có xác nhận")
    await screens.press("appraiser", "Kết thúc thẩm định")
    await screens.score("s2", "explained", "1.1", points="", reason="Gửi kèm xác nhận")
    await screens.look("s2")
    await screens.press("s2", "Kết thúc giải trình")
    await screens.score("province", "approved", "1.1", points="0,5", reason="Chấp nhận một phần")
    await screens.press("province", "Phê duyệt phiếu")
    ranking = await screens.at("province", f"{PATH}?ky={YEAR}")
    await ranking.get_by_role("button", name="Công bố điểm đã phê duyệt").click()
    await ranking.wait_for_load_state()
    assert await _published(ranking) == ["1 Sở Một 4,5/5", "2 Sở Hai 2,5/5"]
    await screens.look("province", f"{PATH}?ky={YEAR}")
    await screens.score(
        "province", "restated", "2.1", points="1,5", reason="Kế hoạch có đúng hạn", proof="77/QĐ"
    )
    ranking = await screens.at("s2", f"{PATH}?ky={YEAR}")
    assert await _published(ranking) == ["1 Sở Một 4,5/5", "2 Sở Hai 4/5"]
    await screens.look("province")
    sheet = await screens.at("s2")
    await expect(sheet.locator("main")).to_contain_text("điều chỉnh sau công bố 1 lần")
    await expect(sheet.locator("main")).to_contain_text("Hạng 2 trong khối; so với năm trước")
    acts = sheet.locator(".traces tbody tr").filter(has=sheet.get_by_text("1.1", exact=True))
    kinds = await acts.locator("td:nth-child(3)").all_text_contents()
    assert kinds == ["Tự chấm điểm", "Thẩm định", "Giải trình", "Phê duyệt điểm"]


async def _sent_back(screens: Screens) -> None:
    appraiser = await screens.at("appraiser")
    back = "Thiếu xác nhận của điện lực"
    await appraiser.get_by_text("Trả lại để bổ sung, giải trình").click()
    await appraiser.get_by_label("Đơn vị cần bổ sung").fill(back)
    await appraiser.get_by_role("button", name="Trả lại phiếu").click()
    await appraiser.wait_for_load_state()
    s2 = await screens.at("s2")
    await expect(s2.locator(".sent-back")).to_contain_text(back)
    await screens.look("s2")
    await screens.press("s2", "Trình phiếu")
    await expect(s2.locator("[aria-current=step]")).to_contain_text("Đã trình")


async def _published(page: Page) -> list[str]:
    """Place, unit and points of the first table."""
    rows = page.locator("table.units").first.locator("tbody tr")
    return [" ".join(text.split("\t")[:3]) for text in await rows.all_inner_texts()]
