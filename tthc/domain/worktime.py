"""Prefix sums over the days and slots of a span of years: every question is one bisection."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from tthc.domain.errors import CalendarYearError, InputError, RuleError
from tthc.domain.hours import Slots
from tthc.domain.localtime import DAY, SECOND, from_micros, micros, wall_micros
from tthc.domain.suspension import Suspension, united

SlotsOf = Callable[[date], Slots]
EVERY_YEAR: Final = range(1800, 2300)  # as far as a calendar without years goes: 180,000 days


class WorkingDays:
    """The working days of whole years, and for each day how many there were by its end."""

    __slots__ = ("_counts", "_origin", "days", "first_year", "last_year", "time")

    def __init__(self, first_year: int, last_year: int, slots_of: SlotsOf) -> None:
        self.first_year, self.last_year = first_year, last_year
        self._origin = date(first_year, 1, 1).toordinal()
        self.days: list[date] = []
        self._counts = [0]
        self.time: WorkingTime | None = None  # laid out when first asked for
        for number in range(self._origin, date(last_year, 12, 31).toordinal() + 1):
            day = date.fromordinal(number)
            if slots_of(day):
                self.days.append(day)
            self._counts.append(len(self.days))

    def by_end_of(self, day: date) -> int:
        """How many working days there are from the first year's start to the end of a day."""
        return self._counts[day.toordinal() - self._origin + 1]

    def before(self, day: date) -> int:
        """How many working days there are before a day begins."""
        return self._counts[day.toordinal() - self._origin]


class WorkingTime:
    """The slots of those days as instants, and how much working time there was before each."""

    __slots__ = (
        "_before",
        "_by_end",
        "_closes",
        "_opens",
        "_walls",
        "_zone",
        "begins",
        "days",
        "ends",
    )

    def __init__(self, days: WorkingDays, slots_of: SlotsOf, zone: ZoneInfo) -> None:
        self.days, self._zone = days, zone
        self.begins = wall_micros(date(days.first_year, 1, 1), 0, zone)
        self.ends = wall_micros(date(days.last_year, 12, 31), DAY, zone)
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        self._by_end: list[int] = []
        self._walls: dict[int, datetime | None] = {}
        total = 0
        for day in days.days:
            for slot in slots_of(day):
                opens = wall_micros(day, slot.opens, zone)
                closes = wall_micros(day, slot.closes, zone)
                if opens < closes:  # a change of the clock can swallow a slot
                    self._opens.append(opens)
                    self._closes.append(closes)
                    self._before.append(total)
                    total += closes - opens
                    self._by_end.append(total)

    def elapsed(self, at: int) -> int:
        """Working microseconds from the first year's start to an instant."""
        i = bisect_right(self._opens, at) - 1
        if i < 0:
            return 0
        return self._before[i] + min(at, self._closes[i]) - self._opens[i]

    def reached(self, amount: int) -> int | None:
        """The first instant at which that much (> 0) has elapsed; None: after the last year."""
        i = bisect_left(self._by_end, amount)
        if i == len(self._by_end):
            return None
        return self._closes[i] - (self._by_end[i] - amount)

    def inside(self, at: int) -> bool:
        """Whether an instant lies in a slot; exactly at closing still does."""
        i = bisect_right(self._opens, at) - 1
        return i >= 0 and at <= self._closes[i]

    def next_opening(self, at: int) -> int | None:
        """The instant itself while open, else when the next slot opens; None: after the last."""
        i = bisect_right(self._opens, at)
        if i and at < self._closes[i - 1]:
            return at
        return self._opens[i] if i < len(self._opens) else None

    def local(self, at: int) -> datetime:
        """An instant of a slot in wall time, by way of its closing, which is worked out once."""
        i = bisect_left(self._closes, at)
        if i not in self._walls:
            self._walls[i] = self._closing(i)
        closing = self._walls[i]
        if closing is None:
            return from_micros(at, self._zone)
        return closing - timedelta(0, 0, self._closes[i] - at)

    def _closing(self, i: int) -> datetime | None:
        """When a slot closes on the wall; None where the clocks change meanwhile."""
        opens, closes = (from_micros(x[i], self._zone) for x in (self._opens, self._closes))
        return closes if opens.tzinfo is closes.tzinfo else None


