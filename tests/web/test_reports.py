"""Reports: every figure opens as its cases, adds up, and is the same wherever it is shown."""

from pathlib import Path
from typing import Any

import fastexcel
import httpx
import pytest

from tests.web.test_api import run_command
from tests.worlds import AS_OF
from tthc.db.server import Server
from tthc.rules.layouts import NAMES, layout

CUT = {"as_of": AS_OF.isoformat(), "known_at": AS_OF.isoformat(), "period": "month:2026-03"}


async def report(client: httpx.AsyncClient, name: str, **asked: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/reports/{name}", params=CUT | asked)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def counts(document: dict[str, Any]) -> dict[str, int]:
    return {key: cell["count"] for key, cell in document["total"].items()}


async def test_the_worked_example_as_form_ii_06a(site: httpx.AsyncClient) -> None:
    document = await report(site, "ii-06a")
    assert list(counts(document).values()) == [450, 315, 105, 30, 390, 240, 145, 5, 60, 58, 2]
    assert [each["number"] for each in document["columns"]][::4] == [
        *("(3)=(4)+(5)+(6)", "(7)=(8)+(9)+(10)", "(11)=(12)+(13)"),
    ]
    assert all(each["broken_rows"] == 0 for each in document["identities"])
    (sector,) = (await report(site, "ii-06a", by="sector"))["rows"]
    assert sector["values"]["received"]["count"] == 450


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("period", ["month:2026-03", "year:2025"])
async def test_every_figure_is_a_list_and_adds_up(
    simulated_site: httpx.AsyncClient, name: str, period: str
) -> None:
    by = "unit" if period.startswith("month") else "sector"
    document = await report(simulated_site, name, period=period, by=by)
    for row in [*(each["values"] for each in document["rows"]), document["total"]]:
        for key, cell in row.items():
            if cell["count"] is None:
                assert cell["reason"]
                continue
            listed = (await simulated_site.get(cell["cases_url"])).json()
            assert listed["total"] == cell["count"], (key, cell)
    told = [each["broken_rows"] for each in document["identities"]]
    missing = sum(each.missing is not None for each in layout(name).columns)
    assert told.count(0) == len(told) - (2 if missing else 0), document["identities"]
    assert next(iter(counts(document).values())) > 5


async def test_letters_stand_apart(simulated_site: httpx.AsyncClient) -> None:
    total = counts(await report(simulated_site, "letters", period="year:2026"))
    assert total["late"] == total["late_with_letter"] + total["late_without_letter"]
    assert total["overdue_with_letter"] > 0
    assert total["overdue_without_letter"] > 0
    assert total["withdrawn"] > 0
    assert total["stopped"] > 0


async def test_a_mapping_moves_columns_and_is_said(simulated_site: httpx.AsyncClient) -> None:
    asked = {"period": "year:2026"}
    plain = counts(await report(simulated_site, "ii-06a", **asked))
    chosen = asked | {"mapping": "withdrawn-suspended"}
    document = await report(simulated_site, "ii-06a", **chosen)
    mapped = counts(document)
    withdrawn = mapped["on_time"] - plain["on_time"]
    assert withdrawn > 0
    assert mapped["received"] == plain["received"] + withdrawn
    assert mapped["in_time"] - plain["in_time"] == plain["overdue"] - mapped["overdue"] > 0
    assert "ánh xạ" in document["mapping_label"]
    assert all(each["broken_rows"] == 0 for each in document["identities"])
    for cell in document["total"].values():
        listed = (await simulated_site.get(cell["cases_url"])).json()
        assert listed["total"] == cell["count"]


@pytest.mark.parametrize("name", NAMES)
async def test_the_workbook_says_the_same(
    site: httpx.AsyncClient, worlds: Server, tmp_path: Path, name: str
) -> None:
    document = await report(site, name)
    answer = await site.get(f"/api/v1/reports/{name}", params=CUT | {"format": "xlsx"})
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    book = fastexcel.read_excel(answer.content)
    cells = book.load_sheet(0, header_row=None, dtypes="string").to_polars().rows()
    (total,) = (row for row in cells if row[1] == "Tổng cộng")
    said = [None if cell is None else int(cell) for cell in total[2:]]
    assert said == list(counts(document).values())
    told = book.load_sheet("Định nghĩa", header_row=None, dtypes="string").to_polars().rows()
    assert document["digest"] in {row[1] for row in told}
    arguments = [f"--{key.replace('_', '-')}={value}" for key, value in CUT.items()]
    out = tmp_path / "report.xlsx"
    printed = await run_command(worlds, "report", name, *arguments, f"--out={out}")
    assert {**printed, "made_at": ""} == {**document, "made_at": ""}
    again = fastexcel.read_excel(out.read_bytes())
    assert again.load_sheet(0, header_row=None, dtypes="string").to_polars().rows() == cells


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("x?period=month:2026-03", 404, "Không có mẫu báo cáo “x”; các mẫu: ii-06a"),
        ("weekly?period=month:2026-03&mapping=x", 400, "không có ánh xạ “x”"),
        ("weekly?period=x", 400, "Không có loại kỳ"),
        ("weekly", 400, "tham số"),
    ],
)
async def test_refusals(site: httpx.AsyncClient, path: str, status: int, said: str) -> None:
    answer = await site.get(f"/api/v1/reports/{path}")
    assert answer.status_code == status
    assert said in answer.json()["detail"]


async def test_columns_of_no_layout_list_nothing(site: httpx.AsyncClient) -> None:
    for where in ("column:ii-06a/x", "column:x", "column:letters/paid"):
        answer = await site.get("/api/v1/cases", params=CUT | {"where": where})
        assert answer.status_code == 404, where
