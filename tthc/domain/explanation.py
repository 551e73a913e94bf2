"""Why a due date is what it is: as data, day by day, for the citizen and for the API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from tthc.domain.calendar import Calendar
from tthc.domain.deadline import Promise
from tthc.domain.due import day_0, months_later
from tthc.domain.moving import Cause, Move
from tthc.domain.term import Mode, StartRule, SuspensionRule, TermUnit
from tthc.domain.verdict import Due

ONE_DAY = timedelta(days=1)
ROLLED = frozenset({TermUnit.CALENDAR_DAY, TermUnit.MONTH})


class Why(StrEnum):
    WEEKEND = "weekend"
    DAY_OFF = "day_off"
    WORKED_IN_LIEU = "worked_in_lieu"  # a day of the weekend that does count
    OWN_DAY_OFF = "own_day_off"  # the receiving unit's alone
    OWN_WEEK = "own_week"  # a weekday that its own weekly hours leave out


class Changed(StrEnum):
    """What a decision changed for open cases."""

    CALENDAR = "calendar"
    TERM = "term"
    HOURS = "hours"  # of the receiving unit


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day that is skipped, or counted although it lies in a weekend, and why."""

    day: date
    why: Why
    name: str = ""


@dataclass(frozen=True, slots=True)
class Recalculation:
    """An open case brought to a changed calendar, to a new term or to its unit's new hours, by
    which decision.
    """

    at: datetime
    decision: str
    before: datetime
    after: datetime
    changed: Changed = Changed.CALENDAR


@dataclass(frozen=True, slots=True)
class OwnHoursUsed:
    """The receiving unit and its decisions that had a say, and whether it was open for reception
    alone at the receipt.
    """

    unit: str
    titles: tuple[str, ...]
    received_only: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Received → effective day → days skipped and why → suspensions → extension → due.

    `counted_from` is day 0 of the count that led to the due date: the effective day, or that of
    the last resume that started the term anew. `skipped` are the days after it that did not
    count; for calendar days and months those over which the end was rolled forward.
    `unsure_years`, not loaded or not announced, make the date provisional. Of an `imported`
    case the first due date is what the file claims; no term of ours led to it.
    """

    received_at: datetime
    amount: Decimal
    unit: TermUnit
    mode: Mode
    start_rule: StartRule
    suspension_rule: SuspensionRule
    effective_day: date
    counted_from: date
    skipped: tuple[NamedDay, ...]
    worked: tuple[NamedDay, ...]
    moves: tuple[Move, ...]
    suspended: bool
    first: Due | None
    promised: Due | None
    current: Due | None
    statutory: Due | None
    calendar: str
    calendar_version: str
    unsure_years: tuple[int, ...]
    imported: bool = False
    recalculations: tuple[Recalculation, ...] = ()
    own: OwnHoursUsed | None = None


def explain(
    promise: Promise,
    *,
    imported: bool = False,
    recalculations: Sequence[Recalculation] = (),
    own: OwnHoursUsed | None = None,
) -> Explanation:
    """The explanation of a promise: here alone the days between are walked one by one."""
    calendar = promise.reckoned_with
    counted_from = _counted_from(promise, calendar)
    passed: list[NamedDay] = []
    if promise.current and not (imported and _restarted_at(promise) is None):
        last = promise.current.due_on
        first = counted_from + ONE_DAY
        if promise.term.unit in ROLLED:
            first = _before_rolling(promise, calendar)
        elif promise.term.unit is TermUnit.WORKING_HOUR or promise.term.fraction:
            first = counted_from
        passed = [named for day in _days(first, last) if (named := _named(calendar, day))]
    return Explanation(
        received_at=calendar.local(promise.received_at),
        amount=Decimal(promise.term.amount),
        unit=promise.term.unit,
        mode=promise.policy.mode,
        start_rule=promise.policy.start_rule,
        suspension_rule=promise.policy.suspension_rule,
        effective_day=promise.day_0,
        counted_from=counted_from,
        skipped=tuple(one for one in passed if one.why is not Why.WORKED_IN_LIEU),
        worked=tuple(one for one in passed if one.why is Why.WORKED_IN_LIEU),
        moves=tuple(_in_local_time(move, calendar) for move in promise.moves),
        suspended=promise.is_suspended,
        first=promise.first,
        promised=promise.promised,
        current=promise.current,
        statutory=promise.statutory,
        calendar=calendar.code,
        calendar_version=calendar.version,
        unsure_years=promise.unsure_years,
        imported=imported,
        recalculations=tuple(recalculations),
        own=own,
    )


def _in_local_time(move: Move, calendar: Calendar) -> Move:
    ended_at = move.ended_at and calendar.local(move.ended_at)
    return replace(move, started_at=calendar.local(move.started_at), ended_at=ended_at)


def _counted_from(promise: Promise, calendar: Calendar) -> date:
    restarted_at = _restarted_at(promise)
    if restarted_at is None:
        return promise.day_0
    return day_0(calendar, promise.term, restarted_at, promise.policy.start_rule)


def _restarted_at(promise: Promise) -> datetime | None:
    """When the term last began anew."""
    if promise.policy.suspension_rule is not SuspensionRule.RESTART:
        return None
    resumes = [move.ended_at for move in promise.moves if move.cause is Cause.SUSPENDED]
    return resumes[-1] if resumes else None


def _before_rolling(promise: Promise, calendar: Calendar) -> date:
    """Where a term in calendar days or months would end if every day were worked."""
    moved = [move for move in promise.moves if move.after not in {None, move.before}]
    last = moved[-1] if moved else None
    if last and last.cause is Cause.EXTENDED:
        assert last.after is not None
        return last.after.due_on
    if last and last.ended_at and _restarted_at(promise) is None:
        suspended = calendar.local_date(last.ended_at) - calendar.local_date(last.started_at)
        return last.before.due_on + suspended
    begin = calendar.local_date(_restarted_at(promise) or promise.received_at)
    if promise.term.unit is TermUnit.MONTH:
        return months_later(begin, promise.term.whole)
    return begin + timedelta(days=promise.term.whole)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _named(calendar: Calendar, day: date) -> NamedDay | None:
    """A day that needs a word: not worked, or worked though its weekday is not."""
    weekend = not calendar.week_on(day).on(day)
    if day in calendar.days_off and not weekend:
        why = Why.OWN_DAY_OFF if day in calendar.own_days else Why.DAY_OFF
        return NamedDay(day, why, calendar.days_off[day])
    if calendar.is_worked(day):
        return NamedDay(day, Why.WORKED_IN_LIEU, calendar.days_worked[day]) if weekend else None
    if calendar.week.on(day):
        return NamedDay(day, Why.OWN_WEEK)
    return NamedDay(day, Why.WEEKEND, calendar.days_off.get(day, ""))
