"""A report of another system sent on the page: laid beside ours, asked about, or refused."""

import html
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter

from tests.people import key_on
from tests.web.test_reports import CUT, report

PATH = "/bao-cao/doi-chieu"
MARCH = {"period": "month:2026-03"}
OPENED = re.compile(r'<td class="number"><a href="(/so-lieu/ho-so[^"]+)">([\d.]+)</a></td>')


def workbook(path: Path, rows: list[list[Any]]) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet()
        for line, row in enumerate(rows):
            tab.write_row(line, 0, row)
    return path.read_bytes()


async def send(
    site: httpx.AsyncClient, content: bytes | None, name: str = "x.xlsx", **more: str
) -> httpx.Response:
    """The form as a browser without a script sends it."""
    key = key_on((await site.get(PATH)).text)
    sent = content if content is not None else b""
    files = {"file": (name if content is not None else "", sent)}
    return await site.post(PATH, data=MARCH | more | {"form_key": key}, files=files)


async def test_our_own_report_differs_in_nothing_and_comes_once(site: httpx.AsyncClient) -> None:
    book = await site.get("/api/v1/reports/ii-06a", params=CUT | {"format": "xlsx"})
    first = (await send(site, book.content)).raise_for_status().text
    assert "<h1>Không số nào của tệp khác với sổ.</h1>" in first
    assert "đã được nhận trước đây" not in first
    again = (await send(site, book.content)).raise_for_status().text
    assert "Tệp này đã được nhận trước đây; lần này không có gì thay đổi." in again


async def test_what_differs_is_told_by_unit_and_column(
    site: httpx.AsyncClient, tmp_path: Path
) -> None:
    ours = (await report(site, "letters"))["rows"][0]
    resolved = ours["values"]["resolved"]["count"]
    leaves = ["", "Tổng", "Trễ hạn có thư xin lỗi", "Tổng"]
    rows = [
        ["Đơn vị", "Đã giải quyết", "", "Đang giải quyết"],
        leaves,
        [f"UBND {ours['name'].upper()}", resolved + 3, 1, ours["values"]["open"]["count"]],
        ["UBND xã Không Có", 1, 2, 3],
    ]
    page = (await send(site, workbook(tmp_path / "x.xlsx", rows))).raise_for_status().text
    assert "<h1>2 số của tệp khác với sổ" in page
    assert re.search(r"Số hồ sơ đã giải quyết – Tổng số</td>.*?>\+3</td>", page)
    assert "Quá hạn (đã có thư xin lỗi)" in page
    assert "Dòng 4: UBND xã Không Có" in page
    for address, shown in OPENED.findall(page):
        behind = (await site.get(html.unescape(address))).raise_for_status().text
        assert f"<h1>{shown} hồ sơ" in behind


async def test_an_ambiguous_number_is_asked_about(site: httpx.AsyncClient, tmp_path: Path) -> None:
    heading = [["Đơn vị", "Đã giải quyết", "", ""], ["", "Tổng số", "Trước hạn", "Quá hạn"]]
    rows = [*heading, ["Xã A", "1,234", "1,230", "4"]]
    content = workbook(tmp_path / "x.xlsx", rows)
    asked = await send(site, content, layout="weekly")
    assert asked.status_code == 422
    assert "“1,234” là 1234 hay 1.234?" in asked.text
    assert 'name="thousands" value="comma"' in asked.text
    answered = await send(site, content, layout="weekly", thousands="comma")
    assert "Dòng 3: Xã A" in answered.raise_for_status().text
    other = await send(site, content, layout="weekly", thousands="dot")
    assert (other.status_code, "không phải là số nguyên" in other.text) == (422, True)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("", None, "Chưa chọn tệp"),
        ("x.xlsx", b"", "hãy"),
        ("x.xlsx", b"Don vi;Tong so\nXa A;3\n", "hãy"),
        ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "hãy"),
        ("x.xlsx", b"PK\x03\x04" + b"0" * 600, "hãy"),
    ],
)
async def test_what_is_no_report_is_refused_in_a_sentence(
    site: httpx.AsyncClient, name: str, content: bytes | None, told: str
) -> None:
    answer = await send(site, content, name)
    (sentence,) = re.findall(r'id="refused" role="alert"><b>Chưa được:</b> (.*?)</p>', answer.text)
    assert (answer.status_code, told in sentence) == (422, True), sentence


@pytest.mark.parametrize(
    "more", [{"period": "x"}, {"layout": "x"}, {"thousands": "x"}, {"period": ""}]
)
async def test_what_is_not_offered_is_refused(
    site: httpx.AsyncClient, tmp_path: Path, more: dict[str, str]
) -> None:
    content = workbook(tmp_path / "x.xlsx", [["Đơn vị", "Đã giải quyết Tổng số"], ["Xã A", 3]])
    answer = await send(site, content, **more)
    assert (answer.status_code, 'id="refused"' in answer.text) == (422, True)
