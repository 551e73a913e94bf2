"""Spreadsheets in official layouts: a title, headings over several rows, rows, notes, definitions.

What people typed is never a formula: in XLSX it is text that stays text when the cell is edited,
in CSV it is led by an apostrophe.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import groupby
from math import ceil
from typing import Any, Literal

import xlsxwriter

from tthc.domain.calendar import VIETNAM
from tthc.reports.folding import fold, max_fold

Kind = Literal["text", "link", "place", "number", "points", "percent", "date", "moment"]
Cell = str | int | Decimal | date | datetime | None
FORMATS = {
    "text": "@",
    "link": "@",
    "place": "0",
    "number": "#,##0",
    "points": "0.##",
    "percent": "0.00",
    "date": "dd/mm/yyyy",
    "moment": "hh:mm dd/mm/yyyy",
}
FACE = {"font_name": "Times New Roman", "font_size": 11}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
NAME = 31  # characters that a tab may have
LENGTH = 32_767  # characters that a cell may have
ADDRESS = 2_079  # characters that a link may have
LINE, AIR = 15, 3  # points of a line, and around the lines of a cell
CORNER = 2  # columns that the left corner takes: the number and the unit


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `heading` from the top row down: neighbours that share an upper heading share its
    cell. `percent` is a number of hundredths, 98.72; `place` counts rows; a `link`
    is an address of ours, never one that somebody typed.
    """

    heading: tuple[str, ...]
    kind: Kind = "text"
    width: float = 14


DEFINITION = (
    Column(("Chỉ tiêu",), width=40),
    Column(("Cách tính",), width=80),
    Column(("Nguồn",), width=40),
)


@dataclass(frozen=True, slots=True)
class Table:
    """One tab. `corners`: what stands left and right of the title, as on official forms; `unit`:
    what is counted, above the table. `numbering` is the row under the headings, "(3)=(4)+(5)";
    `totals` the last rows; `signatures` who signs below, side by side, each with how.
    """

    name: str
    title: Sequence[str]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    numbering: Sequence[str] = ()
    totals: Sequence[Sequence[Cell]] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[tuple[str, str]] = ()
    corners: tuple[Sequence[str], Sequence[str]] = ((), ())
    unit: str = ""


@dataclass(slots=True)
class Book:
    """A workbook in the making, with its formats, each made once."""

    book: Any
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def style(self, **look: Any) -> Any:  # noqa: ANN401  # a format of the library
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(FACE | {"valign": "vcenter"} | look)
        return self.formats[key]


