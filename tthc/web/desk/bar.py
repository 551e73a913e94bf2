"""The partition as a bar: whole widths that sum to the whole, and none invisible."""

from collections.abc import Mapping
from dataclasses import dataclass

from tthc.rules import predicates

WIDTH = 1000
FIRST = (
    *("early", "on_time", "late"),
    *("open_in_time", "suspended", "suspended_after_due", "open_overdue"),
)
# the parts of a period's cases, each in the look of a bucket
OUTCOMES = {
    "resolved_early_in": "early",
    "resolved_on_time_in": "on_time",
    "resolved_late_in": "late",
    "in_time_at_end": "open_in_time",
    "overdue_at_end": "open_overdue",
}
LEAST = 3  # so that one case among a million is still seen


@dataclass(frozen=True, slots=True)
class Piece:
    """A bucket of the bar, in units of its width; `where` is the condition of its cases."""

    name: str
    where: str
    label: str
    count: int
    start: int
    width: int


def draw_bar(counts: Mapping[str, int]) -> list[Piece]:
    """The buckets that hold anything: resolved, open, then those counted beside."""
    return _draw([(name, name, counts[name]) for name in _shown() if counts.get(name)])


def draw_outcome(parts: Mapping[str, int]) -> list[Piece]:
    """A period's cases to resolve, in the looks of the buckets that they would be in."""
    return _draw([(OUTCOMES[name], name, count) for name, count in parts.items() if count])


def _draw(held: list[tuple[str, str, int]]) -> list[Piece]:
    whole = sum(count for _, _, count in held)
    widths = {name: max(LEAST, WIDTH * count // whole) for name, _, count in held}
    if held:  # the widest makes up for what rounding left or took
        widest = max(widths, key=lambda name: widths[name])
        widths[widest] += WIDTH - sum(widths.values())
    labels = predicates.predicates()
    pieces, start = [], 0
    for name, where, count in held:
        pieces.append(Piece(name, where, labels[where].label, count, start, widths[name]))
        start += widths[name]
    return pieces


def _shown() -> list[str]:
    return [*FIRST, *(name for name in predicates.partition() if name not in FIRST)]
