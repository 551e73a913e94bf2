"""`tthc import-report`: the same file changes nothing, and what differs from ours is named."""

from pathlib import Path

import httpx
import xlsxwriter

from tests.web.test_api import run_command
from tests.web.test_reports import CUT, report
from tthc.db.server import Server

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
