"""What a changed calendar or term does to open cases: the days changed, the promises moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from tthc.domain.calendar import Calendar

Columns = Mapping[str, datetime | None]


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day whose counted hours are others than before; without hours it is a day off."""

    day: date
    worked_before: bool
    worked_after: bool
    name: str


@dataclass(frozen=True, slots=True)
class Moved:
    """Open cases that a changed calendar or term moves alike; the columns are those of their rows.

    `version` is the calendar under which they stood, `pins` what they pin anew.
    """

    case_ids: Sequence[int]
    version: str
    before: Columns
    after: Columns
    pins: Mapping[str, int | str | None]
    suspended_at: datetime | None = None
    with_letter: bool = False

    def was_overdue(self, as_of: datetime) -> bool:
        return _is_overdue(self.before, self.suspended_at, as_of)

    def is_overdue(self, as_of: datetime) -> bool:
        return _is_overdue(self.after, self.suspended_at, as_of)


@dataclass(slots=True)
class Impact:
    """How many open cases a change moves, and what that does to them.

    `later` and `earlier` are those whose due date itself moves; the others move on another basis
    alone. A case that stops being overdue without a letter owes none any more.
    """

    moved: int = 0
    later: int = 0
    earlier: int = 0
    start_overdue: int = 0
    stop_overdue: int = 0
    letters_newly_needed: int = 0
    letters_no_longer_needed: int = 0

    def add(self, one: Moved, as_of: datetime) -> None:
        number = len(one.case_ids)
        self.moved += number
        before, after = one.before["due_at"], one.after["due_at"]
        if before and after:
            self.later += number * (after > before)
            self.earlier += number * (after < before)
        was, now = one.was_overdue(as_of), one.is_overdue(as_of)
        owed = number * (not one.with_letter)
        self.start_overdue += number * (now and not was)
        self.stop_overdue += number * (was and not now)
        self.letters_newly_needed += owed * (now and not was)
        self.letters_no_longer_needed += owed * (was and not now)

    def counts(self) -> dict[str, int]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def changed_days(before: Calendar, after: Calendar) -> list[ChangedDay]:
    """The days of the years that both hold and that count otherwise than before."""
    assert before.years is not None
    assert after.years is not None
    first = max(before.years[0], after.years[0])
    last = min(before.years[-1], after.years[-1])
    day, found = date(first, 1, 1), []
    while day.year <= last:
        was, now = before.slots(day), after.slots(day)
        if was != now:
            name = after.days_off.get(day) or after.days_worked.get(day) or ""
            found.append(ChangedDay(day, bool(was), bool(now), name))
        day += timedelta(days=1)
    return found


def _is_overdue(columns: Columns, suspended_at: datetime | None, as_of: datetime) -> bool:
    """As the named condition `overdue` has it (rules/predicates.toml)."""
    overdue_at = columns["overdue_at"]
    if overdue_at is None:
        return False
    return overdue_at <= (as_of if suspended_at is None else suspended_at)
