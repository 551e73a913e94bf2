"""Long tables as XLSX or CSV, written row by row: never the whole of them in memory."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Protocol

import xlsxwriter

from tthc.domain.calendar import VIETNAM
from tthc.reports.book import Book, lay_out, raise_row
from tthc.reports.folding import fold
from tthc.reports.sheet import harmless, plain, write_row
from tthc.reports.table import Cell, Column

HEADER = 250  # characters that the head of a page may have


class LongTable(Protocol):
    """A file that takes rows until it is closed."""

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write these rows."""

    def close(self) -> None:
        """Write what is left; the file stays open."""


class LongSheet:
    """One tab of rows under a heading, and one that says what they are: (what, in words).

    The first row is the headings, so that rows can be filtered; `title` heads each printed page.
    """

    def __init__(
        self,
        file: IO[bytes],
        name: str,
        columns: Sequence[Column],
        made_at: datetime,
        about: Sequence[tuple[str, str]],
        title: str = "",
    ) -> None:
        options = {
            "constant_memory": True,
            "strings_to_urls": False,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
        }
        self._made = xlsxwriter.Workbook(file, options)
        self._made.set_properties({"created": made_at.astimezone(VIETNAM).replace(tzinfo=None)})
        self._book, self._columns, self._row = Book(self._made), columns, 0
        self._sheet = self._made.add_worksheet(name)
        self._about = about
        look = self._book.style(bold=True, border=1, align="center", text_wrap=True)
        for place, column in enumerate(columns):
            self._sheet.write_string(0, place, column.heading[-1], look)
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        lay_out(self._sheet, [column.width for column in columns])
        self._sheet.set_margins(left=0.4, right=0.4, top=0.9, bottom=0.6)
        self._sheet.set_header("&C" + title.replace("&", "&&")[:HEADER])

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write these rows."""
        for cells in rows:
            self._row += 1
            write_row(self._book, self._sheet, self._row, self._columns, cells)

    def close(self) -> None:
        """Write what the rows are, and the whole file."""
        self._sheet.autofilter(0, 0, self._row, len(self._columns) - 1)
        about = self._made.add_worksheet("Định nghĩa")
        columns = (Column(("",), width=30), Column(("",), width=110))
        lay_out(about, [column.width for column in columns])
        for row, cells in enumerate(self._about):
            raise_row(about, row, fold(cells[1], columns[1].width))
            write_row(self._book, about, row, columns, cells)
        self._made.close()


class LongCsv:
    """The same rows as CSV that spreadsheets open in Vietnamese; instants in ISO 8601."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
        self._writer = csv.writer(self._text)
        self._writer.writerow([harmless(" – ".join(one.heading)) for one in columns])

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write these rows."""
        for cells in rows:
            self._writer.writerow([plain(cell) for cell in cells])

    def close(self) -> None:
        """Write what is left; the file stays open."""
        self._text.flush()
        self._text.detach()
