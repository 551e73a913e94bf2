"""Spreadsheets in official layouts: a title, headings over several rows, rows, notes, definitions.

What people typed is never a formula: in XLSX it is text that stays text when the cell is edited,
in CSV it is led by an apostrophe.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from tthc.domain.calendar import VIETNAM
from tthc.reports.book import AIR, LINE, Book, lay_out, raise_row
from tthc.reports.folding import max_fold
from tthc.reports.frame import write_foot, write_head, write_headings
from tthc.reports.table import Cell, Column, Table

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
ALIGNED: dict[str, dict[str, Any]] = {
    **{kind: {"align": "center"} for kind in ("place", "date", "moment")},
    **{kind: {"align": "right", "indent": 1} for kind in ("number", "points", "percent")},
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
NAME = 31  # characters that a tab may have
LENGTH = 32_767  # characters that a cell may have
ADDRESS = 2_079  # characters that a link may have
DEFINITION = (
    Column(("Chỉ tiêu",), width=44),
    Column(("Cách tính",), width=92),
    Column(("Nguồn",), width=30),
)


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
    first = write_head(book, sheet, table)
    row = write_headings(book, sheet, table, first)
    sheet.freeze_panes(row, 0)
    sheet.repeat_rows(first, row - 1)
    sheet.set_default_row(LINE + AIR)
    for cells in table.rows:
        texts = zip(table.columns, cells, strict=True)
        raise_row(sheet, row, max_fold((cell, column.width) for column, cell in texts))
        write_row(book, sheet, row, table.columns, cells)
        row += 1
    for cells in table.totals:
        write_row(book, sheet, row, table.columns, cells, bold=True)
        row += 1
    write_foot(book, sheet, table, row)
    lay_out(sheet, [column.width for column in table.columns])


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
        look |= ALIGNED.get(column.kind, {})
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


def plain(cell: Cell) -> str:
    """A cell as CSV has it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(VIETNAM).isoformat(timespec="seconds")
    return harmless(cell) if isinstance(cell, str) else str(cell)
