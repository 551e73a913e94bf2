"""Every number of the figures opens the very cases that it counts."""

import csv
import html
import io
import re

import httpx
import pytest

NUMBER = re.compile(r'<a class="behind" href="([^"]+)">([\d.]+)</a>')
MACHINE = re.compile(r'href="(/api/v1/cases\?[^"]+)"')
CELL = re.compile(r'<td class="number[^"]*"[^>]*>(.*?)</td>', re.DOTALL)
# no counts of cases: a share, a difference, a place among others
OTHERWISE = re.compile(r"[\d.,]+\s%|[+−][\d.,]+|0,00|<b>\d+</b>/\d+|từ \d+/\d+|\d+ bậc")
TITLE = re.compile(r"<h1>([\d.]+) hồ sơ")
STEP = 4  # of the many links of a page


def count(text: str) -> int:
    return int(text.replace(".", ""))


async def check_numbers(site: httpx.AsyncClient, path: str, step: int = STEP) -> int:
    """Every so many numbers of a page lead to as many cases; returns how many were followed."""
    page = (await site.get(path)).raise_for_status().text
    found = NUMBER.findall(page)
    for address, shown in found[::step]:
        behind = (await site.get(html.unescape(address))).raise_for_status().text
        title = TITLE.search(behind)
        assert title
        assert count(title[1]) == count(shown), address
        (machine,) = MACHINE.findall(behind)  # the same question, for programs
        assert (await site.get(html.unescape(machine))).json()["total"] == count(shown), machine
    return len(found[::step])


@pytest.mark.parametrize(
    "path", ["/so-lieu?period=month:2026-03&units=all", "/dau-hieu", "/so-lieu?period=all:known"]
)
async def test_no_count_of_a_table_stands_without_its_cases(
    simulated_site: httpx.AsyncClient, path: str
) -> None:
    page = (await simulated_site.get(path)).raise_for_status().text
    cells = CELL.findall(page)
    assert len(cells) > 20
    assert await check_numbers(simulated_site, path, 40) > 0
    for cell in cells:
        left = OTHERWISE.sub("", re.sub(r"<a .*?</a>", "", cell, flags=re.DOTALL))
        assert not re.search(r"\d", re.sub(r"<[^>]*>", "", left)), cell


@pytest.mark.parametrize("period", ["month:2026-03", "all:known"])
async def test_every_number_leads_to_as_many_cases(
    simulated_site: httpx.AsyncClient, period: str
) -> None:
    assert await check_numbers(simulated_site, f"/so-lieu?period={period}") > 10


async def test_a_number_opens_on_a_page_a_file_and_the_api(site: httpx.AsyncClient) -> None:
    asked = {"where": "counted:on_time/resolved", "period": "month:2026-03"}
    page = (await site.get("/so-lieu/ho-so", params=asked)).raise_for_status().text
    assert "<h1>385 hồ sơ" in page
    assert "trên số đã giải quyết" in page  # the definition in words
    file = await site.get("/so-lieu/ho-so/tep", params=asked | {"kind": "csv"})
    assert len(list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))) == 386
    assert (await site.get("/api/v1/cases", params=asked)).json()["total"] == 385


@pytest.mark.parametrize(
    "asked", [{}, {"where": "x"}, {"where": "late", "state": "²"}, {"where": "late_in"}]
)
async def test_what_is_no_number_is_refused_in_a_sentence(
    site: httpx.AsyncClient, asked: dict[str, str]
) -> None:
    answer = await site.get("/so-lieu/ho-so", params=asked)
    assert answer.status_code in (400, 404, 422)
