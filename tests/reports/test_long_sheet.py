"""A long file is written in memory that does not grow with its rows."""

import os
import tempfile
import tracemalloc
from datetime import UTC, datetime

import pytest

from tests.worlds import AS_OF
from tthc.reports.long_sheet import LongCsv, LongSheet
from tthc.reports.table import Cell
from tthc.web.desk.case_file import COLUMNS

MANY = 100_000 if os.environ.get("TTHC_HEAVY") else 2_400
FEW, BATCH = 600, 200
AT = datetime(2026, 3, 5, 2, tzinfo=UTC)


def peak(kind: str, count: int) -> int:
    """The most bytes held at once while so many rows are written."""
    row: list[Cell] = [
        "H-1",
        3,
        *("một thủ tục có tên rất dài " * 4,) * 9,
        *(AT,) * 5,
        "1/XL",
        *(AT,) * 2,
    ]
    row += ["Có", "Không"][: len(COLUMNS) - len(row)]
    tracemalloc.start()
    with tempfile.TemporaryFile() as file:
        table = (
            LongCsv(file, COLUMNS)
            if kind == "csv"
            else LongSheet(file, "Hồ sơ", COLUMNS, AS_OF, ())
        )
        for first in range(0, count, BATCH):
            table.add([[f"H-{number}", *row[1:]] for number in range(first, first + BATCH)])
        table.close()
        assert file.seek(0, os.SEEK_END) > count
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


@pytest.mark.heavy
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_stays_as_it_is(kind: str) -> None:
    peak(kind, BATCH)  # what is loaded once
    few, many = peak(kind, FEW), peak(kind, MANY)
    print(f"{kind}: {FEW} rows {few} bytes, {MANY} rows {many} bytes")
    assert many < few * 1.25
