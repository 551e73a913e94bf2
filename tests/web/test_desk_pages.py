"""The official's lists in the real Chromium."""

from playwright.async_api import Browser

from tests.web.test_browser import (
    address,
    open_page,
    pytestmark,  # noqa: F401  # marks and fixtures are found by name
    simulated,
)

__all__ = ["address", "simulated"]


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
