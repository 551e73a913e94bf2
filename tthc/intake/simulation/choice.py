"""Weighted choice among the rows of a table, group by group, in columns."""

from collections.abc import Sequence
from itertools import accumulate

import polars as pl


class Choice:
    """Rows lie group after group; a draw in [0, 1) picks one of a group's by its weight."""

    def __init__(self, groups: Sequence[int], weights: Sequence[float], count: int) -> None:
        assert list(groups) == sorted(groups)
        ends = [0.0] * count
        running = list(accumulate(weights))
        for group, end in zip(groups, running, strict=True):
            ends[group] = end
        for group in range(1, count):
            ends[group] = max(ends[group], ends[group - 1])
        starts = [0.0, *ends[:-1]]
        self._running = pl.Series(running, dtype=pl.Float64)
        self._starts = pl.Series(starts, dtype=pl.Float64)
        self._widths = pl.Series(
            [end - start for start, end in zip(starts, ends, strict=True)], dtype=pl.Float64
        )
        self._last = len(running) - 1

    def pick(self, group: pl.Expr, roll: pl.Expr) -> pl.Expr:
        """The place of the chosen row."""
        at = pl.lit(self._starts).gather(group) + roll * pl.lit(self._widths).gather(group)
        return pl.lit(self._running).search_sorted(at, side="right").clip(0, self._last)
