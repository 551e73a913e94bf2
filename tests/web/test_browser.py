"""The first page in the real Chromium, at an office screen and on a phone."""

from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from litestar import Litestar
from playwright.async_api import Browser, Page

from tests.browsing import MARKS, served
from tests.people import PASSWORD, open_account, session_of
from tthc.db.server import Server

pytestmark = MARKS
SIZES = {"office": (1366, 768), "phone": (390, 844)}


@pytest.fixture
async def address(app: Litestar, browser: Browser) -> AsyncIterator[str]:
    """Where the site is served for the browser, which keeps no screen of a test that is over."""
    async with served(app) as url:
        yield url
        for context in list(browser.contexts):
            await context.close()


async def open_page(
    browser: Browser, url: str, size: str, scheme: str = "light", session: str = ""
) -> Page:
    """A page that must ask for nothing elsewhere and complain about nothing."""
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    if session:
        await context.add_cookies([{"name": "tthc", "value": session, "url": url}])
    page = await context.new_page()
    wrong: list[str] = []
    origin = url.split("/", 3)[2]
    page.on("request", lambda each: None if origin in each.url else wrong.append(each.url))
    page.on("console", lambda each: wrong.append(each.text))
    page.on("pageerror", lambda each: wrong.append(str(each)))
    page.on("response", lambda each: wrong.append(each.url) if each.status >= 400 else None)
    await page.goto(url, wait_until="networkidle")
    assert not wrong
    return page


@pytest.fixture
async def real(app: Litestar) -> str:
    return await session_of(app)


@pytest.fixture
async def simulated(app: Litestar) -> str:
    return await session_of(app, simulated=True)


async def test_dark_mode_is_dark(browser: Browser, address: str, simulated: str) -> None:
    page = await open_page(browser, address + "/so-lieu", "phone", "dark", simulated)
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(20, 24, 28)"
    found = await Axe().run(page)  # with the mark of the simulated world
    assert found.violations_count == 0, found.generate_report()


async def test_the_first_glance_holds_the_sentence_and_the_five_rates(
    browser: Browser, address: str, real: str
) -> None:
    page = await open_page(
        browser, address + "/so-lieu?period=month:2026-03", "office", session=real
    )
    assert await page.locator("h1").inner_text() == (
        "Đến hết ngày 31/03/2026: 2 hồ sơ đang quá hạn, chưa hồ sơ nào có văn bản xin lỗi."
    )
    rates = page.locator(".rates .ratio")
    assert await rates.count() == 5
    tops = []
    for rate in await rates.all():
        box = await rate.bounding_box()
        assert box
        assert box["y"] + box["height"] < 768
        tops.append(box["y"])
    assert len(set(tops)) == 1  # side by side


async def test_a_definition_opens_by_keyboard(browser: Browser, address: str, real: str) -> None:
    page = await open_page(browser, address + "/so-lieu", "office", session=real)
    summary = page.locator(".rates summary").first
    await summary.focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Shift+Tab")
    outline = await summary.evaluate("each => getComputedStyle(each).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Enter")
    assert await page.locator(".rates .meaning").first.is_visible()
    assert "(trước hạn + đúng hạn) / đã giải quyết trong kỳ" in (
        await page.locator(".rates .meaning").first.inner_text()
    )


async def test_on_paper_the_definitions_are_printed(
    browser: Browser, address: str, real: str
) -> None:
    page = await open_page(browser, address + "/so-lieu", "office", session=real)
    await page.emulate_media(media="print")
    assert not await page.locator("header nav").first.is_visible()
    printed = await page.locator(".print-only").inner_text()
    assert "1 − (giải quyết quá hạn + đang quá hạn)" in printed


async def test_signing_in_without_a_script(browser: Browser, worlds: Server, address: str) -> None:
    """By keyboard alone: a wrong password is told, the right one leads on, leaving ends it."""
    login = await open_account(worlds, role="clerk")
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/doi-mat-khau")
    assert page.url == f"{address}/dang-nhap?tiep=/doi-mat-khau"
    for password in ("sai mật khẩu", PASSWORD):
        await page.get_by_label("Tên đăng nhập").fill(login)
        await page.get_by_label("Mật khẩu").fill(password)
        await page.keyboard.press("Enter")
        if password != PASSWORD:
            told = page.get_by_role("alert")
            assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in await told.inner_text()
    await page.wait_for_url(f"{address}/doi-mat-khau")
    (cookie,) = [each for each in await context.cookies() if each.get("name") == "tthc"]
    assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Lax")
    await page.get_by_role("button", name="Đăng xuất").click()
    await page.wait_for_url(f"{address}/dang-nhap")
    await page.goto(f"{address}/doi-mat-khau")
    assert "/dang-nhap" in page.url
    await context.close()
