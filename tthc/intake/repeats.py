"""Codes that come twice in one file: identical rows count once, others are all rejected."""

import polars as pl

from tthc.intake.cells import shown
from tthc.intake.spill import Spill

LISTED = 5


class Repeats:
    """What is remembered of each row while a file is read: three numbers."""

    def __init__(self) -> None:
        self.keys: list[pl.DataFrame] = []

    def add(self, batch: pl.DataFrame) -> None:
        self.keys.append(
            batch.filter(pl.col("case_code").is_not_null()).select(
                "line", key=pl.col("case_code").hash()
            )
        )

    def settle(self, spill: Spill) -> tuple[set[int], dict[int, str]]:
        """The lines that say again what another says, and those that contradict, with why."""
        keys = pl.concat(self.keys)
        suspects = keys.filter(pl.col("key").is_duplicated())["line"]
        if suspects.is_empty():
            return set(), {}
        rows = pl.concat(
            frame.filter(pl.col("line").is_in(suspects.implode())).select(
                "line", "case_code", "facts"
            )
            for frame in spill.frames()
        ).sort("line")
        groups = (
            rows.group_by("case_code", maintain_order=True)
            .agg("line", kinds=pl.col("facts").n_unique())
            .filter(pl.col("line").list.len() > 1)
        )
        again: set[int] = set()
        against: dict[int, str] = {}
        for code, lines, kinds in groups.iter_rows():
            if kinds == 1:
                again.update(lines[1:])
                continue
            listed = ", ".join(map(str, lines[:LISTED])) + (" …" if len(lines) > LISTED else "")
            why = (
                f"Mã hồ sơ {shown(code)} có ở các dòng {listed} với nội dung khác nhau: "
                "giữ lại một dòng đúng"
            )
            against.update(dict.fromkeys(lines, why))
        return again, against