def write_workbook(
    tables: Sequence[Table],
    made_at: datetime,
    *,
    definitions: Sequence[tuple[str, str, str]] = (),
) -> bytes:
    """The tabs, and one that says what each figure is: (name, formula or meaning, source)."""
    written = BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(written, options) as made:
        made.set_properties({"created": made_at.astimezone(VIETNAM).replace(tzinfo=None)})
        book = Book(made)
        for table in tables:
            _write(book, table)
        if definitions:
            _write(book, Table("Định nghĩa", ("Định nghĩa",), DEFINITION, definitions))
    return written.getvalue()


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The same rows as CSV that spreadsheets open in Vietnamese; instants in ISO 8601."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(" – ".join(one.heading)) for one in columns])
    for row in rows:
        writer.writerow([plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" \N{NO-BREAK SPACE}").startswith(DANGEROUS) else text


def _write(book: Book, table: Table) -> None:
    sheet = book.book.add_worksheet(table.name[:NAME])
    last = len(table.columns) - 1
    first = row = _write_head(book, sheet, table)
    row = _write_headings(book, sheet, table, row)
    sheet.freeze_panes(row, 0)
    sheet.repeat_rows(first, row - 1)
    sheet.set_default_row(LINE + AIR)
    for cells in table.rows:
        texts = zip(table.columns, cells, strict=True)
        _raise_row(sheet, row, max_fold((cell, column.width) for column, cell in texts))
        write_row(book, sheet, row, table.columns, cells)
        row += 1
    for cells in table.totals:
        write_row(book, sheet, row, table.columns, cells, bold=True)
        row += 1
    for line in table.notes:
        row += 1
        _merge(sheet, (row, 0, row, last), line, book.style(italic=True, text_wrap=True))
    share = len(table.columns) // (len(table.signatures) or 1)
    for place, signed in enumerate(table.signatures):
        for below, line in enumerate(signed):
            area = (row + 2 + below, place * share, row + 2 + below, (place + 1) * share - 1)
            look = book.style(bold=not below, italic=bool(below), align="center")
            _merge(sheet, area, line, look)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C&P/&N")


def _write_head(book: Book, sheet: Any, table: Table) -> int:  # noqa: ANN401  # a sheet of the library
    """The title between its corners, and what is counted; the row of the headings."""
    last, row = len(table.columns) - 1, 0
    left, right = table.corners
    beside = CORNER if left or right else 0
    middle = (beside, last - (last // 4 if beside else 0) - bool(beside))
    for place in range(max(len(table.title), len(left), len(right))):
        for lines, (begin, end), look in (
            (left, (0, beside - 1), {"bold": place == 0}),
            (table.title, middle, {"bold": place == 0, "italic": place > 0, "align": "center"}),
            (right, (middle[1] + 1, last), {}),
        ):
            if place < len(lines):
                style = book.style(**look, text_wrap=True)
                _merge(sheet, (row, begin, row, end), lines[place], style)
        widths = [table.columns[one].width for one in range(last + 1)]
        needed = [
            fold(lines[place], sum(widths[begin : end + 1]))
            for lines, (begin, end) in (
                (left, (0, beside - 1)),
                (table.title, middle),
                (right, (middle[1] + 1, last)),
            )
            if place < len(lines)
        ]
        _raise_row(sheet, row, max(needed))
        row += 1
    if table.unit:
        _merge(sheet, (row, 0, row, last), table.unit, book.style(italic=True, align="right"))
        return row + 1
    return row + bool(table.title)


def _write_headings(book: Book, sheet: Any, table: Table, top: int) -> int:  # noqa: ANN401  # a sheet of the library
    """Headings merged across what they share and down to their last row; the next free row."""
    depth = max(len(one.heading) for one in table.columns)
    look = book.style(bold=True, border=1, align="center", valign="vcenter", text_wrap=True)
    lines = [1] * depth
    for level in range(depth):
        places = range(len(table.columns))
        shared = groupby(places, key=lambda place: _upper(table.columns[place], place, level))
        for _, group in shared:
            within = list(group)
            heading = table.columns[within[0]].heading
            if level >= len(heading):
                continue
            bottom = top + (depth - 1 if level == len(heading) - 1 else level)
            area = (top + level, within[0], bottom, within[-1])
            _merge(sheet, area, heading[level], look)
            room = sum(table.columns[place].width for place in within)
            share = fold(heading[level], room) / (bottom - top - level + 1)
            lines[level] = max(lines[level], ceil(share))
    for level, needed in enumerate(lines):
        _raise_row(sheet, top + level, needed)
    if table.numbering:
        look = book.style(border=1, italic=True, align="center", valign="vcenter", text_wrap=True)
        for place, text in enumerate(table.numbering):
            sheet.write_string(top + depth, place, text, look)
        widths = [column.width for column in table.columns]
        _raise_row(sheet, top + depth, max_fold(zip(table.numbering, widths, strict=True)))
    return top + depth + bool(table.numbering)


def _raise_row(sheet: Any, row: int, lines: int) -> None:  # noqa: ANN401  # a sheet of the library
    """Room for folded text: some programs fold it without making the row higher."""
    if lines > 1:
        sheet.set_row(row, LINE * lines + AIR)


def _upper(column: Column, place: int, level: int) -> tuple[Any, ...]:
    """What a heading shares with its neighbours: an upper one its text, the lowest nothing."""
    if level < len(column.heading) - 1:
        return column.heading[: level + 1]
    return (place,)


def write_row(
    book: Book,
    sheet: Any,  # noqa: ANN401  # a sheet of the library
    row: int,
    columns: Sequence[Column],
    cells: Sequence[Cell],
    *,
    bold: bool = False,
) -> None:
    """One row of cells, each in its column's format."""
    for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
        look = {"border": 1, "bold": bold, "num_format": FORMATS[column.kind]}
        look |= {"align": "center"} if column.kind == "place" else {}
        if isinstance(cell, datetime):
            local = cell.astimezone(VIETNAM).replace(tzinfo=None)
            sheet.write_datetime(row, place, local, book.style(**look))
        elif isinstance(cell, date):
            sheet.write_datetime(row, place, cell, book.style(**look))
        elif isinstance(cell, int | Decimal):
            sheet.write_number(row, place, cell, book.style(**look))
        elif cell is None:
            sheet.write_blank(row, place, None, book.style(**look))
        elif column.kind == "link" and len(cell) <= ADDRESS:
            look |= {"text_wrap": True, "underline": 1, "font_color": "#0b5394"}
            sheet.write_url(row, place, cell, book.style(**look), "Mở trang")
        else:
            look |= {"num_format": "@", "text_wrap": True}
            look |= {"quote_prefix": True} if harmless(cell) != cell else {}
            sheet.write_string(row, place, cell[:LENGTH], book.style(**look))


def _merge(sheet: Any, area: tuple[int, int, int, int], text: str, look: Any) -> None:  # noqa: ANN401  # of the library
    top, left, bottom, right = area
    if (top, left) == (bottom, right):
        sheet.write_string(top, left, text, look)
    else:
        sheet.merge_range(*area, "", look)
        sheet.write_string(top, left, text, look)


def plain(cell: Cell) -> str:
    """A cell as CSV has it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(VIETNAM).isoformat(timespec="seconds")
    return harmless(cell) if isinstance(cell, str) else str(cell)
