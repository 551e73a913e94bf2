"""Small counts are persons: which rows of a table may be shown to everybody.

A *kind* is the cases that the conditions shown cannot tell apart: whatever is worked out from the
numbers of a row, numerators, denominators, what lies between them, a rate, another definition over
the same cases, is a sum of its kinds. So a row is shown where each kind counts nobody or enough,
and else goes, with others, into one row of its own that is held to the same. What is shown is a
partition of the whole: no sum or difference of it tells of a single hidden row.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

Kinds = tuple[int, ...]  # how many cases of each kind


@dataclass(frozen=True, slots=True)
class Covered:
    """A table's rows by id: those `shown`, those `hidden`, and what these count together; None
    where that is too few as well, and then nothing is shown, nor the total.
    """

    shown: tuple[int, ...]
    hidden: tuple[int, ...]
    together: Kinds | None


def is_safe(kinds: Kinds, threshold: int) -> bool:
    """Whether no kind counts somebody and yet fewer than the threshold. Nobody may be told."""
    return all(count == 0 or count >= threshold for count in kinds)


def cover(rows: Mapping[int, Kinds], threshold: int) -> Covered:
    """Hide every row with a small count, never one alone, and as many more as it takes: first, in
    the order of the rows, one that has cases of every kind that is still too few.

    The order must not depend on the counts: who knows this rule would read them off the choice.
    """
    hidden = {key for key, kinds in rows.items() if not is_safe(kinds, threshold)}
    while hidden and not _covers(rows, hidden, threshold):
        few = [0 < count < threshold for count in _sum(rows, hidden)]
        # a row of nobody would hide nothing
        left = [key for key, kinds in rows.items() if key not in hidden and any(kinds)]
        if not left:
            return Covered((), tuple(rows), None)
        filling = [
            key
            for key in left
            if all(count or not lacking for count, lacking in zip(rows[key], few, strict=True))
        ]
        hidden.add((filling or left)[0])
    shown = tuple(key for key in rows if key not in hidden)
    together = _sum(rows, hidden) if hidden else None
    return Covered(shown, tuple(key for key in rows if key in hidden), together)


def _covers(rows: Mapping[int, Kinds], hidden: Collection[int], threshold: int) -> bool:
    """Whether the rows hide one another, so never one alone: together enough, and neither
    the fewest nor the most that so many small rows can be, as then all of them would be that.
    """
    together = _sum(rows, hidden)
    told = (len(hidden), len(hidden) * (threshold - 1))
    return is_safe(together, threshold) and sum(together) not in told


def _sum(rows: Mapping[int, Kinds], keys: Iterable[int]) -> Kinds:
    return tuple(map(sum, zip(*(rows[key] for key in keys), strict=True)))
