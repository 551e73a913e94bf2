"""A report of another system, row by row, as far as it could be read."""

from dataclasses import dataclass, field
from typing import Literal

RowKind = Literal["unit", "subtotal", "total", "of_which"]


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """A row: its line in the file, what it names, and its counts by the layout's columns; None
    where the cell says nothing.
    """

    line: int
    name: str
    kind: RowKind
    values: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class ForeignReport:
    """The rows of one sheet under a layout, the headings that the layout doesn't know, and the
    columns of the layout that the sheet doesn't have.
    """

    layout: str
    sha256: str
    file_name: str
    rows: list[ForeignRow]
    unknown: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
