"""Spreadsheets opened back: real dates and numbers, merged headings, nothing that computes."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import fastexcel
import pytest

from tthc.reports.folding import fold
from tthc.reports.sheet import harmless, write_csv, write_workbook
from tthc.reports.table import Column, Table

AT = datetime(2026, 3, 31, 10, tzinfo=UTC)
COLUMNS = (
    Column(("STT",), "number", 6),
    Column(("Đơn vị",), width=40),
    Column(("Số hồ sơ đã giải quyết", "Tổng số"), "number"),
    Column(("Số hồ sơ đã giải quyết", "Quá hạn", "Có thư"), "number"),
    Column(("Số hồ sơ đã giải quyết", "Quá hạn", "Chưa có thư"), "number"),
    Column(("Tỷ lệ (%)",), "percent"),
    Column(("Lúc",), "moment", 18),
    Column(("Ngày",), "date"),
)
ROW = (1, "Phường Yên Hòa", 1234, 5, 6, Decimal("98.72"), AT, date(2026, 3, 5))
ATTACKS = ("=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "  =1", "=cmd|' /C calc'!A0", "\r=1")


def book(**more: Any) -> bytes:
    table = Table("Báo cáo", ("BÁO CÁO", "Tháng 3 năm 2026"), COLUMNS, **({"rows": [ROW]} | more))
    return write_workbook([table], AT, definitions=[("Quá hạn", "=late", "Nghị định 118/2025")])


def cells(content: bytes, tab: str = "Báo cáo") -> list[tuple[Any, ...]]:
    sheet = fastexcel.read_excel(content).load_sheet(tab, header_row=None, dtypes="string")
    return sheet.to_polars().rows()


def test_titles_headings_rows_totals_and_notes() -> None:
    read = cells(
        book(
            numbering=[f"({place})" for place in range(1, 9)],
            totals=[(None, "Tổng cộng", 1234, 5, 6, None, None, None)],
            notes=["Ghi chú: số liệu thử."],
        )
    )
    assert [row[0] for row in read[:2]] == ["BÁO CÁO", "Tháng 3 năm 2026"]
    assert [row[2:5] for row in read[3:6]] == [
        ("Số hồ sơ đã giải quyết", None, None),
        ("Tổng số", "Quá hạn", None),
        (None, "Có thư", "Chưa có thư"),
    ]
    assert read[6][:3] == ("(1)", "(2)", "(3)")
    assert read[7][1:6] == ("Phường Yên Hòa", "1234", "5", "6", "98.72")
    assert read[8][:3] == (None, "Tổng cộng", "1234")
    assert read[-1][0] == "Ghi chú: số liệu thử."
    assert cells(book(), "Định nghĩa")[-1] == ("Quá hạn", "=late", "Nghị định 118/2025")


def test_dates_are_dates_and_instants_are_local() -> None:
    sheet = fastexcel.read_excel(book()).load_sheet("Báo cáo", header_row=None, skip_rows=6)
    (row,) = sheet.to_polars().rows()
    assert row[2:6] == (1234.0, 5.0, 6.0, 98.72)
    assert row[6] == datetime(2026, 3, 31, 17)  # noqa: DTZ001  # a cell knows no zone
    assert row[7] in (date(2026, 3, 5), datetime(2026, 3, 5))  # noqa: DTZ001  # as above


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_headings_are_merged_as_they_are_shared() -> None:
    xml = parts(book())["xl/worksheets/sheet1.xml"]
    for area in ("A4:A6", "B4:B6", "C4:E4", "C5:C6", "D5:E5", "H4:H6", "A1:H1"):
        assert f'<mergeCell ref="{area}"/>' in xml


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_typed_never_computes(attack: str) -> None:
    row = (1, attack, *ROW[2:])
    found = parts(book(rows=[row]))
    assert "<f>" not in "".join(found.values())
    assert 'quotePrefix="1"' in found["xl/styles.xml"]
    assert not harmless(attack).startswith(("=", "+", "-", "@", "\t", "\r", " "))
    text = write_csv(COLUMNS, [row]).decode("utf-8-sig")
    heading, line = list(csv.reader(io.StringIO(text, newline="")))
    assert heading[3] == "Số hồ sơ đã giải quyết – Quá hạn – Có thư"
    assert line[1] == f"'{attack}"
    assert line[6] == "2026-03-31T17:00:00+07:00"


def test_plain_texts_stay_as_they_are() -> None:
    for text in ("Phường 5 - Quận 3", "0912", "", "a=b"):
        assert harmless(text) == text
    assert book() == book()


def test_emoji_markup_and_endless_texts_are_cells() -> None:
    odd = "😀 <script> & \x07" + "Ươ" * 20_000
    read = cells(book(rows=[(1, odd, *ROW[2:])]))
    assert read[-1][1].startswith("😀 <script> &")
    assert len(read[-1][1]) <= 32_767


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("một hai", 10, 1),
        ("một hai ba bốn", 7, 2),
        ("a\nb", 9, 2),
        ("dàilắmlắm x", 3, 2),
    ],
)
def test_folded_text_has_room(text: str, width: float, lines: int) -> None:
    assert fold(text, width) == lines
