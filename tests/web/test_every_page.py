"""Every page of the site, found by its route so that a new one is not missed: each opens for
somebody, has one heading, and posts without a script; axe finds nothing, by day or in the dark.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from html.parser import HTMLParser

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from litestar import Litestar
from litestar.routes import HTTPRoute
from playwright.async_api import Browser, Page

from tests.browsing import MARKS, served
from tests.databases import Databases
from tests.people import open_account, signed_in
from tests.site import client_of, living_app
from tests.worlds import fill_worlds
from tthc.db.server import Server

PEOPLE = ("clerk", "officer", "leader", "official", "auditor", "appraiser", "admin")
NOT_PAGES = ("/api", "/assets", "/health", "/metrics")
FILES = ("/tep", "/bien-ban")
SHEET = "/cham-diem/qd-766/00004"
# what a page is asked, where its bare path is no page; two of its faces where they differ
ASKED = {
    "/cham-diem/{rubric}": ("/cham-diem/qd-766",),
    "/cham-diem/{rubric}/{unit}": (f"{SHEET}?ky=year:2026",),
    "/cham-diem/{rubric}/{unit}/du-bao": (f"{SHEET}/du-bao?ky=year:2026",),
    "/cong-bo/{period}": ("/cong-bo/month:2026-03",),
    "/cong-bo/xem-truoc": ("/cong-bo/xem-truoc?period=month:2026-02",),
    "/dau-hieu": ("/dau-hieu?period=month:2026-03",),
    "/ho-so": (),  # it only leads on
    "/ho-so/{code}": ("/ho-so/R-448", "/ho-so/R-388"),
    "/qua-han": ("/qua-han?days=1-5",),
    "/qua-han/van-ban": ("/qua-han/van-ban?code=R-448",),
    "/tai-khoan/{login}": ("/tai-khoan/mau.tk",),
    "/so-lieu/ho-so": ("/so-lieu/ho-so?where=counted:on_time/resolved&period=month:2026-03",),
    "/so-lieu/thay-doi": ("/so-lieu/thay-doi?period=month:2026-03",),
    "/tiep-nhan": ("/tiep-nhan", "/tiep-nhan?tim=khai+sinh", "/tiep-nhan?thu_tuc=1.001193"),
}
BRIEF = {"resultTypes": ["violations"]}  # what is right need not be told
# what many entries of a list have alike is looked at in the first ones
FEW = {
    "include": ["body"],
    "exclude": [f"{each}:nth-of-type(n+6)" for each in (".definition", "tbody tr", "main li")],
}
KNOWN = (200, 303, 403, 404, 422)  # 422: what was asked for is told to be mended
PARTS = 2  # into which the pages are divided, so that two processes look at them
ERRORS = ("/khong-co-trang-nay", "/ho-so/khong-co")


class Forms(HTMLParser):
    """The headings and forms of a page, as a browser without a script has them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings, self.forms = 0, list[dict[str, str]]()
        self.within, self.ids = False, dict[str, dict[str, str]]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.headings += tag == "h1"
        if tag == "form":
            self.within = True
            self.forms.append(told | {"buttons": ""})
            self.ids[told.get("id", "")] = self.forms[-1]
        form = self.ids[told["form"]] if "form" in told else self.forms[-1] if self.within else None
        if form is None:
            return
        if tag == "button" and told.get("type", "submit") == "submit" and "hidden" not in told:
            form["buttons"] += "x"
        if tag == "input" and told.get("name") == "form_key":
            form["key"] = told["value"]

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag != "form"


def routes_of(app: Litestar, method: str) -> list[str]:
    return sorted(
        each.path_format
        for each in app.routes
        if isinstance(each, HTTPRoute) and method in each.methods
    )


def pages_of(app: Litestar) -> Iterator[str]:
    for path in routes_of(app, "GET"):
        if not path.startswith(NOT_PAGES) and not path.endswith(FILES):
            assert path in ASKED or "{" not in path, f"say with what {path} is opened"
            yield from ASKED.get(path, (path,))


