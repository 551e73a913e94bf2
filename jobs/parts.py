"""Conditions taken apart, so that what several of them share is decided once.

A condition's text names no other: all that it uses stands in it, in parentheses. Most of a text
stands in others too, and what names no date of a period stands in every period's.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import polars as pl

CALL = re.compile(r"\b(?:IN|COALESCE)\s*$")
PART = re.compile(r"\bpart_\d+_")
PIECE = re.compile(r"[()]|'[^']*'|[^()']+")


class Parts:
    """Texts taken apart: each part once, with a name that stands for it in those that use it."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._depths: dict[str, int] = {}

    def take(self, text: str) -> str:
        """The name of a text of the grammar of conditions, its parameters bound."""
        before: list[str] = []
        now = ""
        for piece in PIECE.findall(text):
            if piece == "(":
                before.append(now)
                now = ""
            elif piece == ")":
                outer = before.pop()
                now = outer + (f"({now})" if CALL.search(outer) else self._name(now))
            else:
                now += piece
        return self._name(now)

    def _name(self, text: str) -> str:
        if text in self._names:
            return self._names[text]
        if PART.fullmatch(text):
            return text
        name = self._names[text] = f"part_{len(self._names)}_"
        self._texts[name] = text
        uses = PART.findall(text)
        self._depths[name] = 1 + max((self._depths[use] for use in uses), default=0)
        return name

    def behind(self, names: Iterable[str]) -> set[str]:
        """The parts that these need, themselves included."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += PART.findall(self._texts[name])
        return found

    def steps(self, names: Iterable[str]) -> list[list[pl.Expr]]:
        """These parts as columns, those of a step after those that they need."""
        depths: dict[int, list[pl.Expr]] = {}
        for name in sorted(names):
            column = pl.sql_expr(self._texts[name]).alias(name)
            depths.setdefault(self._depths[name], []).append(column)
        return [depths[depth] for depth in sorted(depths)]


class Shared:
    """Lists of texts, taken apart together."""

    def __init__(self, lists: Sequence[Sequence[str]]) -> None:
        parts = Parts()
        self.names = [[parts.take(text) for text in texts] for texts in lists]
        needed = [parts.behind(names) for names in self.names]
        times = Counter(name for each in needed for name in each)
        often = {name for name, count in times.items() if count > 1}
        self._once = parts.steps(often)
        self._own = [parts.steps(each - often) for each in needed]

    def decide_shared(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with what several lists use."""
        return _decide(rows, self._once)

    def decide(self, rows: pl.DataFrame, place: int) -> pl.DataFrame:
        """The rows with all that the list at this place uses, under `names[place]`."""
        return _decide(rows, self._own[place])


def _decide(rows: pl.DataFrame, steps: list[list[pl.Expr]]) -> pl.DataFrame:
    for columns in steps:
        rows = rows.with_columns(columns)
    return rows
