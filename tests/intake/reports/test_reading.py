"""Reports of other systems: other headings and spellings, numbers, what doesn't add up."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import AS_OF
from tthc.domain.errors import AmbiguousCountError, InputError
from tthc.intake.reports.counts import read_count
from tthc.intake.reports.reading import read_report
from tthc.reports.sheet import write_workbook
from tthc.reports.table import Column, Table
from tthc.rules.headings import columns_by_heading, spellings
from tthc.rules.layouts import NAMES, layout
from tthc.service.foreign_reports import broken_identities, broken_totals

LETTERS = (
    *("late_with_letter", "late_without_letter", "overdue_with_letter", "overdue_without_letter"),
)


def sheet(path: Path, rows: list[list[Any]], merges: Sequence[tuple[int, ...]] = ()) -> Path:
    with xlsxwriter.Workbook(path) as book:
        tab = book.add_worksheet("Biểu")
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    tab.write(line, place, cell)
        for area in merges:
            tab.merge_range(*area, rows[area[0]][area[1]])
    return path


@given(st.integers(0, 10**11))
def test_vietnamese_numbers(number: int) -> None:
    written = f"{number:,}".replace(",", ".")
    for text in (
        str(number),
        written,
        f"{written},0",
        f" {written} ",
        written.replace(".", "\xa0"),
    ):
        assert read_count(text) == number
    english = f"{number:,}"
    assert read_count(english, ",") == number
    if english.count(",") == 1:
        with pytest.raises(InputError, match=r"thousands.*comma.*dot"):
            read_count(english)
    else:
        assert read_count(english) == number


@given(st.decimals(0, 10**6, places=2).filter(lambda number: number % 1 != 0))
def test_a_fraction_is_no_count(number: Decimal) -> None:
    for text in (str(number), str(number).replace(".", ",")):
        with pytest.raises(InputError):
            read_count(text)


@pytest.mark.parametrize("text", ["1.23.456", "12 hồ sơ", "-5", "1..2", "0,123", "1.234,567"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_count(text)


@pytest.mark.parametrize("name", NAMES)
def test_every_layout_comes_back(tmp_path: Path, name: str) -> None:
    """What we write we read, under other spellings of the headings too, two or three rows deep."""
    of = layout(name)
    known = spellings()["headings"]
    for way in range(3):

        def other(text: str, way: int = way) -> str:
            ways: list[str] = [text, *known.get(text, ())]
            return ways[min(way, len(ways) - 1)]

        columns = [Column(("TT",), "number"), Column(("Cơ quan, đơn vị" if way else "Đơn vị",))]
        columns += [Column(tuple(map(other, each.heading)), "number") for each in of.columns]
        numbers = [1000 + place for place in range(len(of.columns))]
        table = Table(
            *("Báo cáo", ("BÁO CÁO", "Tháng 3")),
            columns,
            [[1, "Phường Yên Hòa", *numbers]],
            numbering=["(1)", "(2)", *(each.number for each in of.columns)],
            totals=[[None, "Tổng cộng", *numbers]],
            notes=["Ghi chú: 1.234 hồ sơ."],
            signatures=[("NGƯỜI LẬP BIỂU", "(Ký)"), ("CHỦ TỊCH", "(Ký, đóng dấu)")],
            dated="Lâm Đồng, ngày 05 tháng 3 năm 2020",
            issuer=["ỦY BAN NHÂN DÂN", "TỈNH LÂM ĐỒNG"] if way else (),
        )
        path = tmp_path / f"{way}.xlsx"
        path.write_bytes(write_workbook([table], AS_OF))
        read = read_report(path, name)
        wanted = {each.key: number for each, number in zip(of.columns, numbers, strict=True)}
        assert [(row.kind, row.values) for row in read.rows] == [
            ("unit", wanted),
            ("total", wanted),
        ]
        assert not read.unknown
        assert not read.absent


@pytest.mark.parametrize("order", list(product([0, 1], [0, 1])))
def test_letter_columns_are_never_swapped(tmp_path: Path, order: tuple[int, int]) -> None:
    """The heading's path decides, whatever the order; “đã” stands in both groups."""
    groups = ["Kết quả đã giải quyết", "Đang giải quyết"]
    leaves = ["Trễ hạn (đã có thư xin lỗi)", "Trễ hạn (chưa có thư xin lỗi)"]
    keys = [LETTERS[:2], LETTERS[2:]]
    if order[0]:
        groups, keys = groups[::-1], keys[::-1]
    if order[1]:
        leaves, keys = leaves[::-1], [each[::-1] for each in keys]
    rows: list[list[Any]] = [
        ["BÁO CÁO KẾT QUẢ GIẢI QUYẾT ĐÃ CÓ THƯ"],
        [None, "STT", "Tên đơn vị", groups[0], None, groups[1], None],
        [None, None, None, *leaves, *leaves],
        [None, "(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [None, 1, "UBND Phường Yên Hoà, TP. Hà Nội", "1.001", 2, 3, 4],
    ]
    merges = [(1, 3, 1, 4), (1, 5, 1, 6), (1, 2, 2, 2)]
    (row,) = read_report(sheet(tmp_path / "x.xlsx", rows, merges), "letters").rows
    flat = [key for pair in keys for key in pair]
    assert row.values == dict(zip(flat, (1001, 2, 3, 4), strict=True))


def test_no_heading_names_two_columns() -> None:
    for name in NAMES:
        assert set(columns_by_heading(name).values()) == {each.key for each in layout(name).columns}


FIGURES = """id,received,carried,online,resolved,early,on_time,late,open,in_time,overdue
Lạng Sơn 7/2019,2099,554,531,1501,399,1093,9,562,556,6
Lâm Đồng cấp tỉnh quý I/2020,54575,,,51780,,,708,2800,2672,128
"Thừa Thiên Huế mức 1, 2",268763,,,257141,124907,102770,19852,11622,,
Bến Tre 5/2021,5650,1070,1250,4561,,,12,1089,1089,0
"""


def test_published_figures_that_break_their_identities_are_named(tmp_path: Path) -> None:
    of = layout("ii-06a")
    figures = list(csv.DictReader(FIGURES.splitlines()))
    rows: list[list[Any]] = [
        [None, None, "Lĩnh vực", *("Số hồ sơ nhận giải quyết",) * 4, *("Đã giải quyết",) * 4,
         *("Đang giải quyết",) * 3],
        [None, None, None, *(each.heading[-1] for each in of.columns)],
    ]  # fmt: skip
    for place, figure in enumerate(figures, 1):
        said = [figure.get(each.key, "") for each in of.columns]
        cells = [f"{int(cell):,}".replace(",", ".") if cell else None for cell in said]
        rows.append([None, place, figure["id"], *cells])
    read = read_report(sheet(tmp_path / "x.xlsx", rows))
    assert read.layout == "ii-06a"
    assert len(read.rows) == 4
    broken = {each["name"]: each for each in broken_identities(of, read.rows)}
    assert [(each["said"], each["sum"], each["gap"]) for each in broken.values()] == [
        *((2099, 2063, -36), (54575, 54580, 5), (257141, 247529, -9612)),
    ]
    assert "ghi 2.099, các phần cộng lại 2.063, lệch 36" in broken["Lạng Sơn 7/2019"]["told"]


def test_totals_that_are_no_sum_are_named(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["TT", "Đơn vị", "Đã giải quyết", None, None],
        [None, None, "Tổng số", "Trước hạn", "Quá hạn"],
        ["Tổng cộng", None, 12, 9, 2],
        [1, "Xã A", 7, 6, 1],
        [2, "Xã B", 4, 3, 1],
    ]
    read = read_report(sheet(tmp_path / "x.xlsx", rows), "weekly")
    (told,) = broken_totals(layout("weekly"), read.rows)
    assert (told["column"], told["said"], told["sum"]) == ("resolved", 12, 11)


def test_the_cell_that_is_asked_about_is_named(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Đơn vị", "Đã giải quyết", None, None],
        [None, "Tổng số", "Trước hạn", "Quá hạn"],
        ["Xã A", "1,234", "1,230", "4"],
    ]
    path = sheet(tmp_path / "x.xlsx", rows)
    with pytest.raises(AmbiguousCountError, match=r"dòng 3, cột .* “1,234” là 1234 hay 1.234"):
        read_report(path, "weekly")
    (row,) = read_report(path, "weekly", ",").rows
    assert row.values == {"resolved": 1234, "early": 1230, "late": 4}


def test_other_sheets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="không có dòng tiêu đề"):
        read_report(sheet(tmp_path / "x.xlsx", [["Tên", "Tuổi"], ["A", 3]]))
    same = [["Đơn vị", *["Đã giải quyết - Quá hạn"] * 2, "Đã giải quyết Tổng", "Hồ sơ rút"]]
    with pytest.raises(InputError, match="hai cột"):
        read_report(sheet(tmp_path / "y.xlsx", [*same, ["Xã A", 1, 2, 3, 4]]), "letters")
