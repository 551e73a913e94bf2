"""The rows that could not be taken, in the words of the person who must mend them."""

import csv
import json
import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from tthc.intake.reading import raw_name
from tthc.intake.table import Table


class RejectsFile:
    """A CSV of line, reasons and the row as it stood, which can be mended and imported itself.

    It appears under its name only when it is `keep()`t; for the import's own reader only.
    """

    def __init__(self, path: Path, table: Table) -> None:
        self.path = path
        self.table = table
        self.count = 0

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.growing = self.path.with_suffix(f".{os.getpid()}.part")
        descriptor = os.open(self.growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self.file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.file)
        self.writer.writerow(["dòng", "lý do", *self.table.columns])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.file.close()
        self.growing.unlink(missing_ok=True)

    def add(self, rows: pl.DataFrame) -> None:
        """Rows with `line`, `reasons`, the source's own cells and `ragged`."""
        cells = [raw_name(at) for at in range(len(self.table.columns))]
        taken = rows.select("line", pl.col("reasons").list.join("; "), "ragged", *cells)
        self.writer.writerows(_written(taken.iter_rows()))
        self.count += len(rows)

    def keep(self) -> Path | None:
        """The finished file's path, or None where nothing was rejected."""
        self.file.close()
        if not self.count:
            self.path.unlink(missing_ok=True)
            return None
        self.growing.replace(self.path)
        return self.path


def _written(rows: Iterable[tuple[object, ...]]) -> Iterable[list[object]]:
    for line, reasons, ragged, *cells in rows:
        yield [line, reasons, *(json.loads(str(ragged)) if ragged else cells)]
