"""A case's steps on its page and in the list of what is overdue."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from playwright.async_api import Browser

from tests.browsing import MARKS, served
from tests.databases import Databases
from tests.law.lives import make_procedure
from tests.law.test_steps import publish_workflow
from tests.people import signed_in
from tests.site import living_app
from tests.web.test_case_acts import People
from tests.web.test_counter import code_in, receive
from tthc.db.engine import connect_owner
from tthc.db.server import Server

PROCEDURE = "9.000888"


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Server]:
    """A procedure of a day with two steps of half a day, and one that counts no time."""
    own = asyncio.run(databases.copy())

    async def prepare() -> None:
        owner = connect_owner(own)
        async with owner.begin() as connection:
            await make_procedure(connection, [1, "working_day"], code=PROCEDURE)
            budgets = [[0.5, "working_day"], [0.5, "working_day"], []]
            await publish_workflow(connection, PROCEDURE, budgets)
        await owner.dispose()

    asyncio.run(prepare())
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture
async def clerk(office: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with living_app(office) as app, signed_in(app, role="clerk") as client:
        yield client


async def test_a_case_moves_through_its_steps_on_its_page(
    clerk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next step is offered, the one in hand is shown with its due date; a step that is behind
    is told apart from the case, and the list of what is overdue is narrowed by both.
    """

    people = People({"clerk": clerk}, monkeypatch)
    people.at("2026-03-02 09:00")
    code = code_in(await receive(clerk, PROCEDURE))
    address = f"/ho-so/{code}"
    page = (await clerk.get(address)).text
    assert "Chưa ghi bước nào" in page
    for moment, step in (("2026-03-02 09:00", "1"), ("2026-03-03 10:00", "2")):
        people.at(moment)
        page = (await clerk.get(address)).text
        (first,) = re.findall(r'<select id="step-position"[^>]*>\s*<option value="(\d)"', page)
        assert first == step  # what comes next is offered first
        await people.act("clerk", code, "step", position=step)
    page = (await clerk.get(address)).text
    assert '<li aria-current="step"><b>2. Bước 2</b>' in page
    assert "<p>Bước 2. Bước 2</p>" in page
    assert page.count("chậm tiến độ</span>") == 1
    people.at("2026-03-04 10:00")
    listed = {"procedure": PROCEDURE, "step": "2", "pace": "behind"}
    assert code in (await clerk.get("/qua-han", params=listed)).text
    assert code not in (await clerk.get("/qua-han", params=listed | {"step": "1"})).text
    asked = {"where": "step_late", "step": "2. Bước"}
    behind = (await clerk.get("/api/v1/cases", params=asked)).json()
    assert [one["case_code"] for one in behind["items"]] == [code]


async def test_a_step_that_is_no_number_is_refused_beside_its_field(
    clerk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_in(await receive(clerk, PROCEDURE))
    people = People({"clerk": clerk}, monkeypatch)
    assert "ghi bằng số" in await people.refused("clerk", code, "step", position="hai")


@MARKS[0]
@MARKS[1]
async def test_a_case_with_everything_fits_a_phone_and_paper(
    office: Server, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that is behind, endless names, every form of an act unfolded."""
    async with living_app(office) as app, signed_in(app, role="clerk") as clerk, served(app) as url:
        people = People({"clerk": clerk}, monkeypatch)
        people.at("2026-03-02 09:00")
        code = code_in(await receive(clerk, PROCEDURE, address="Ngõ " + "dài" * 60))
        await people.act("clerk", code, "step", position="1", officer="Nguyễn" * 30)
        await people.act("clerk", code, "note", text="https://" + "x" * 300)
        people.at("2026-03-04 10:00")
        await people.act("clerk", code, "step", position="2")
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        secret = clerk.cookies["tthc"]
        await context.add_cookies([{"name": "tthc", "value": secret, "url": url}])
        page = await context.new_page()
        await page.goto(f"{url}/ho-so/{code}")
        assert await page.locator(".steps [aria-current=step]").count() == 1
        await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for media, width in ((None, 390), (None, 1366), ("print", 700)):
            await page.emulate_media(media="print" if media else "screen")
            await page.set_viewport_size({"width": width, "height": 844})
            fits = await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert fits, (media, width)
        await context.close()
