"""What stands around an official table: its head, its headings, its notes and signatures."""

from collections.abc import Sequence
from itertools import groupby
from math import ceil
from typing import Any

from tthc.reports.book import Book, merge, raise_row
from tthc.reports.folding import fold, max_fold
from tthc.reports.table import COUNTRY, Column, Table

CORNER = 2  # columns that the left corner takes: the number and the unit
SIGNING = 4  # rows left for a signature
Lines = tuple[Sequence[str], tuple[int, int], dict[str, Any]]  # texts, first and last column, look


def write_head(book: Book, sheet: Any, table: Table) -> int:  # noqa: ANN401  # a sheet of the library
    """The issuer, the title between its corners, and what is counted; the row of the headings."""
    last, row = len(table.columns) - 1, 0
    if table.issuer:
        half = _halve(table.columns)
        sides: list[Lines] = [
            (table.issuer, (0, half), {"bold": True, "align": "center"}),
            (COUNTRY, (half + 1, last), {"bold": True, "align": "center"}),
        ]
        row = _write_lines(book, sheet, table, row, sides) + 1
    left, right = table.corners
    beside = CORNER if left or right else 0
    middle = (beside, last - (last // 4 if beside else 0) - bool(beside))
    row = _write_lines(
        *(book, sheet, table, row),
        [
            (left[:1], (0, beside - 1), {"bold": True}),
            (table.title[:1], middle, {"bold": True, "align": "center"}),
            (right[:1], (middle[1] + 1, last), {}),
        ],
    )
    row = _write_lines(
        *(book, sheet, table, row),
        [
            (left[1:], (0, beside - 1), {}),
            (table.title[1:], middle, {"italic": True, "align": "center"}),
            (right[1:], (middle[1] + 1, last), {}),
        ],
    )
    if table.unit:
        merge(sheet, (row, 0, row, last), table.unit, book.style(italic=True, align="right"))
        return row + 1
    return row + bool(table.title)


def write_headings(book: Book, sheet: Any, table: Table, top: int) -> int:  # noqa: ANN401  # a sheet of the library
    """Headings merged across what they share and down to their last row; the next free row."""
    depth = max(len(one.heading) for one in table.columns)
    look = book.style(bold=True, border=1, align="center", text_wrap=True)
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
            merge(sheet, area, heading[level], look)
            room = sum(table.columns[place].width for place in within)
            share = fold(heading[level], room) / (bottom - top - level + 1)
            lines[level] = max(lines[level], ceil(share))
    for level, needed in enumerate(lines):
        raise_row(sheet, top + level, needed)
    if table.numbering:
        look = book.style(border=1, italic=True, align="center", text_wrap=True, font_size=9)
        numbers = [text.replace("=", "=\n", 1) for text in table.numbering]
        for place, text in enumerate(numbers):
            sheet.write_string(top + depth, place, text, look)
        widths = [column.width for column in table.columns]
        raise_row(sheet, top + depth, max_fold(zip(numbers, widths, strict=True)))
    return top + depth + bool(table.numbering)


def write_foot(book: Book, sheet: Any, table: Table, row: int) -> None:  # noqa: ANN401  # a sheet of the library
    """Notes, then who signs; `row`: the first free one."""
    widths = [column.width for column in table.columns]
    last = len(widths) - 1
    for line in table.notes:
        row += 1
        merge(sheet, (row, 0, row, last), line, book.style(italic=True, text_wrap=True))
        raise_row(sheet, row, fold(line, sum(widths)))
    share = len(widths) // (len(table.signatures) or 1)
    row += 2
    for place, signed in enumerate(table.signatures):
        columns = (place * share, (place + 1) * share - 1)
        if place == len(table.signatures) - 1:
            columns = (place * share, last)
            if table.dated:
                look = book.style(italic=True, align="center")
                merge(sheet, (row, columns[0], row, columns[1]), table.dated, look)
        for below, line in enumerate(signed, start=row + 1):
            look = book.style(bold=below == row + 1, italic=below > row + 1, align="center")
            merge(sheet, (below, columns[0], below, columns[1]), line, look)
    if table.signatures:  # the room is printed too
        sheet.write_blank(row + 2 + SIGNING, 0, None, book.style())


def _write_lines(
    book: Book,
    sheet: Any,  # noqa: ANN401  # a sheet of the library
    table: Table,
    row: int,
    blocks: Sequence[Lines],
) -> int:
    """Blocks of lines side by side; the next free row."""
    widths = [column.width for column in table.columns]
    for place in range(max(len(lines) for lines, _, _ in blocks)):
        needed = 1
        for lines, (begin, end), look in blocks:
            if place < len(lines):
                style = book.style(**look, text_wrap=True)
                merge(sheet, (row, begin, row, end), lines[place], style)
                needed = max(needed, fold(lines[place], sum(widths[begin : end + 1])))
        raise_row(sheet, row, needed)
        row += 1
    return row


def _halve(columns: Sequence[Column]) -> int:
    """The last column of the left half of the width."""
    whole, passed = sum(each.width for each in columns), 0.0
    for place, each in enumerate(columns[:-1]):
        passed += each.width
        if passed + columns[place + 1].width > whole / 2:
            return place
    return 0


def _upper(column: Column, place: int, level: int) -> tuple[Any, ...]:
    """What a heading shares with its neighbours: an upper one its text, the lowest nothing."""
    if level < len(column.heading) - 1:
        return column.heading[: level + 1]
    return (place,)
