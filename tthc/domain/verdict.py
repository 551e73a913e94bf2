"""What is due, and what is early or late for it (rules 3.7)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Compare(StrEnum):
    """How a result is held against a due date (rules 3.7)."""

    BY_DATE = "by_date"
    BY_INSTANT = "by_instant"


class Verdict(StrEnum):
    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Due:
    """An instant at which a result is due, in the wall time of the unit's zone.

    `due_on` is the date of the promise; a shop that closes at 24:00 has `due_at` at the midnight
    after it. `overdue_at` is the first instant that counts as overdue: a result is late exactly
    when it comes at or after it, an open case is overdue exactly when that instant has come.
    A result is early exactly when it comes before `day_begins_at`, where the local date begins.
    """

    due_at: datetime
    due_on: date
    compare: Compare
    day_begins_at: datetime
    overdue_at: datetime
    at_first_slot: bool = False  # half-day terms keep their slot when they move

    def verdict(self, result_at: datetime) -> Verdict:
        """Early, on time or late (rules 3.7), at the instant of "result ready"."""
        if result_at >= self.overdue_at:
            return Verdict.LATE
        return Verdict.EARLY if result_at < self.day_begins_at else Verdict.ON_TIME

    def is_over(self, as_of: datetime) -> bool:
        return as_of >= self.overdue_at
