"""The official's pages in the real Chromium: axe-clean, no page wider than the screen."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from tests.web.test_browser import (
    SIZES,
    address,
    open_page,
    pytestmark,  # noqa: F401  # marks and fixtures are found by name
    simulated,
)

__all__ = ["address", "simulated"]
PATHS = (
    "/qua-han?days=1-5",
    "/so-lieu/ho-so?where=counted:on_time/resolved&period=year:2026",
    "/cham-diem",
    "/dau-hieu?period=month:2026-03",
    "/cong-bo",
)


@pytest.mark.parametrize("size", SIZES)
async def test_lists_are_usable(
    browser: Browser,  # a fixture
    address: str,
    simulated: str,
    size: str,
) -> None:
    for path in PATHS:
        page = await open_page(browser, address + path, size, session=simulated)
        found = await Axe().run(page)
        assert not found.response["violations"], found.generate_report()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) <= 0
        await page.context.close()


async def test_a_list_is_narrowed_and_its_address_kept(
    browser: Browser,
    address: str,
    simulated: str,
) -> None:
    page = await open_page(browser, f"{address}/qua-han", "office", session=simulated)
    await page.get_by_text("Lọc", exact=True).first.click()
    await page.get_by_label("Số ngày quá hạn").select_option("30")
    await page.get_by_role("button", name="Lọc").click()
    assert "days=30" in page.url
    shown = await page.locator("table.cases tbody tr").count()
    await page.goto(page.url)
    assert await page.locator("table.cases tbody tr").count() == shown
    await page.get_by_role("link", name="Chưa có văn bản xin lỗi").click()
    assert "days=30" in page.url
    assert "open_overdue_without_letter" in page.url
    await page.context.close()
