"""`tthc import-report`: the same file changes nothing, and what differs from ours is named."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter

from tests.web.test_api import run_command
from tests.web.test_reports import CUT, report
from tthc.db.server import Server
from tthc.rules.layouts import layout

PERIOD = "--period=month:2026-03"


async def test_our_own_report_comes_back_without_a_difference(
    site: httpx.AsyncClient, worlds: Server, tmp_path: Path
) -> None:
    path = tmp_path / "report.xlsx"
    answer = await site.get("/api/v1/reports/letters", params=CUT | {"format": "xlsx"})
    path.write_bytes(answer.content)
    first = await run_command(worlds, "import-report", str(path), PERIOD)
    assert first["layout"] == "letters"
    assert not first["already_imported"]
    for kind in ("broken_identities", "broken_totals", "differences", "unmatched_rows"):
        assert first[kind] == [], kind
    second = await run_command(worlds, "import-report", str(path), PERIOD)
    assert second["already_imported"]


async def test_differences_are_named_by_unit_and_column(
    site: httpx.AsyncClient, worlds: Server, tmp_path: Path
) -> None:
    ours = (await report(site, "letters"))["rows"][0]
    path = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet()
        heading = ["Đơn vị", "Đã giải quyết", "", "Đang giải quyết", ""]
        leaves = ["", "Tổng", "Trễ hạn có thư xin lỗi", "Tổng", "Trễ hạn có thư xin lỗi"]
        name = f"UBND {ours['name'].upper()}"
        values = [ours["values"][key]["count"] for key in ("resolved", "late_with_letter", "open")]
        rows = [heading, leaves, [name, *values, 77], ["UBND xã Không Có", 1, 2, 3, 4]]
        for line, row in enumerate(rows):
            tab.write_row(line, 0, row)
    told = await run_command(worlds, "import-report", str(path), PERIOD)
    (difference,) = told["differences"]
    assert difference["unit"] == ours["code"]
    assert difference["column"] == "overdue_with_letter"
    assert (difference["theirs"], difference["ours"]) == (77, 0)
    assert [row["name"] for row in told["unmatched_rows"]] == ["UBND xã Không Có"]


PUBLISHED = {
    "Lâm Đồng": {"received": 54575, "resolved": 51780, "open": 2800},
    "Thành phố Huế": {"resolved": 257141, "early": 124907, "on_time": 102770, "late": 19852},
    "Lạng Sơn": {"received": 2099, "carried": 554, "resolved": 1501, "open": 562},
}
GAPS = {"Lâm Đồng": (54575, 54580), "Thành phố Huế": (257141, 247529), "Lạng Sơn": (2099, 2063)}


@pytest.mark.parametrize("upper", [True, False])
async def test_published_reports_are_taken_with_their_gaps_named(
    site: httpx.AsyncClient, tmp_path: Path, *, upper: bool
) -> None:
    """Lâm Đồng by 5, Lạng Sơn 2.063 against 2.099, Huế 9.612 left over; other heading rows too."""
    of = layout("ii-06a")
    path = tmp_path / "published.xlsx"
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet("Biểu 6a")
        top = 3 if upper else 0  # a title and empty rows before the headings
        tab.write(0, 0, "BÁO CÁO TỔNG HỢP" if upper else "")
        for place, column in enumerate(of.columns, 2):
            for depth, words in enumerate(column.heading):
                tab.write(top + depth, place, words.upper() if upper else words)
        tab.write(top, 1, "TÊN ĐƠN VỊ" if upper else "Đơn vị")
        for line, (name, values) in enumerate(PUBLISHED.items(), top + 4):
            tab.write(line, 1, f"UBND TỈNH {name.upper()}" if upper else name)
            for place, column in enumerate(of.columns, 2):
                if column.key in values:
                    written = f"{values[column.key]:,}".replace(",", ".")
                    tab.write(line, place, written if upper else values[column.key])
    asked = {"period": "quarter:2020-Q1", "layout": "ii-06a"}

    async def send() -> dict[str, Any]:
        answer = await site.post(
            "/api/v1/foreign-reports", data=asked, files={"file": (path.name, path.read_bytes())}
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    first = await send()
    assert first["rows"] == 3
    found = {
        each["name"].removeprefix("UBND TỈNH ").lower(): each for each in first["broken_identities"]
    }
    assert {name: (each["said"], each["sum"]) for name, each in found.items()} == {
        name.lower(): gap for name, gap in GAPS.items()
    }
    second = await send()
    assert second["already_imported"]
    assert second["broken_identities"] == first["broken_identities"]


async def test_an_ambiguous_number_is_asked_about_over_http(
    site: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet()
        heading = ["Đơn vị", "Đã giải quyết", "", ""]
        leaves = ["", "Tổng số", "Trước hạn", "Quá hạn"]
        for line, row in enumerate([heading, leaves, ["Xã A", "1,234", "1,230", "4"]]):
            tab.write_row(line, 0, row)
    asked = {"period": "month:2026-03", "layout": "weekly"}
    files = {"file": (path.name, path.read_bytes())}
    refused = await site.post("/api/v1/foreign-reports", data=asked, files=files)
    assert refused.status_code == 400
    assert "1234 hay 1.234" in refused.json()["detail"]
    told = await site.post(
        "/api/v1/foreign-reports", data=asked | {"thousands": "comma"}, files=files
    )
    assert told.status_code == 200, told.text