@pytest.fixture(scope="module")
def published(databases: Databases) -> Iterator[Server]:
    """The worlds with a month that is published."""
    own = asyncio.run(databases.copy(databases.filled(fill_worlds)))

    async def publish() -> None:
        async with living_app(own) as app, signed_in(app, role="leader", unit="01") as leader:
            answer = await leader.post("/api/v1/publications", json={"period": "month:2026-03"})
            assert answer.status_code == 201, answer.text

    asyncio.run(publish())
    asyncio.run(open_account(own, login="mau.tk", role="appraiser"))
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture
async def app(published: Server) -> AsyncIterator[Litestar]:
    async with living_app(published) as app:
        yield app


@pytest.fixture
async def people(app: Litestar) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with AsyncExitStack() as stack:
        yield {
            "": await stack.enter_async_context(client_of(app)),
            **{role: await stack.enter_async_context(signed_in(app, role=role)) for role in PEOPLE},
        }


async def test_every_page_works_without_a_script(
    app: Litestar, people: dict[str, httpx.AsyncClient]
) -> None:
    """For everybody who may open it; what they may not, they are told on a page too."""
    sent = [re.sub(r"\{\w+\}", "[^/]+", path) for path in routes_of(app, "POST")]
    for address in pages_of(app):
        opened = 0
        for role, client in people.items():
            answer = await client.get(address)
            assert answer.status_code in KNOWN, (role, address, answer.text)
            if answer.status_code == 303:
                continue
            page = Forms(answer.text)
            assert page.headings == 1, (role, address)
            opened += answer.status_code in (200, 422)
            for form in page.forms:
                about = (role, address, form)
                assert form["buttons"], about
                if form.get("method") == "post":
                    assert len(form["key"]) == 64, about
                    assert any(re.fullmatch(path, form["action"]) for path in sent), about
        assert opened, f"{address} opens for nobody"
    for address in ERRORS:
        answer = await people["clerk"].get(address)
        assert (answer.status_code, Forms(answer.text).headings) == (404, 1), address


@pytest.mark.browser
@MARKS[1]
@pytest.mark.parametrize("part", range(PARTS))
async def test_axe_finds_nothing_on_any_page(
    app: Litestar, browser: Browser, people: dict[str, httpx.AsyncClient], part: int
) -> None:
    """By day and in the dark; nothing is wider than a screen or a phone."""
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    async with served(app) as url:
        for address in [*pages_of(app), *ERRORS][part::PARTS]:
            role = await _opener(people, address)
            await context.clear_cookies()
            if secret := people[role].cookies.get("tthc"):
                await context.add_cookies([{"name": "tthc", "value": secret, "url": url}])
            await page.goto(url + address)
            await check_page(page, f"{address} for {role or 'a stranger'}")
    await context.close()


async def _opener(people: dict[str, httpx.AsyncClient], address: str) -> str:
    """Who sees the most on a page."""
    for role in ("leader", "clerk", "auditor", "appraiser", "admin"):
        if (await people[role].get(address)).status_code in (200, 422):
            return role
    return "clerk" if address in ERRORS else ""


async def check_page(page: Page, where: str) -> None:
    """Raises AssertionError for what axe finds, small targets, and pages wider than a phone."""
    await page.set_viewport_size({"width": 1366, "height": 768})
    await page.emulate_media(color_scheme="light")
    await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = await Axe().run(page, FEW, options=BRIEF)
    assert not found.response["violations"], f"{where}: {found.generate_report()}"
    small = await page.evaluate(
        "[...document.querySelectorAll('nav a, .who a, button, summary')].filter(each =>"
        " each.checkVisibility() && each.getBoundingClientRect().height < 24)"
        ".map(each => each.textContent)"
    )
    assert not small, (where, small)
    await page.emulate_media(color_scheme="dark")
    dark = await Axe().run(page, FEW, options=BRIEF | {"runOnly": ["color-contrast"]})
    assert not dark.response["violations"], f"{where} in the dark: {dark.generate_report()}"
    for width in (1366, 390):
        await page.set_viewport_size({"width": width, "height": 844})
        fits = await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert fits, f"{where} is wider than {width}"
