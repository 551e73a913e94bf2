"""What stands beside a period: those before it, and what changed since it was published."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from jobs.night import run_night
from tests.databases import Databases
from tests.people import signed_in
from tests.site import living_app
from tests.web.test_behind import NUMBER, TITLE, count
from tests.web.test_home import words
from tests.worlds import AS_OF, fill_worlds
from tthc.db.server import Server
from tthc.service.ranking import Placed

LATER = AS_OF + timedelta(days=30)
APRIL = {"period": "month:2026-04"}


@pytest.fixture(scope="module")
def later(databases: Databases) -> Iterator[Server]:
    """The worlds a month later: March counted by its own night, April by the last."""
    own = asyncio.run(databases.copy(databases.filled(fill_worlds)))
    for simulated in (False, True):
        assert run_night(own.night_url, simulated=simulated, as_of=LATER).ran
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture
async def app(later: Server) -> AsyncIterator[Litestar]:
    async with living_app(later) as app:
        yield app


async def test_the_month_before_is_told_with_its_counts(site: httpx.AsyncClient) -> None:
    page = words((await site.get("/so-lieu", params=APRIL)).text)
    first = (await site.get("/so-lieu", params={"period": "year:2026"})).text
    assert "kỳ trước 98,72 % · 385/390" in page
    assert "So với kỳ trước" in page
    assert 'class="earlier"' not in first  # no night has counted the year before
    assert "So với kỳ trước" not in first


async def test_every_figure_of_the_month_before_opens_its_cases(
    simulated_site: httpx.AsyncClient,
) -> None:
    """All columns that the period has: rates, online shares, letters owed, quality."""
    page = (await simulated_site.get("/so-lieu", params=APRIL)).text
    found = re.search(r'aria-label="Bảng so các kỳ".*?</table>', page, re.DOTALL)
    assert found
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", found[0], re.DOTALL)
    assert len(rows) > 12
    told = [words(row) for row in rows]
    assert any("trực tuyến" in row.lower() for row in told)
    for row in rows:
        numbers = NUMBER.findall(row)
        for address, shown in numbers[-2:]:  # of March, at its own cut-off
            assert "period=month%3A2026-03" in address or "period=month%3A2026-04" in address
            behind = (await simulated_site.get(html.unescape(address))).text
            title = TITLE.search(behind)
            assert title
            assert count(title[1]) == count(shown), address


def test_a_unit_climbs_by_the_places_between() -> None:
    before, now = Placed({"x": 7, "y": None}, {"x": 9}), Placed({"x": 3, "y": 2}, {"x": 9})
    assert now.climbed(before, "x") == 4
    assert before.climbed(now, "x") == -4
    assert now.climbed(before, "y") is None
    assert now.climbed(None, "x") is None


async def test_ranks_move_by_the_headline(simulated_site: httpx.AsyncClient) -> None:
    page = words((await simulated_site.get("/so-lieu", params={"period": "all:known"})).text)
    assert "Xê dịch theo cách tính" in page  # nothing comes before all that is known
    page = words((await simulated_site.get("/so-lieu", params=APRIL)).text)
    assert "D1 so kỳ trước" in page


async def test_what_changed_since_publishing_is_beside_the_night(
    app: Litestar, site: httpx.AsyncClient
) -> None:
    asked = {"period": "month:2026-03", "since": "published"}
    assert (await site.get("/so-lieu/thay-doi", params=asked)).status_code == 404
    async with signed_in(app, role="leader", unit="01") as leader:
        made = await leader.post("/api/v1/publications", json={"period": "month:2026-03"})
        assert made.status_code == 201, made.text
    page = (await site.get("/so-lieu/thay-doi", params=asked)).raise_for_status().text
    assert "Không hồ sơ nào làm thay đổi số liệu" in page
    told = (await site.get("/api/v1/changes", params=asked)).json()
    assert told["changed"] == 0
    assert told["before"]["as_of"] == told["after"]["as_of"] == made.json()["as_of"]
    assert told["before"]["known_at"] == made.json()["known_at"]
