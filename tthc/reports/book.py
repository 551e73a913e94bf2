"""A workbook in the making: its formats, merged cells, the height of rows, and its paper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

FACE = {"font_name": "Times New Roman", "font_size": 11}
LINE, AIR = 15, 3  # points of a line, and around the lines of a cell
A4, A3 = 9, 8  # as spreadsheets number papers
MOST_ON_A4 = 200  # digits side by side that are still read on A4 lying down


@dataclass(slots=True)
class Book:
    """A workbook with its formats, each made once."""

    book: Any
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def style(self, **look: Any) -> Any:  # noqa: ANN401  # a format of the library
        key = tuple(sorted(look.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(FACE | {"valign": "vcenter"} | look)
        return self.formats[key]


def lay_out(sheet: Any, widths: Sequence[float]) -> None:  # noqa: ANN401  # a sheet of the library
    """Columns of these widths on paper that lies down, all of them on one page's width."""
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.set_paper(A4 if sum(widths) <= MOST_ON_A4 else A3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C&P/&N")


def raise_row(sheet: Any, row: int, lines: int) -> None:  # noqa: ANN401  # a sheet of the library
    """Room for folded text: some programs fold it without making the row higher."""
    if lines > 1:
        sheet.set_row(row, LINE * lines + AIR)


def merge(sheet: Any, area: tuple[int, int, int, int], text: str, look: Any) -> None:  # noqa: ANN401  # of the library
    """A text over an area: top, left, bottom, right."""
    top, left, bottom, right = area
    if (top, left) != (bottom, right):
        sheet.merge_range(*area, "", look)
    sheet.write_string(top, left, text, look)
