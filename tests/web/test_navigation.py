"""The navigation: everybody finds the rooms they may enter, on two lines, without a script too."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from playwright.async_api import Browser, expect

from tests.browsing import MARKS, served
from tests.people import session_of
from tthc.db.sessions import Person
from tthc.domain.access import EVERY_RELATION, Role, may
from tthc.web.desk.navigation import GROUPS, groups_for

TWO_LINES = 100  # pixels


@pytest.mark.parametrize("role", list(Role))
def test_every_room_that_may_be_entered_is_found_once(role: Role) -> None:
    one = Person(
        1, 1, "an", "An", role, simulated=False, unit_id=1, unit_name="", must_change=False
    )
    groups = groups_for(one)
    found = [room.url for group in groups for room in group.rooms]
    every = [room for group in GROUPS for room in group.rooms]
    assert found == [one.url for one in every if may(role, one.needs, EVERY_RELATION)]
    assert not groups[0].folded
    assert all(len(each.rooms) > 1 for each in groups if each.folded)


@pytest.fixture
async def address(app: Litestar) -> AsyncIterator[str]:
    async with served(app) as url:
        yield url


@MARKS[0]
@MARKS[1]
@pytest.mark.parametrize(("role", "script"), [("clerk", True), ("leader", False)])
async def test_two_lines_and_folded_rooms(
    app: Litestar, browser: Browser, address: str, role: str, *, script: bool
) -> None:
    context = await browser.new_context(
        viewport={"width": 1366, "height": 768}, java_script_enabled=script
    )
    secret = await session_of(app, role=role)
    await context.add_cookies([{"name": "tthc", "value": secret, "url": address}])
    page = await context.new_page()
    await page.goto(f"{address}/bao-cao")
    header = await page.locator("body > header").bounding_box()
    assert header
    assert header["height"] < TWO_LINES
    folded = page.locator("header nav details").first
    await expect(folded.locator("summary")).to_have_attribute("aria-current", "true")
    await folded.locator("summary").press("Enter")
    await expect(folded.get_by_role("link", name="Báo cáo")).to_be_visible()
    if script:
        await page.keyboard.press("Tab")
        await page.keyboard.press("Escape")
        await expect(folded.locator("summary")).to_be_focused()
        await expect(folded.get_by_role("link", name="Báo cáo")).to_be_hidden()
        await folded.locator("summary").click()
        await page.locator("h1").click(position={"x": 5, "y": 5})
    else:
        await folded.locator("summary").click()
    await expect(folded.get_by_role("link", name="Báo cáo")).to_be_hidden()
    await context.close()
