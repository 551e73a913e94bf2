"""The site in the real Chromium: one browser for all tests, a screen for each person."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
import uvicorn
from litestar import Litestar
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.people import session_of
from tthc import clock
from tthc.web.serving import listen

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: install Debian's chromium"),
]


@asynccontextmanager
async def started_browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        await browser.close()


@asynccontextmanager
async def served(app: Litestar) -> AsyncIterator[str]:
    """Where an application that lives is served."""
    with listen("127.0.0.1", 0) as listening:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        site = uvicorn.Server(config)
        serving = asyncio.create_task(site.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        site.should_exit = True
        await serving


class Counter:
    """People at their screens, each with one that stays, on the days on which they act."""

    def __init__(self, browser: Browser, app: Litestar, url: str) -> None:
        self.browser, self.app, self.url = browser, app, url
        self.pages: dict[tuple[str, bool], Page] = {}
        self.secrets: dict[str, str] = {}
        self.patch = pytest.MonkeyPatch()

    def at(self, moment: str) -> None:
        instant = datetime.fromisoformat(moment).replace(tzinfo=clock.VIETNAM).astimezone(UTC)
        self.patch.setattr(clock, "now", lambda: instant)
        self.secrets.clear()  # who comes on another day signs in again

    async def screen(self, role: str, path: str, *, script: bool = True) -> Page:
        """The screen of somebody with a role, at a page."""
        if (role, script) not in self.pages:
            context = await self.browser.new_context(
                java_script_enabled=script, viewport={"width": 1366, "height": 768}
            )
            context.set_default_timeout(15_000)
            self.pages[role, script] = await context.new_page()
        page = self.pages[role, script]
        if role not in self.secrets:
            self.secrets[role] = await session_of(self.app, role=role)
        secret = self.secrets[role]
        await page.context.add_cookies([{"name": "tthc", "value": secret, "url": self.url}])
        await page.goto(self.url + path)
        await cursor_placed(page)
        return page

    async def act(
        self, role: str, code: str, act: str, *, script: bool = True, **said: str
    ) -> Page:
        """One act on the case page, looked at before it is saved."""
        page = await self.screen(role, f"/ho-so/{code}", script=script)
        form = page.locator(f"#viec-{act}")
        await form.locator("summary").first.click()
        for name, value in said.items():
            await fill(form, name, value)
        await form.locator("button[value=preview]").click()
        await page.wait_for_load_state()
        told = await page.locator("main").inner_text()
        assert await form.locator("[role=status]").count() == 1, told
        await form.locator("button[value=save]").click()
        await page.wait_for_load_state()
        assert page.url.endswith(f"/ho-so/{code}"), await page.locator("main").inner_text()
        return page

    async def pdf(self, role: str, path: str) -> bytes:
        """What somebody prints."""
        page = self.pages[role, True] if (role, True) in self.pages else self.pages[role, False]
        answer = await page.request.get(self.url + path)
        assert answer.ok, await answer.text()
        return await answer.body()


async def arrive(page: Page, url: str) -> None:
    """Where a key led, ready for the next one."""
    await page.wait_for_url(url)
    await cursor_placed(page)


async def cursor_placed(page: Page) -> None:
    """Until the cursor is where the next key belongs: the browser puts it there after loading."""
    first = page.locator("[autofocus]").first
    if await first.count():
        await expect(first).to_be_focused()


async def fill(form: Locator, name: str, value: str) -> None:
    """A field of a form, unfolded where it is out of sight."""
    field = form.locator(f"[name={name}]")
    if not await field.is_visible():
        await field.locator("xpath=ancestor::details[1]/summary").click()
    if await field.evaluate("each => each.tagName") == "SELECT":
        await field.select_option(value)
    else:
        await field.fill(value)
