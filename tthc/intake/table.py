"""A file of rows, CSV (also gzipped) or XLSX: its header, its rows with their lines, its total."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from tthc.domain.errors import InputError
from tthc.intake.guard import ZIP, check_workbook, magic, text_lines
from tthc.intake.profile import normal

HEAD = 20  # an official sheet has its titles above the header
TAIL = 3  # rows at the end that may be totals
BATCH = 50_000
ENDS = ("\n", "\r")
DELIMITERS = ",;\t|"
TOTAL = re.compile(
    r"(?:tổng|tổng cộng|tổng số|cộng|total|grand total)(?: hồ sơ)?\s*:?\s*[\d.,]*(?: hồ sơ)?",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{3})+(?!\d)|\d+")
# every row of a sheet, also blank ones above, so that its lines are those that a person sees
AS_TEXT: Any = {"header_row": None, "skip_rows": 0, "dtypes": "string"}

Row = tuple[int, list[str]]


@dataclass
class Table:
    """An opened file, read once: the rows of cases, then what its own total row says."""

    name: str
    columns: list[str]
    rows: Iterable[Row]
    workbook: bool
    amounts: Collection[str]
    read: int = 0
    totals: list[Row] = field(default_factory=list)

    def batches(self) -> Iterator[list[Row]]:
        """The rows of cases, without blank ones and without the totals at the end."""
        held: list[Row] = []
        for row in self.rows:
            if "".join(row[1]).strip():
                held.append(row)
            if len(held) == BATCH + TAIL:
                self.read += BATCH
                yield held[:BATCH]
                held = held[BATCH:]
        while held and len(self.totals) < TAIL and self._is_total(held[-1][1]):
            self.totals.append(held.pop())
        if held:
            self.read += len(held)
            yield held

    def _is_total(self, cells: list[str]) -> bool:
        spoken = [cell for cell in map(normal, cells) if cell]
        numbers = [cell for cell in spoken if NUMBER.fullmatch(cell)]
        words = [cell for cell in spoken if TOTAL.fullmatch(cell)]
        return len(words) == 1 and len(spoken) == 1 + len(numbers)

    def check_total(self) -> None:
        """Refuse a file whose own total is not the number of rows that were read."""
        for line, cells in self.totals:
            said = self._said(cells)
            if said is not None and said != self.read:
                raise InputError(
                    f"Dòng {line} của tệp ghi tổng {said} nhưng chỉ đọc được {self.read} hồ sơ: "
                    "tệp có thể bị cắt, hãy xuất lại."
                )
        if not self.read:
            raise InputError(f"Tệp {self.name} không có dòng hồ sơ nào dưới dòng tiêu đề.")

    def _said(self, cells: list[str]) -> int | None:
        """The number of rows that a total row names: in its own words, or first beside them."""
        named = zip(self.columns, cells, strict=False)
        spoken = [cell for column, cell in named if column not in self.amounts]
        spoken.sort(key=lambda cell: not TOTAL.fullmatch(normal(cell)))
        for cell in spoken:
            for number in NUMBER.findall(cell):
                return int(re.sub(r"[.,]", "", number))
        return None


def open_table(path: Path, needed: list[str], amounts: Collection[str] = ()) -> Table:
    """Open a file that has these columns; refuses one that has not, naming what is missing.

    Under `amounts` a total row sums money, not rows.
    """
    if path.suffix.lower() in (".xlsx", ".xls", ".xlsm") or magic(path).startswith(ZIP):
        return _open_workbook(path, needed, amounts)
    head = list(islice(text_lines(path), HEAD * 4))
    tried = [(each, *_find_header(_head_rows(head, each), needed)) for each in DELIMITERS]
    delimiter, at, columns = max(tried, key=lambda found: (_fit(found[2], needed), len(found[2])))
    _check_header(path.name, columns, needed)
    rows = islice(_csv_rows(path, delimiter), at + 1, None)
    return Table(path.name, columns, rows, workbook=False, amounts=amounts)


def _head_rows(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    """The first rows, as far as they can be read: what is wrong further on is said when there."""
    with suppress(csv.Error):
        yield from islice(csv.reader(lines, delimiter=delimiter), HEAD)


def _csv_rows(path: Path, delimiter: str) -> Iterator[Row]:
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in text_lines(path):
            taken.append(line)
            yield line

    reader, line = csv.reader(lines(), delimiter=delimiter), 1
    while True:
        with _readable(path.name, line):
            cells = next(reader, None)
        if cells is None:
            return
        if (len(taken) > 1 or not taken[0].endswith(ENDS)) and not _closed(taken, delimiter):
            raise InputError(
                f"Tệp {path.name} có dấu ngoặc kép mở ở dòng {line} mà không đóng đến hết tệp: "
                "hãy sửa hoặc xuất lại."
            )
        yield line, cells
        line = reader.line_num + 1
        taken.clear()


@contextmanager
def _readable(name: str, line: int) -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        raise InputError(
            f"Từ dòng {line} của tệp {name} có ô dài hơn {csv.field_size_limit():,} ký tự hoặc "
            "không tách được: hãy xem có dấu ngoặc kép mở mà không đóng không."
        ) from error


def _closed(lines: list[str], delimiter: str) -> bool:
    """Whether a record of several lines ends because its last quote is closed."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end of data" not in str(error)
    return True


def _open_workbook(path: Path, needed: list[str], amounts: Collection[str]) -> Table:
    check_workbook(path)
    try:
        workbook = fastexcel.read_excel(path)
        found = []
        for sheet in workbook.sheet_names:
            head = workbook.load_sheet(sheet, n_rows=HEAD, **AS_TEXT).to_polars()
            found.append((sheet, *_find_header(_sheet_rows(head), needed)))
        sheet, at, columns = max(found, key=lambda f: (_fit(f[2], needed), len(f[2])))
        _check_header(path.name, columns, needed)
        frame = workbook.load_sheet(sheet, **AS_TEXT).to_polars()
    except (fastexcel.FastExcelError, ValueError) as error:
        raise InputError(
            f"Tệp {path.name} không đọc được như XLSX: hãy lưu lại bằng Excel rồi nhập."
        ) from error
    rows = islice(enumerate(_sheet_rows(frame), 1), at + 1, None)
    return Table(path.name, columns, rows, workbook=True, amounts=amounts)


def _sheet_rows(frame: pl.DataFrame) -> Iterator[list[str]]:
    for row in frame.fill_null("").iter_rows():
        yield list(row)


def _find_header(rows: Iterable[list[str]], needed: list[str]) -> tuple[int, list[str]]:
    """Where the header stands, and its names: the first row that fits best."""
    first: tuple[int, list[str]] | None = None
    for at, cells in enumerate(rows):
        names = [normal(cell) for cell in cells]
        if any(names) and (first is None or _fit(names, needed) > _fit(first[1], needed)):
            first = at, names
    return first or (0, [])


def _fit(columns: list[str], needed: list[str]) -> int:
    return len(set(columns) & set(needed))


def _check_header(name: str, columns: list[str], needed: list[str]) -> None:
    missing = [column for column in needed if column not in columns]
    if missing:
        raise InputError(
            f"Tệp {name} thiếu cột {', '.join(missing)}; dòng tiêu đề có: "
            f"{', '.join(filter(None, columns)) or 'không cột nào'}. Hãy chọn đúng cấu hình nhập."
        )
    doubled = sorted({column for column in needed if columns.count(column) > 1})
    if doubled:
        raise InputError(f"Tệp {name} có hai cột cùng tên {', '.join(doubled)}: hãy bỏ bớt một.")