class Layout:
    """The years of a calendar laid out as far as they were needed, growing by doubling."""

    def __init__(self, years: range | None, slots_of: SlotsOf, zone: ZoneInfo, name: str) -> None:
        self._years, self._slots_of, self._zone, self._name = years, slots_of, zone, name
        self._laid: WorkingDays | None = None

    def days(self, first: date, last: date) -> WorkingDays:
        """The working days of at least the years from one date to another."""
        laid = self._laid
        if laid and laid.first_year <= first.year and last.year <= laid.last_year:
            return laid
        return self._lay(first.year, last.year)

    def time(self, first: int, last: int) -> WorkingTime:
        """The working time of at least the years from one instant to another."""
        time = self._laid.time if self._laid else None
        if time and time.begins <= first and last < time.ends:
            return time
        dates = (from_micros(at, self._zone).date() for at in (first, last))
        return self._time(self.days(*dates))

    def later_time(self, than: WorkingTime) -> WorkingTime:
        """The working time of twice the years, forwards."""
        return self._time(self.later(than.days))

    def earlier(self, than: WorkingDays) -> WorkingDays:
        """Twice the years, backwards."""
        self._require(than.first_year - 1)
        years = than.last_year - than.first_year + 1
        return self._lay(max(than.first_year - years, EVERY_YEAR[0]), than.last_year)

    def later(self, than: WorkingDays) -> WorkingDays:
        """Twice the years, forwards."""
        self._require(than.last_year + 1)
        years = than.last_year - than.first_year + 1
        return self._lay(than.first_year, min(than.last_year + years, EVERY_YEAR[-1]))

    def _time(self, days: WorkingDays) -> WorkingTime:
        if days.time is None:
            days.time = WorkingTime(days, self._slots_of, self._zone)
        return days.time

    def _lay(self, first: int, last: int) -> WorkingDays:
        self._require(first)
        self._require(last)
        if self._years is not None:
            first, last = self._years[0], self._years[-1]
        elif self._laid:
            first, last = min(first, self._laid.first_year), max(last, self._laid.last_year)
        self._laid = WorkingDays(first, last, self._slots_of)
        return self._laid

    def _require(self, year: int) -> None:
        if year not in (EVERY_YEAR if self._years is None else self._years):
            raise CalendarYearError(
                f"Lịch làm việc {self._name} chưa có năm {year}: "
                f"hãy nạp lịch năm {year} hoặc chấp nhận ngày tạm tính."
            )


def use_up(
    time: WorkingTime, at: int, amount: int, pauses: Sequence[tuple[int, int | None]]
) -> int | None:
    """When `amount` of working time after an instant is used up, pauses left out.

    `pauses` are in order and apart; None: after the last year laid out.
    """
    left = amount
    for begin, end in pauses:
        if end is not None and end <= at:
            continue
        if begin > at:
            reached = _after(time, at, left)
            if reached is not None and (reached < begin or (left and reached == begin)):
                return reached
            left -= time.elapsed(begin) - time.elapsed(at)
        if end is None:
            raise RuleError("Hồ sơ đang tạm dừng nên chưa có hạn: hãy tính khi đã tiếp tục.")
        at = end
    return _after(time, at, left)


def _after(time: WorkingTime, at: int, amount: int) -> int | None:
    if amount:
        return time.reached(time.elapsed(at) + amount)
    return at if time.inside(at) else time.next_opening(at)


def whole_micros(seconds: Decimal | int) -> int:
    """Seconds as whole microseconds, the nearest; half a microsecond counts up."""
    if isinstance(seconds, int):
        return seconds * SECOND
    count = seconds * SECOND
    if not count.is_finite():
        raise InputError(f"Số giây {seconds} không đọc được: hãy ghi một số hữu hạn.")
    return int(count.to_integral_value(ROUND_HALF_UP))


def spans(pauses: Iterable[Suspension]) -> list[tuple[int, int | None]]:
    """Suspensions as microseconds, overlapping ones as one."""
    return [
        (micros(one.started_at), None if one.ended_at is None else micros(one.ended_at))
        for one in united(pauses)
    ]
