"""How a due date moves: by suspensions (rules 3.8) and by an extension (rules 3.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tthc.domain.calendar import Calendar
from tthc.domain.due import (
    calendar_days_later,
    due_at_instant,
    due_at_slot,
    due_of,
    due_on_date,
    effective_day,
    months_later,
)
from tthc.domain.errors import RuleError
from tthc.domain.suspension import Suspension, united
from tthc.domain.term import ClockPolicy, SuspensionRule, Term, TermUnit
from tthc.domain.verdict import Compare, Due


class Cause(StrEnum):
    SUSPENDED = "suspended"
    STILL_SUSPENDED = "still_suspended"
    SUSPENDED_AFTER_DUE = "suspended_after_due"  # moves nothing: late stays late
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that happened to a due date, and what it was before and after."""

    cause: Cause
    started_at: datetime
    ended_at: datetime | None
    before: Due
    after: Due | None


@dataclass(frozen=True, slots=True)
class Extension:
    """The one re-appointment: an act that cites an issued letter (rules 3.9).

    `to` is the new date, the new instant, or how much longer it takes.
    """

    extended_at: datetime
    to: Term | date | datetime
    letter_number: str
    letter_issued_at: datetime
    granted: bool = False  # an act of the past: reckoned with, not judged anew


@dataclass(frozen=True, slots=True)
class Clock:
    """What a due date is reckoned with."""

    calendar: Calendar
    term: Term
    policy: ClockPolicy


def follow(
    clock: Clock,
    first: Due | None,
    suspensions: Sequence[Suspension],
    extension: Extension | None = None,
) -> tuple[Due | None, tuple[Move, ...]]:
    """The due date in force after everything that happened, and each move of it in order."""
    if first is None or not (suspensions or extension):
        return first, ()
    due: Due = first
    moves: list[Move] = []
    waiting = extension
    given_to = date.min
    for pause in united(suspensions):
        if waiting and waiting.extended_at < pause.started_at:
            moves.append(_extended(clock.calendar, due, waiting))
            due, waiting = moves[-1].after or due, None
        moves.append(move := _suspended(clock, due, pause, given_to))
        if move.after is None:
            _refuse_while_suspended(waiting)
            return None, tuple(moves)
        if move.cause is Cause.SUSPENDED:
            assert pause.ended_at is not None
            if waiting and waiting.extended_at < pause.ended_at:
                _refuse_while_suspended(waiting)
            given_to = effective_day(clock.calendar, pause.ended_at, clock.policy.start_rule)
        due = move.after
    if waiting:
        moves.append(_extended(clock.calendar, due, waiting))
        due = moves[-1].after or due
    return due, tuple(moves)


def _suspended(clock: Clock, due: Due, pause: Suspension, given_to: date) -> Move:
    at, until = pause.started_at, pause.ended_at
    if due.is_over(at):
        return Move(Cause.SUSPENDED_AFTER_DUE, at, until, due, due)
    if until is None:
        return Move(Cause.STILL_SUSPENDED, at, None, due, None)
    if clock.policy.suspension_rule is SuspensionRule.RESTART:
        again = due_of(clock.calendar, clock.term, until, clock.policy)
        assert again is not None
        after = max(due, again, key=lambda d: d.overdue_at)  # a suspension never shortens
    else:
        after = _shifted(clock, due, at, until, given_to)
    return Move(Cause.SUSPENDED, at, until, due, after)


def _shifted(clock: Clock, due: Due, at: datetime, until: datetime, given_to: date) -> Due:
    """The due date moved by the time suspended, in the term's own unit."""
    calendar, term = clock.calendar, clock.term
    if term.unit in {TermUnit.CALENDAR_DAY, TermUnit.MONTH}:
        days = (calendar.local_date(until) - calendar.local_date(at)).days
        return due_on_date(calendar, calendar_days_later(calendar, due.due_on, days))
    if term.unit is TermUnit.WORKING_HOUR or term.fraction:
        suspended = calendar.working_seconds_between(at, until)
        return due_at_instant(calendar, calendar.add_working_seconds(due.due_at, suspended))
    first = max(calendar.local_date(at), given_to)  # a working day is given back once
    resumed_on = effective_day(calendar, until, clock.policy.start_rule)
    days_suspended = max(0, calendar.working_days_between(first, resumed_on))
    last = calendar.add_working_days(due.due_on, days_suspended)
    if due.compare is Compare.BY_DATE:
        return due_on_date(calendar, last)
    return due_at_slot(calendar, last, first=due.at_first_slot)


def _extended(calendar: Calendar, due: Due, extension: Extension) -> Move:
    if extension.granted:
        to = _on_working_day(calendar, extension.to)
        after = max(due, new_date(calendar, due, to), key=lambda d: d.overdue_at)
        return Move(Cause.EXTENDED, extension.extended_at, None, due, after)
    if due.is_over(extension.extended_at) or due.is_over(extension.letter_issued_at):
        raise RuleError(
            "Đã quá ngày hẹn trả nên không hẹn lại được: văn bản xin lỗi muộn chỉ ghi ngày hẹn mới."
        )
    if extension.letter_issued_at > extension.extended_at:
        raise RuleError("Văn bản xin lỗi phải được ban hành trước khi hẹn lại ngày trả kết quả.")
    after = new_date(calendar, due, extension.to)
    if after.overdue_at <= due.overdue_at:
        raise RuleError("Ngày hẹn lại phải sau ngày hẹn trả hiện tại.")
    return Move(Cause.EXTENDED, extension.extended_at, None, due, after)


def new_date(calendar: Calendar, due: Due, to: Term | date | datetime) -> Due:
    """The due date that a letter names, or that is a term later; compared as the old one is.

    Raises RuleError for a day that is not worked.
    """
    if isinstance(to, datetime):
        at = calendar.local(to)
        calendar.opening_time(at.date())  # refuses a day that is not worked
        if due.compare is Compare.BY_INSTANT:
            return due_at_instant(calendar, at)
        return due_on_date(calendar, at.date(), at)
    day = to if isinstance(to, date) else _later(calendar, due, to)
    if isinstance(day, datetime):
        return due_at_instant(calendar, day)
    if due.compare is Compare.BY_DATE:
        return due_on_date(calendar, day)
    return due_at_slot(calendar, day, first=due.at_first_slot)


def _on_working_day(calendar: Calendar, to: Term | date | datetime) -> Term | date | datetime:
    """A date once promised; the next working day where a later decision took it from them."""
    if isinstance(to, Term):
        return to
    day = calendar.local_date(to) if isinstance(to, datetime) else to
    return to if calendar.is_worked(day) else calendar.roll_forward(day)


def _later(calendar: Calendar, due: Due, term: Term) -> date:
    """The date, or for hours the instant, that is a term later than a due date."""
    match term.unit:
        case TermUnit.WORKING_HOUR:
            return calendar.add_working_seconds(due.due_at, term.amount * 3600)
        case TermUnit.CALENDAR_DAY:
            return calendar_days_later(calendar, due.due_on, term.whole)
        case TermUnit.MONTH:
            return calendar.roll_forward(months_later(due.due_on, term.whole))
        case _:
            return calendar.add_working_days(due.due_on, term.whole)


def _refuse_while_suspended(extension: Extension | None) -> None:
    if extension and not extension.granted:
        raise RuleError("Hồ sơ đang tạm dừng nên chưa hẹn lại được: hãy chờ đến khi tiếp tục.")
