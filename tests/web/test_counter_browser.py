"""The counter in the real Chromium: a case's whole way through its pages, with and without JS."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from litestar import Litestar
from playwright.async_api import Browser, Page, async_playwright

from tests.people import session_of
from tests.site import living_app
from tests.web import test_counter
from tests.web.test_counter import NAME
from tthc import clock
from tthc.db.server import Server
from tthc.web.serving import listen

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install Debian's chromium"),
]
office = test_counter.office


@pytest.fixture
async def app(office: tuple[Server, str]) -> AsyncIterator[Litestar]:
    async with living_app(office[0]) as app:
        yield app


@pytest.fixture
async def address(app: Litestar) -> AsyncIterator[str]:
    with listen("127.0.0.1", 0) as listening:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        site = uvicorn.Server(config)
        serving = asyncio.create_task(site.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        site.should_exit = True
        await serving


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM)
        yield started
        await started.close()


class Counter:
    """People at their screens, on the days on which they act."""

    def __init__(
        self, browser: Browser, app: Litestar, url: str, patch: pytest.MonkeyPatch, *, script: bool
    ) -> None:
        self.browser, self.app, self.url, self.patch = browser, app, url, patch
        self.script = script

    def at(self, moment: str) -> None:
        instant = datetime.fromisoformat(moment).replace(tzinfo=clock.VIETNAM).astimezone(UTC)
        self.patch.setattr(clock, "now", lambda: instant)

    async def sit_down(self, role: str, path: str) -> Page:
        context = await self.browser.new_context(
            java_script_enabled=self.script, viewport={"width": 1366, "height": 768}
        )
        secret = await session_of(self.app, role=role)
        await context.add_cookies([{"name": "tthc", "value": secret, "url": self.url}])
        page = await context.new_page()
        await page.goto(self.url + path)
        return page

    async def act(self, role: str, code: str, act: str, **said: str) -> Page:
        """One act on the case page, looked at before it is saved."""
        page = await self.sit_down(role, f"/ho-so/{code}")
        for saving in (False, True):
            form = page.locator(f"#viec-{act}")
            if await form.get_attribute("open") is None:
                await form.locator("summary").first.click()
            for name, value in said.items():
                field = form.locator(f"[name={name}]")
                if name == "at" and not await field.is_visible():
                    await form.locator("summary").last.click()
                if await field.evaluate("each => each.tagName") == "SELECT":
                    await field.select_option(value)
                else:
                    await field.fill(value)
            await form.locator(f"button[value={'save' if saving else 'preview'}]").click()
            await page.wait_for_load_state()
            if not saving:
                told = page.locator(f"#viec-{act} [role=status]")
                assert await told.count() == 1, await page.locator("main").inner_text()
        assert page.url.endswith(f"/ho-so/{code}"), await page.locator("main").inner_text()
        return page


async def due_on(page: Page) -> str:
    return await page.locator(".promise .large").inner_text()


@pytest.mark.parametrize("script", [True, False])
async def test_a_case_from_the_counter_and_back(  # one journey, told in one piece
    browser: Browser,
    app: Litestar,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    script: bool,
) -> None:
    """Received, supplemented on a Sunday, put off with a letter, resolved, returned."""
    counter = Counter(browser, app, address, monkeypatch, script=script)
    counter.at("2026-03-02 09:00")
    page = await counter.sit_down("clerk", "/tiep-nhan")
    await page.keyboard.type("9.00077")  # the cursor is where the next key belongs
    if script:
        await page.locator("#ket-qua a").first.wait_for()
    else:
        await page.keyboard.type("7")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**thu_tuc=9.000777")
    assert await due_on(page) == "17:00 thứ Hai, ngày 09/03/2026"
    assert (await Axe().run(page)).violations_count == 0 if script else True
    await page.keyboard.type("001234567890")
    await page.keyboard.press("Tab")
    await page.keyboard.type(NAME)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**da_ghi=*")
    code = page.url.partition("da_ghi=")[2]

    counter.at("2026-03-03 09:00")
    await counter.act("officer", code, "start", officer="Bình")
    page = await counter.act("officer", code, "suspend", content="Bản sao giấy khai sinh")
    assert "thời hạn đang tạm dừng" in await page.locator("h1").inner_text()
    counter.at("2026-03-09 08:00")
    page = await counter.act("clerk", code, "resume", at="2026-03-08T10:00")
    assert await due_on(page) == "17:00 thứ Sáu, ngày 13/03/2026"

    counter.at("2026-03-11 09:00")
    letter = {"reason": "Chờ ý kiến", "cause": "workload", "new_due": "2026-03-20"}
    await counter.act("officer", code, "draft_letter", **letter)
    await counter.act("leader", code, "approve_letter")
    page = await counter.act("leader", code, "issue_letter")
    assert await due_on(page) == "17:00 thứ Sáu, ngày 13/03/2026"  # a letter moves nothing
    await counter.act("officer", code, "send_letter", channel="post")
    page = await counter.act("clerk", code, "extend")
    assert await due_on(page) == "17:00 thứ Sáu, ngày 20/03/2026"

    counter.at("2026-03-19 15:00")
    await counter.act("officer", code, "resolve", outcome="granted")
    page = await counter.act("clerk", code, "return", channel="counter")
    assert await page.locator("h1").inner_text() == "Đã trả kết quả · có kết quả trong hạn"
    if script:
        assert (await Axe().run(page)).violations_count == 0


async def test_pages_are_accessible_and_fit_a_phone(
    browser: Browser, app: Litestar, address: str
) -> None:
    secret = await session_of(app, role="clerk")
    context: Any = await browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark"
    )
    await context.add_cookies([{"name": "tthc", "value": secret, "url": address}])
    page = await context.new_page()
    for path in ("/ban-lam-viec", "/tiep-nhan?tim=khai+sinh", "/ghi-nhanh", "/ban-giao", "/tim"):
        await page.goto(address + path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
