"""What the rows of an annex would do, and those that can't be taken."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, NamedTuple, Protocol, TypeVar

from tthc.intake.catalogue.sheet import RowProblems, SheetRow
from tthc.intake.catalogue.timeline import Facts, Key, Step


@dataclass
class Plan(Generic[Facts]):
    """The steps of an annex in the order in which they are carried out; rejects by line."""

    steps: list[Step[Facts]] = field(default_factory=list)
    rejects: dict[int, list[str]] = field(default_factory=dict)


class ReadRow(Protocol):
    """A row that was read: what it is about, and since when."""

    @property
    def line(self) -> int: ...
    @property
    def key(self) -> Key: ...
    @property
    def start(self) -> date: ...


Read = TypeVar("Read", bound=ReadRow)


class Dates(NamedTuple):
    """From when a row holds, and, where it says so, until when."""

    start: date
    end: date | None


def read_dates(row: SheetRow, problems: RowProblems, decided_on: date) -> Dates:
    """The validity that a row names; by default from the decision's date on."""
    start = problems.date("valid_from", row.cells.get("valid_from", "")) or decided_on
    end = problems.date("valid_to", row.cells.get("valid_to", ""))
    if end is not None and row.cells.get("valid_from") and end <= start:
        problems.add(f"valid_to {end:%d/%m/%Y} phải sau valid_from {start:%d/%m/%Y}")
    return Dates(start, end)


def read_rows(
    rows: list[SheetRow],
    rejects: dict[int, list[str]],
    read: Callable[[SheetRow, RowProblems], Read],
) -> list[Read]:
    """The rows that can be read, each once; those that contradict each other are rejected.

    A row may be repeated word for word; two that say different things of one key on one date are
    both rejected.
    """
    found: dict[tuple[Key, date, bool], list[Read]] = defaultdict(list)
    first: dict[tuple[tuple[str, str], ...], int] = {}
    for row in rows:
        if first.setdefault(tuple(row.cells.items()), row.line) != row.line:
            continue
        problems = RowProblems()
        known = read(row, problems)
        if problems.reasons:
            rejects[row.line] = problems.reasons
            continue
        found[known.key, known.start, getattr(known, "ends", False)].append(known)
    kept = []
    for same in found.values():
        if len(same) == 1:
            kept.append(same[0])
            continue
        for known in same:
            lines = ", ".join(str(other.line) for other in same if other is not known)
            rejects[known.line] = [f"mâu thuẫn với dòng {lines}: cùng mã, cùng ngày"]
    return kept
