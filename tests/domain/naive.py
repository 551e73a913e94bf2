"""The clock again, by walking day by day and slot by slot: slow, plain, and written apart."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from tthc.domain.calendar import Calendar
from tthc.domain.term import DEFAULT_POLICY, ClockPolicy, Mode, StartRule, Term, TermUnit

DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


def wall_slots(calendar: Calendar, day: date) -> list[tuple[timedelta, timedelta]]:
    week = calendar.week.days
    for own in calendar.own_weeks:  # the last of a unit's own that holds
        if own.week and own.first <= day and (own.before is None or own.before > day):
            week = own.week.days
    if day in calendar.days_off:
        return []
    slots = week[day.weekday()]
    if not slots and day in calendar.days_worked:
        slots = week[0] or next(one for one in week if one)
    return [
        (timedelta(microseconds=slot.opens), timedelta(microseconds=slot.closes)) for slot in slots
    ]


def instant(calendar: Calendar, day: date, since_midnight: timedelta) -> datetime:
    """The first instant at which the wall shows that time or, where it is skipped, a later one."""
    wall = datetime.combine(day, time()) + since_midnight
    first = wall.replace(tzinfo=calendar.zone).astimezone(UTC)
    if first.astimezone(calendar.zone).replace(tzinfo=None) == wall:
        return first
    probe = first - timedelta(hours=26)  # Apia skipped a whole day
    while probe.astimezone(calendar.zone).replace(tzinfo=None) < wall:
        probe += timedelta(minutes=1)  # zones change their clocks at whole minutes
    return probe


def worked(calendar: Calendar, day: date) -> bool:
    return bool(wall_slots(calendar, day))


def spans(calendar: Calendar, day: date) -> list[Span]:
    return [
        (instant(calendar, day, opens), instant(calendar, day, closes))
        for opens, closes in wall_slots(calendar, day)
    ]


def add_working_days(calendar: Calendar, day: date, amount: int) -> date:
    step = DAY if amount > 0 else -DAY
    left = abs(amount)
    while left:
        day += step
        left -= worked(calendar, day)
    return day


def working_days_between(calendar: Calendar, start: date, end: date) -> int:
    count = 0
    while start < end:
        start += DAY
        count += worked(calendar, start)
    return count


def without(pieces: list[Span], pauses: list[Span]) -> list[Span]:
    for begin, end in pauses:
        kept = []
        for opens, closes in pieces:
            if end <= opens or closes <= begin:
                kept.append((opens, closes))
                continue
            if opens < begin:
                kept.append((opens, begin))
            if end < closes:
                kept.append((end, closes))
        pieces = kept
    return pieces


def add_working_time(
    calendar: Calendar, start: datetime, amount: timedelta, pauses: list[Span]
) -> datetime:
    """For amounts above zero."""
    day = start.astimezone(calendar.zone).date()
    while True:
        for opens, closes in without(spans(calendar, day), pauses):
            begin = max(opens, start)
            if begin >= closes:
                continue
            if begin + amount <= closes:
                return begin + amount
            amount -= closes - begin
        day += DAY


def working_time_between(
    calendar: Calendar, start: datetime, end: datetime, pauses: list[Span]
) -> timedelta:
    total = timedelta()
    day = start.astimezone(calendar.zone).date()
    while day <= end.astimezone(calendar.zone).date():
        for opens, closes in without(spans(calendar, day), pauses):
            total += max(timedelta(), min(closes, end) - max(opens, start))
        day += DAY
    return total


def roll(calendar: Calendar, day: date) -> date:
    while not worked(calendar, day):
        day += DAY
    return day


def due(
    calendar: Calendar, term: Term, received_at: datetime, policy: ClockPolicy = DEFAULT_POLICY
) -> datetime:
    """When a term ends; whole working days, calendar days, months, hours above zero."""
    local = received_at.astimezone(calendar.zone)
    day, amount = local.date(), int(term.amount)
    if term.unit is TermUnit.WORKING_HOUR:
        seconds = timedelta(seconds=int(Decimal(term.amount) * 3600))
        return add_working_time(calendar, received_at, seconds, [])
    if term.unit is TermUnit.CALENDAR_DAY:
        return closing(calendar, roll(calendar, day + amount * DAY))
    if term.unit is TermUnit.MONTH:
        months = day.year * 12 + day.month - 1 + amount
        year, month = months // 12, months % 12 + 1
        number = min(day.day, monthrange(year, month)[1])
        return closing(calendar, roll(calendar, date(year, month, number)))
    shut = not worked(calendar, day) or received_at > closing(calendar, day)
    cut_off = term.cutoff is not None and local.time() > term.cutoff
    taken_later = policy.start_rule is StartRule.NEXT_WORKING_DAY_IS_DAY_0 and shut
    zero = roll(calendar, day + DAY) if cut_off or taken_later else day
    if amount == 0:
        return closing(calendar, roll(calendar, day + DAY) if zero == day and shut else zero)
    last = add_working_days(calendar, zero, amount)
    if policy.mode is Mode.HALF_DAY and (
        local.time() <= time(12) or day != zero or not worked(calendar, day)
    ):
        return spans(calendar, last)[0][1]
    return closing(calendar, last)


def closing(calendar: Calendar, day: date) -> datetime:
    return spans(calendar, day)[-1][1]
