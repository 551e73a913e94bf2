"""A decision's annex as rows of text with their line numbers: CSV or XLSX, small."""

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import fastexcel

from tthc.domain.errors import InputError

LARGEST = 50_000_000  # bytes; an annex has thousands of rows, not millions


class SheetRow(NamedTuple):
    """One row: its line in the file and its cells by column, blank where the cell is."""

    line: int
    cells: dict[str, str]


class RowProblems:
    """What is wrong with one row, in the words of the person who must mend it."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def add(self, reason: str) -> None:
        self.reasons.append(reason)

    def date(self, column: str, text: str) -> date | None:
        """A date cell: 2026-03-05 or 05/03/2026; blank is None."""
        for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007  # a date without a zone
            except ValueError:
                continue
        if text:
            self.add(f"cột {column}: “{text}” không phải ngày có thật dạng 2026-03-05")
        return None


def read_sheet(path: Path, required: Sequence[str], optional: Sequence[str]) -> list[SheetRow]:
    """The rows of an annex whose header names its columns, in any order.

    Raises InputError: no such file, not text, a header that lacks a column or has a strange one,
    no rows.
    """
    if not path.is_file():
        raise InputError(f"Không có tệp {path}.")
    if path.stat().st_size > LARGEST:
        raise InputError(f"Tệp {path.name} lớn quá 50 MB: đây không phải phụ lục của quyết định.")
    lines = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    kept = [(line, cells) for line, cells in lines if any(cells)]
    if not kept:
        raise InputError(f"Tệp {path.name} trống.")
    header = [cell.lower() for cell in kept[0][1]]
    _check_header(path.name, header, required, optional)
    if len(kept) == 1:
        raise InputError(f"Tệp {path.name} chỉ có dòng tiêu đề, không có dòng nào để nhập.")
    rows = []
    for line, cells in kept[1:]:
        if len(cells) > len(header):
            raise InputError(
                f"Dòng {line} có {len(cells)} ô, nhiều hơn {len(header)} cột của tiêu đề: hãy đặt "
                "ô có dấu phân cách trong ngoặc kép."
            )
        padded = [*cells, *[""] * (len(header) - len(cells))]
        rows.append(SheetRow(line, dict(zip(header, padded, strict=True))))
    return rows


def _check_header(
    name: str, header: list[str], required: Sequence[str], optional: Sequence[str]
) -> None:
    missing = [column for column in required if column not in header]
    strange = [column for column in header if column not in (*required, *optional)]
    twice = sorted({column for column in header if header.count(column) > 1})
    said = [
        f"{word} {', '.join(columns)}"
        for word, columns in (
            ("thiếu cột", missing),
            ("có cột lạ", strange),
            ("lặp cột", twice),
        )
        if columns
    ]
    if said:
        raise InputError(
            f"Dòng tiêu đề của {name} {'; '.join(said)}. Các cột: {', '.join(required)} (bắt "
            f"buộc), {', '.join(optional)}."
        )


def _csv(path: Path) -> Iterable[tuple[int, list[str]]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"Tệp {path.name} không phải UTF-8 (byte thứ {error.start + 1}): hãy lưu lại dạng "
            "“CSV UTF-8”."
        ) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return found
        except csv.Error as error:
            raise InputError(f"Tệp {path.name}, dòng {start}: không đọc được ({error}).") from None
        found.append((start, [_clean(cell) for cell in cells]))


def _xlsx(path: Path) -> Iterable[tuple[int, list[str]]]:
    try:
        sheet = fastexcel.read_excel(path).load_sheet(
            0, header_row=None, skip_rows=0, dtypes="string"
        )
        rows = sheet.to_polars().rows()
    except fastexcel.FastExcelError as error:
        raise InputError(f"Tệp {path.name} không phải XLSX đọc được: {error}.") from None
    return [
        (line, [_clean("" if cell is None else str(cell)) for cell in row])
        for line, row in enumerate(rows, start=1)
    ]


def _clean(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())
