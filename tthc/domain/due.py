"""A due date: when a term that began at an instant ends, and what is early or late for it."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from tthc.domain.calendar import Calendar
from tthc.domain.errors import InputError, RuleError
from tthc.domain.localtime import MICROSECOND
from tthc.domain.term import DEFAULT_POLICY, ClockPolicy, Mode, StartRule, Term, TermUnit
from tthc.domain.verdict import Compare, Due
from tthc.domain.worktime import EVERY_YEAR

NOON = time(12)
ONE_DAY = timedelta(days=1)


def due_on_date(calendar: Calendar, day: date, at: datetime | None = None) -> Due:
    """Due at closing of a working day, or at an instant of it, but held by its date."""
    if at is not None:
        return _by_date(calendar, at, day)
    made = calendar.dues.get(day)
    if made is None:
        made = calendar.dues[day] = _by_date(calendar, calendar.closing_time(day), day)
    return made


def _rolled(calendar: Calendar, day: date) -> Due:
    """Due at closing of a day or, where it is not worked, of the next working day."""
    made = calendar.rolled_dues.get(day)
    if made is None:
        made = due_on_date(calendar, calendar.roll_forward(day))
        calendar.rolled_dues[day] = made
    return made


def _by_date(calendar: Calendar, at: datetime, day: date) -> Due:
    return Due(
        at,
        day,
        Compare.BY_DATE,
        calendar.midnight(day),
        calendar.midnight(day + ONE_DAY),
    )


def due_at_instant(calendar: Calendar, instant: datetime) -> Due:
    """Due at an instant and held by it."""
    at = calendar.local(instant)
    return _by_instant(calendar, at, at.date(), at_first_slot=False)


def due_at_slot(calendar: Calendar, day: date, *, first: bool) -> Due:
    """Due at the end of the first slot of a working day, or at its closing, to the instant."""
    at = calendar.first_slot_end(day) if first else calendar.closing_time(day)
    return _by_instant(calendar, at, day, at_first_slot=first)


def _by_instant(calendar: Calendar, at: datetime, day: date, *, at_first_slot: bool) -> Due:
    midnight = calendar.midnight(day)
    return Due(at, day, Compare.BY_INSTANT, midnight, at + MICROSECOND, at_first_slot)


def imported_due(calendar: Calendar, claimed: datetime | date) -> Due:
    """A due date that a file claims: with an hour by its instant, a bare date by its date."""
    if claimed.year not in EVERY_YEAR:
        raise InputError(f"Ngày hẹn trả {claimed} không có thật: hãy để trống nếu không có hạn.")
    if isinstance(claimed, datetime):
        if claimed.tzinfo is None:
            raise InputError("Ngày hẹn trả có giờ phải có múi giờ, ví dụ +07:00.")
        return due_at_instant(calendar, claimed)
    if calendar.slots(claimed):
        return due_on_date(calendar.extended, claimed)
    return due_on_date(calendar, claimed, calendar.midnight(claimed + ONE_DAY) - MICROSECOND)


def due_of(
    calendar: Calendar, term: Term, received_at: datetime, policy: ClockPolicy = DEFAULT_POLICY
) -> Due | None:
    """When a term that began at an instant ends; None for a procedure without a term."""
    if received_at.tzinfo is None:
        raise InputError("Thời điểm tiếp nhận phải có múi giờ, ví dụ +07:00.")
    match term.unit:
        case TermUnit.WORKING_DAY:
            return _after_working_days(calendar, term, received_at, policy)
        case TermUnit.CALENDAR_DAY:
            return _rolled(calendar, days_later(calendar.local_date(received_at), term.whole))
        case TermUnit.MONTH:
            return _rolled(calendar, months_later(calendar.local_date(received_at), term.whole))
        case TermUnit.WORKING_HOUR:
            at = calendar.add_working_seconds(received_at, term.hours_in_seconds)
            return _by_instant(calendar, at, at.date(), at_first_slot=False)
        case TermUnit.NONE:
            return None


def day_0(calendar: Calendar, term: Term, received_at: datetime, start_rule: StartRule) -> date:
    """The day from which working days are counted, itself not counted (rules 3.3)."""
    if term.cutoff is not None:
        local = received_at.astimezone(calendar.zone)
        if local.time() > term.cutoff:
            return calendar.add_working_days(local.date(), 1)
    return effective_day(calendar, received_at, start_rule)


def effective_day(calendar: Calendar, received_at: datetime, start_rule: StartRule) -> date:
    """The day as of which the start rule alone takes a receipt."""
    day = calendar.local_date(received_at)
    if start_rule is StartRule.RECEIPT_DAY_NOT_COUNTED:
        return day
    return _open_day(calendar, day, received_at)


def calendar_days_later(calendar: Calendar, day: date, days: int) -> date:
    """A number of calendar days later, rolled forward to a working day."""
    return calendar.roll_forward(days_later(day, days))


def days_later(day: date, days: int) -> date:
    """A number of calendar days later, worked or not."""
    try:
        return day + timedelta(days)
    except OverflowError:
        raise RuleError(f"Thời hạn {days} ngày vượt quá lịch: hãy kiểm tra lại.") from None


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last (Civil Code Art. 148)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > date.max.year:
        raise RuleError(f"Thời hạn {months} tháng vượt quá lịch: hãy kiểm tra lại thời hạn.")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _after_working_days(
    calendar: Calendar, term: Term, received_at: datetime, policy: ClockPolicy
) -> Due:
    start = day_0(calendar, term, received_at, policy.start_rule)
    if term.fraction:
        return _after_part_of_day(calendar, term, received_at, start, policy)
    if term.whole == 0:
        return due_on_date(calendar, _open_day(calendar, start, received_at))
    return _nth_working_day(calendar, term.whole, received_at, start, policy.mode)


def _nth_working_day(
    calendar: Calendar, number: int, received_at: datetime, start: date, mode: Mode
) -> Due:
    last = calendar.add_working_days(start, number)
    if mode is Mode.END_OF_DAY:
        return due_on_date(calendar, last)
    local = received_at.astimezone(calendar.zone)
    in_morning = local.time() <= NOON or local.date() != start or not calendar.is_worked(start)
    return due_at_slot(calendar, last, first=in_morning)


def _after_part_of_day(
    calendar: Calendar, term: Term, received_at: datetime, start: date, policy: ClockPolicy
) -> Due:
    """Whole days first, then a share of that day's working time, used up like hours (3.6)."""
    begin = received_at
    if term.whole:
        begin = _nth_working_day(calendar, term.whole, received_at, start, policy.mode).due_at
    elif start != calendar.local_date(received_at):  # past the cut-off
        begin = calendar.opening_time(start)
    day = calendar.local_date(calendar.next_opening(begin))
    share = term.fraction * calendar.working_seconds_of(day)
    return due_at_instant(calendar, calendar.add_working_seconds(begin, share))


def _open_day(calendar: Calendar, day: date, received_at: datetime) -> date:
    """The day itself, or the next working day if it is not worked or the receipt is after closing.

    Exactly at closing still counts.
    """
    if calendar.is_worked(day) and received_at <= calendar.closing_time(day):
        return day
    return calendar.add_working_days(day, 1)
