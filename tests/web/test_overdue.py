"""The list of overdue cases: counts, lists, files and API say the same, under every filter."""

import csv
import html
import io
import re
from urllib.parse import parse_qs, urlsplit

import fastexcel
import httpx
import pytest
from litestar import Litestar

from tests.people import signed_in
from tests.worlds import AS_OF
from tthc.service.overdue import CODED, TABS, choices

CUT = {"as_of": AS_OF.isoformat(), "known_at": AS_OF.isoformat()}
ROW = re.compile(r'<th scope="row"><a href="/ho-so/([^"]+)"')
TAB = re.compile(r'tab=(\w+)"[^>]*>[^<]*<b>([\d.]+)</b>')
NEXT = re.compile(r'rel="next" href="([^"]+)"')
MACHINE = re.compile(r'href="(/api/v1/cases\?[^"]+)"')


def machine(page: str) -> str:
    """The address of the same list for programs, as the page prints it."""
    found = MACHINE.search(page)
    assert found
    return html.unescape(found[1])


async def read_pages(
    site: httpx.AsyncClient, given: dict[str, str]
) -> tuple[dict[str, int], list[str], str]:
    """The counts of the tabs, every code over all pages, and the first page."""
    first = page = (await site.get("/qua-han", params=given)).raise_for_status().text
    codes = ROW.findall(page)
    while following := NEXT.search(page):
        page = (await site.get(html.unescape(following[1]))).raise_for_status().text
        codes += ROW.findall(page)
    return {name: int(n.replace(".", "")) for name, n in TAB.findall(first)}, codes, first


async def api_codes(site: httpx.AsyncClient, address: str) -> tuple[int, list[str]]:
    asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
    codes, answer = [], (await site.get("/api/v1/cases", params=asked)).raise_for_status().json()
    total = answer["total"]
    codes += [each["case_code"] for each in answer["items"]]
    while answer["next_cursor"]:
        answer = (
            await site.get("/api/v1/cases", params=asked | {"cursor": answer["next_cursor"]})
        ).json()
        codes += [each["case_code"] for each in answer["items"]]
    return total, codes


@pytest.mark.parametrize("tab", TABS)
async def test_count_list_file_and_api_agree(simulated_site: httpx.AsyncClient, tab: str) -> None:
    counts, codes, page = await read_pages(simulated_site, {"tab": tab} | CUT)
    assert len(codes) == len(set(codes)) == counts[tab]
    total, listed = await api_codes(simulated_site, machine(page))
    assert (total, listed) == (len(codes), codes)
    text = await simulated_site.get("/qua-han/tep", params={"tab": tab, "kind": "csv"} | CUT)
    rows = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == codes
    traces = (await simulated_site.get("/api/v1/traces", params={"kind": "exported"})).json()
    assert traces["items"][0]["details"] == {"rows": len(codes), "format": "csv"}
    book = await simulated_site.get("/qua-han/tep", params={"tab": tab, "kind": "xlsx"} | CUT)
    sheet = fastexcel.read_excel(book.content).load_sheet("Hồ sơ").to_polars()
    assert sheet["Mã hồ sơ"].to_list() == codes
    assert sheet.schema["Hẹn trả hiện tại"].is_temporal() or not codes


async def test_every_filter_gives_the_api_the_same_cases(
    simulated_site: httpx.AsyncClient,
) -> None:
    offered = choices()
    asked = [{name: value} for name in CODED for value in offered[name]]
    asked += [{"unit": "MP-1"}, {"unit": "MP-3", "days": "1-5", "letter": "none"}]
    for filters in asked:
        counts, codes, page = await read_pages(simulated_site, filters | CUT)
        total, listed = await api_codes(simulated_site, machine(page))
        assert counts["overdue"] == len(codes) == total, filters
        assert sorted(listed) == sorted(codes), filters


async def test_the_parts_of_what_is_overdue_sum_to_it(simulated_site: httpx.AsyncClient) -> None:
    whole, codes, _ = await read_pages(simulated_site, CUT)
    assert whole["overdue"] > 20
    for name in ("channel", "level", "state", "origin", "days"):
        values = [each for each in choices()[name] if each != "commitment"]
        found = [
            code
            for value in values
            for code in (await read_pages(simulated_site, {name: value} | CUT))[1]
        ]
        assert sorted(found) == sorted(codes), name
    assert whole["overdue"] == (whole["open_overdue_without_letter"] + whole["overdue_with_letter"])


async def test_the_list_says_what_the_night_counted(simulated_site: httpx.AsyncClient) -> None:
    partition = (await simulated_site.get("/api/v1/partition", params=CUT)).json()["rows"][0]
    counts, _, _ = await read_pages(simulated_site, CUT)
    assert counts["suspended_after_due"] == partition["suspended_after_due"]
    assert counts["open_overdue_without_letter"] == partition["open_overdue_without_letter"]
    assert counts["overdue"] == partition["open_overdue"] + partition["suspended_after_due"]


async def test_another_sort_has_the_same_cases_the_other_way_round(
    simulated_site: httpx.AsyncClient,
) -> None:
    for sort in ("due", "received"):
        _, forwards, _ = await read_pages(simulated_site, {"sort": sort} | CUT)
        _, backwards, _ = await read_pages(simulated_site, {"sort": f"-{sort}"} | CUT)
        assert forwards == backwards[::-1]


@pytest.mark.parametrize(
    "given", [{"tab": "x"}, {"days": "7"}, {"sort": "x"}, {"cursor": "x"}, {"as_of": "x"}]
)
async def test_what_no_list_offers_is_refused_in_a_sentence(
    simulated_site: httpx.AsyncClient, given: dict[str, str]
) -> None:
    answer = await simulated_site.get("/qua-han", params=given)
    assert answer.status_code in (400, 422)
    assert "hãy" in answer.text.lower()


async def test_who_sees_no_case_sees_no_list(app: Litestar, stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/qua-han")).headers["location"].startswith("/dang-nhap")
    async with signed_in(app, role="appraiser") as client:
        for path in ("/qua-han", "/qua-han/tep"):
            assert (await client.get(path)).status_code == 403
        assert "/qua-han" not in (await client.get("/so-lieu")).text
