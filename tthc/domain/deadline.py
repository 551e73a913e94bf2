"""The promise made to a citizen: one call from a receipt to its due dates and their reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from tthc.domain.calendar import Calendar
from tthc.domain.due import (
    day_0,
    due_at_instant,
    due_of,
    due_on_date,
    imported_due,
)
from tthc.domain.errors import CalendarYearError, RuleError
from tthc.domain.moving import Cause, Clock, Extension, Move, follow, new_date
from tthc.domain.suspension import Suspension, united
from tthc.domain.term import (
    DEFAULT_POLICY,
    ClockPolicy,
    Mode,
    StartRule,
    SuspensionRule,
    Term,
    TermUnit,
)
from tthc.domain.verdict import Compare, Due, Verdict

__all__ = [
    "DEFAULT_POLICY",
    "Cause",
    "ClockPolicy",
    "Compare",
    "Delay",
    "Due",
    "Extension",
    "Mode",
    "Move",
    "Promise",
    "StartRule",
    "Suspension",
    "SuspensionRule",
    "Term",
    "TermUnit",
    "Verdict",
    "delay",
    "due_at_instant",
    "due_on_date",
    "imported_due",
    "promise",
    "re_promised",
]

Beyond = Literal["refuse", "provisional"]


@dataclass(frozen=True, slots=True)
class Promise:
    """The due dates of a case side by side (rules 3.9), each None where there is none for now.

    `first` is printed on the slip and never changes; `promised` is it, moved by suspensions;
    `current` is also moved by the extension; `statutory` follows the law's own term. `moves`
    say how `current` came about.
    """

    calendar: Calendar
    term: Term
    policy: ClockPolicy
    received_at: datetime
    first: Due | None
    promised: Due | None
    current: Due | None
    statutory: Due | None
    moves: tuple[Move, ...]

    @property
    def due_at(self) -> datetime | None:
        return self.current.due_at if self.current else None

    @property
    def due_on(self) -> date | None:
        return self.current.due_on if self.current else None

    @property
    def compare(self) -> Compare | None:
        return self.current.compare if self.current else None

    @property
    def overdue_at(self) -> datetime | None:
        """The first instant that counts as overdue."""
        return self.current.overdue_at if self.current else None

    @property
    def unsure_years(self) -> tuple[int, ...]:
        """Years that it relies on and that the calendar does not hold, or not as announced."""
        days = [due.due_on for due in (self.first, self.current, self.statutory) if due]
        days += [self.calendar.local_date(one.ended_at) for one in self.moves if one.ended_at]
        received_on = self.calendar.local_date(self.received_at)
        return self.calendar.unsure_years(received_on, max(days, default=received_on))

    @property
    def reckoned_with(self) -> Calendar:
        """The calendar that gave the dates, with the bare week beyond its years if need be."""
        return self.calendar.extended if self.is_provisional else self.calendar

    @property
    def day_0(self) -> date:
        """The day from which working days are counted, itself not counted (rules 3.3)."""
        rule = self.policy.start_rule
        return day_0(self.reckoned_with, self.term, self.received_at, rule)

    @property
    def is_provisional(self) -> bool:
        return bool(self.unsure_years)

    @property
    def is_suspended(self) -> bool:
        """Whether the clock stands still for now, so that there is no due date."""
        return bool(self.moves) and self.moves[-1].cause is Cause.STILL_SUSPENDED

    @property
    def is_suspended_after_due(self) -> bool:
        """Whether a suspension began when the case was late already: it stays late for good."""
        return any(move.cause is Cause.SUSPENDED_AFTER_DUE for move in self.moves)

    @property
    def working_target(self) -> Due | None:
        """The date to work towards once a late case resumed; it changes no verdict."""
        if not self.moves or self.moves[-1].cause is not Cause.SUSPENDED_AFTER_DUE:
            return None
        resumed_at = self.moves[-1].ended_at
        if resumed_at is None:
            return None
        return due_of(self.reckoned_with, self.term, resumed_at, self.policy)


def promise(
    calendar: Calendar,
    term: Term,
    received_at: datetime,
    *,
    policy: ClockPolicy = DEFAULT_POLICY,
    suspensions: Sequence[Suspension] = (),
    extension: Extension | None = None,
    statutory: Term | None = None,
    beyond: Beyond = "refuse",
) -> Promise:
    """The due dates of a case accepted at an instant, under the receiving shop's calendar.

    `term` is the one committed to, `statutory` the law's own where it differs. A year that is
    not loaded is refused (CalendarYearError) or, if asked for, answered provisionally.
    """
    if suspensions and any(one.started_at < received_at for one in suspensions):
        raise RuleError("Không thể tạm dừng trước khi tiếp nhận: hãy kiểm tra lại thời điểm.")
    happened = suspensions, extension
    try:
        dues = _dues(Clock(calendar, term, policy), received_at, happened, statutory)
    except CalendarYearError:
        if beyond == "refuse":
            raise
        dues = _dues(Clock(calendar.extended, term, policy), received_at, happened, statutory)
    return Promise(calendar, term, policy, received_at, *dues)


def re_promised(
    calendar: Calendar, due: Due, letter_issued_at: datetime, to: date | datetime
) -> Due:
    """The new date of a late letter, which moves nothing and never makes a case on time."""
    if not due.is_over(letter_issued_at):
        raise RuleError("Chưa quá ngày hẹn trả: hãy hẹn lại ngày trả kết quả theo văn bản này.")
    return new_date(calendar, due, to)


@dataclass(frozen=True, slots=True)
class Delay:
    """Working days after a due date: all of them, and without those spent suspended."""

    gross_days: int
    net_days: int


def delay(
    calendar: Calendar, due: Due, until: datetime, suspensions: Sequence[Suspension]
) -> Delay:
    """How late a result, or an open case at an instant, is; nothing when it is not late."""
    if not due.is_over(until):
        return Delay(0, 0)
    last = calendar.local_date(until)
    gross = calendar.working_days_between(due.due_on, last)
    given, given_to = 0, due.due_on
    for one in united(suspensions):
        begin = max(calendar.local_date(one.started_at), given_to)
        end = last if one.ended_at is None else min(calendar.local_date(one.ended_at), last)
        if begin < end:
            given += calendar.working_days_between(begin, end)
            given_to = end
    return Delay(gross, gross - given)


def _dues(
    clock: Clock,
    received_at: datetime,
    happened: tuple[Sequence[Suspension], Extension | None],
    statutory: Term | None,
) -> tuple[Due | None, Due | None, Due | None, Due | None, tuple[Move, ...]]:
    """First, promised, current and statutory due date, and the moves of the current one."""
    suspensions, extension = happened
    first = due_of(clock.calendar, clock.term, received_at, clock.policy)
    promised, moves = follow(clock, first, suspensions)
    by_law = promised
    if statutory is not None:
        law = replace(clock, term=statutory)
        by_law, _ = follow(
            law, due_of(law.calendar, statutory, received_at, law.policy), suspensions
        )
    if extension is None:
        return first, promised, promised, by_law, moves
    current, moves = follow(clock, first, suspensions, extension)
    return first, promised, current, by_law, moves
