"""An official's way in the real Chromium: from a number to the act behind it, a saved link and a
file, a month published and what was learnt of it since; axe finds nothing on what only it leads to.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import fastexcel
import pytest
from axe_playwright_python.async_playwright import Axe
from litestar import Litestar
from playwright.async_api import Browser, Page, expect

from tests.browsing import MARKS, served
from tests.databases import Databases
from tests.people import enter, open_account
from tests.programs import act, bearing, token_for
from tests.site import client_of, living_app
from tests.worlds import fill_worlds
from tthc.db.server import Server

pytestmark = MARKS
BRIEF = {"resultTypes": ["violations"]}
MARCH = "/so-lieu?period=month:2026-03"


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Server]:
    """The worlds, for one who publishes in them."""
    own = asyncio.run(databases.copy(databases.filled(fill_worlds)))
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture
async def app(office: Server) -> AsyncIterator[Litestar]:
    async with living_app(office) as app:
        yield app


@pytest.fixture
async def page(app: Litestar, office: Server, browser: Browser) -> AsyncIterator[Page]:
    """The screen of the province's leader."""
    login = await open_account(office, role="leader", unit="01")
    async with client_of(app) as client, served(app) as url:
        await enter(client, login)
        context = await browser.new_context(
            viewport={"width": 1366, "height": 768}, base_url=url, reduced_motion="reduce"
        )
        context.set_default_timeout(60_000)
        await context.add_cookies(
            [{"name": "tthc", "value": str(client.cookies["tthc"]), "url": url}]
        )
        yield await context.new_page()
        await context.close()


async def head(page: Page) -> str:
    """What a page says first; axe has seen it in test_every_page."""
    return await page.locator("h1").inner_text()


async def look(page: Page) -> str:
    """The heading of a page as only this way leads to it, once axe has nothing to say of it."""
    found = await Axe().run(page, options=BRIEF)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    return await page.locator("h1").inner_text()


async def test_a_number_opens_its_cases_and_their_acts(page: Page) -> None:
    await page.goto(MARCH)
    assert "hồ sơ đang quá hạn" in await head(page)
    number = page.locator(".rates .behind").first
    shown = await number.inner_text()
    await number.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/so-lieu/ho-so?**")
    assert (await head(page)).startswith(f"{shown} hồ sơ: ")
    case = page.locator("table.cases tbody th a").first
    code = await case.inner_text()
    await case.focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/ho-so/{code}")
    events = page.locator("ol.timeline > li")
    assert await events.count() == 2
    assert "Tiếp nhận" in await page.locator("ol.timeline").inner_text()


async def test_a_filter_is_a_link_and_a_file(page: Page, tmp_path: Path) -> None:
    await page.goto("/qua-han")
    await page.locator("details.filters > summary").click()
    await page.get_by_label("Cấp", exact=True).select_option("commune")
    await page.get_by_role("button", name="Lọc", exact=True).click()
    await page.wait_for_url("**level=commune**")
    heading, address = await look(page), page.url
    codes = await page.locator("table.cases tbody th a").all_inner_texts()
    assert codes
    saved = await page.context.new_page()
    await saved.goto(address)
    assert await saved.locator("h1").inner_text() == heading
    assert await saved.locator("table.cases tbody th a").all_inner_texts() == codes
    total = int(await page.locator(".tabs [aria-current] b").inner_text())
    async with page.expect_download() as taken:
        await page.get_by_role("link", name="Xuất Excel").click()
    file = tmp_path / "x.xlsx"
    await (await taken.value).save_as(file)
    listed = fastexcel.read_excel(file).load_sheet("Hồ sơ").to_polars()["Mã hồ sơ"].to_list()
    assert len(listed) == total
    assert listed[: len(codes)] == codes


async def test_a_month_is_looked_at_published_and_restated(
    page: Page, app: Litestar, office: Server
) -> None:
    await page.goto("/cong-bo")
    month = await page.locator('#period option[value^="month:"]').first.get_attribute("value")
    assert month
    await preview(page, month)
    assert "Xem trước" in await head(page)
    await page.get_by_role("button", name="Chốt số liệu").click()
    await page.wait_for_url(f"**/cong-bo/{month}")
    await expect(page.locator("main")).to_contain_text("Từ lần chốt cuối, không hồ sơ nào khác đi")

    async with client_of(app) as program:  # learnt later: it was done within the month
        program.headers.update(bearing(await token_for(office, "Phần mềm", actor="Lan")))
        case = (await program.get("/api/v1/cases/R-448")).json()
        done = await act(
            *(program, case, "resolve"),
            outcome="granted",
            cause="workload",
            occurred_at=f"{month.removeprefix('month:')}-12T10:00:00+07:00",
        )
        assert done.status_code == 200, done.text
    await page.reload()
    await expect(page.locator("main")).to_contain_text("Từ lần chốt cuối, 1 hồ sơ khác đi")
    await look(page)
    await page.goto("/cong-bo")
    await preview(page, month)
    await page.get_by_label("Lý do điều chỉnh").fill("ghi bổ sung kết quả")
    await page.get_by_role("button", name="Chốt số liệu").click()
    await page.wait_for_url(f"**/cong-bo/{month}")
    await expect(page.locator("main")).to_contain_text("Lần chốt 2 đã điều chỉnh 1 hồ sơ")
    await expect(page.locator("main")).to_contain_text("R-448")
    await look(page)


async def preview(page: Page, month: str) -> None:
    await page.get_by_label("Kỳ", exact=True).select_option(month)
    await page.get_by_role("button", name="Xem trước").click()
    await page.wait_for_url("**/cong-bo/xem-truoc?**")
