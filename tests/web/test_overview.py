"""The overview: units, levels and ranks agree with the figures, and all of it is in its address."""

import re
from decimal import Decimal

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.web.test_behind import check_numbers
from tests.web.test_home import words
from tthc.domain.access import Scope
from tthc.rules.definitions import definition
from tthc.service.overview import View, rates, show_overview
from tthc.service.ranking import rank_units
from tthc.service.standings import Line
from tthc.service.tallies import Figure
from tthc.service.trend import LONG, MONTHS

SIMULATED = Scope(simulated=True)
YEAR = "year:2026"


async def test_units_and_levels_sum_to_the_whole(ledger: AsyncConnection) -> None:
    overview = await show_overview(ledger, SIMULATED, View("all:known"))
    for lines in (overview.units, overview.levels):
        assert sum(line.overdue for line in lines) == overview.overdue > 0
        for name, whole in overview.figures.items():
            parts = [line.figures[name] for line in lines]
            assert sum(each.numerator for each in parts) == whole.numerator, name
            assert sum(each.denominator for each in parts) == whole.denominator, name


async def test_a_unit_or_level_asked_for_is_that_line(ledger: AsyncConnection) -> None:
    whole = await show_overview(ledger, SIMULATED, View("all:known"))
    for line in whole.units:
        asked = View("all:known", unit=line.address)
        own = await show_overview(ledger, SIMULATED, asked)
        assert own.figures == {name: line.figures[name] for name in own.figures}
        assert own.overdue == line.overdue
        assert [each.code for each in own.units] == [line.code]
    commune = await show_overview(ledger, SIMULATED, View("all:known", level="commune"))
    (level,) = whole.levels
    assert commune.figures == {name: level.figures[name] for name in commune.figures}
    assert (await show_overview(ledger, SIMULATED, View("all:known", level="district"))).open == 0


def figure(numerator: int, denominator: int) -> Figure:
    percent = str(Decimal(100 * numerator) / denominator) if denominator else None
    return Figure(definition("on_time/due"), numerator, denominator, percent, None)


def test_a_commune_is_not_ranked_by_one_case() -> None:
    """Three of the four rates stand on enough cases; equal ones share a place."""
    name = "on_time/due"
    given = {1: (99, 100), 2: (50, 100), 3: (198, 200), 4: (0, 1), 5: (0, 0)}
    placed = rank_units({unit: {name: figure(*of)} for unit, of in given.items()}, [name], 30)
    assert {unit: each.places[name] for unit, each in placed.items()} == {
        **dict.fromkeys((4, 5)),
        1: 1,
        3: 1,
        2: 3,
    }
    assert placed[1].of[name] == 3


async def test_ranks_follow_every_definition(ledger: AsyncConnection) -> None:
    overview = await show_overview(ledger, SIMULATED, View("all:known"))
    assert any(unit.to_resolve >= 30 for unit in overview.units)
    for name in rates():
        ranked = [unit for unit in overview.units if place(unit, name)]
        ranked.sort(key=lambda unit: place(unit, name))
        shares = [
            Decimal(unit.figures[name].numerator) / unit.figures[name].denominator
            for unit in ranked
        ]
        assert shares == sorted(shares, reverse=True), name
        assert all(unit.figures[name].denominator >= 30 for unit in ranked)


def place(unit: Line, name: str) -> int:
    return (unit.placed.places[name] if unit.placed else None) or 0


async def test_the_headline_is_in_the_address(site: httpx.AsyncClient) -> None:
    asked = {"period": "month:2026-03", "headline": "on_time/burden"}
    page = (await site.get("/so-lieu", params=asked)).raise_for_status().text
    (chosen,) = re.findall(r'<li class="chosen">\s*<h3>(.*?)</h3>', page, re.DOTALL)
    assert "D2" in words(chosen)
    links = re.findall(r'href="(/so-lieu\?[^"]*)"', page)
    assert sum("headline=on_time%2Fburden" in link for link in links) > len(links) / 2
    assert "Hạng theo từng cách tính" in page


@pytest.mark.parametrize("kept", ["level=commune", "unit=MP-1", "unit=MP-1&standing=today"])
async def test_narrowed_numbers_open_their_cases(
    simulated_site: httpx.AsyncClient, kept: str
) -> None:
    assert await check_numbers(simulated_site, f"/so-lieu?period={YEAR}&{kept}", 9) > 5


@pytest.mark.parametrize(
    "asked",
    [
        *({"headline": "on_time"}, {"headline": "online/received"}, {"level": "x"}),
        *({"standing": "x"}, {"unit": "không-có"}, {"period": "x"}),
    ],
)
async def test_what_is_not_offered_is_refused_in_a_sentence(
    site: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    answer = await site.get("/so-lieu", params=asked)
    assert answer.status_code in (400, 404)


async def test_the_first_page_of_somebody_signed_in_is_the_overview(
    site: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    assert (await site.get("/")).headers["location"] == "/so-lieu"
    assert (await stranger.get("/so-lieu")).headers["location"].startswith("/dang-nhap")
    assert (await stranger.get("/")).status_code == 200


async def test_what_changed_opens_from_the_overview(simulated_site: httpx.AsyncClient) -> None:
    page = (await simulated_site.get("/so-lieu", params={"period": YEAR})).text
    (link,) = re.findall(r'href="(/so-lieu/thay-doi\?[^"]*)"', page)
    told = (await simulated_site.get("/api/v1/changes", params={"period": YEAR})).json()
    shown = (await simulated_site.get(link)).raise_for_status().text
    assert told["changed"] > 0
    assert f"{told['changed']} hồ sơ làm thay đổi số liệu" in words(shown)
    for case in told["items"]:
        assert f"/ho-so/{case['case_code']}" in shown


async def test_a_longer_trend_keeps_the_reorganisation_in_sight(ledger: AsyncConnection) -> None:
    short, long = [
        (await show_overview(ledger, SIMULATED, View(YEAR, months=most))).trend
        for most in (MONTHS, LONG)
    ]
    assert (len(short), len(long)) == (MONTHS, LONG)
    assert long[-MONTHS:] == short
    assert long[0].period.name == "month:2024-04"
