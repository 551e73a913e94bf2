"""The traces as sheets."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tthc.reports.sheet import write_csv, write_workbook
from tthc.reports.table import Cell, Column, Kind, Table

# of the columns in their order: kind and width
_SHAPES: tuple[tuple[Kind, float], ...] = (
    *(("moment", 17), ("text", 24), ("text", 34), ("text", 28), ("number", 9), ("text", 60)),
)


def traces_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """As CSV, with instants in ISO 8601."""
    return write_csv(_columns(headings), rows)


def traces_workbook(
    headings: Sequence[str], rows: Iterable[Sequence[Cell]], made_at: datetime
) -> bytes:
    """As XLSX, with instants as real dates."""
    table = Table("Nhật ký", ["NHẬT KÝ TRUY CẬP VÀ THAY ĐỔI"], _columns(headings), rows)
    return write_workbook([table], made_at)


def _columns(headings: Sequence[str]) -> list[Column]:
    return [
        Column((heading,), kind, width)
        for heading, (kind, width) in zip(headings, _SHAPES, strict=True)
    ]
