"""The working calendar: which days and hours count, and how far working time reaches.

Whole days are dates, working time is seconds between instants. Nothing walks day by day: the
days and slots of the years in use are laid out once as prefix sums, then bisected.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from tthc.domain.errors import RuleError
from tthc.domain.hours import OFFICE_HOURS, SHUT, DatedWeek, Slots, Week
from tthc.domain.localtime import SECOND, from_micros, micros, wall_micros
from tthc.domain.suspension import Suspension
from tthc.domain.verdict import Due
from tthc.domain.worktime import Layout, spans, use_up, whole_micros

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, eq=False)
class Calendar:
    """Working hours, days off and days worked of a unit or a country (rules 3.2).

    `years` are those for which the days off are loaded; None: the lists are complete for every
    year. A computation that needs another year raises CalendarYearError; `extended()` answers
    with the bare week instead, which its caller shows as provisional. `unconfirmed` years are
    loaded but not announced. `own_weeks` are a unit's, the later wins; `own_days` are those that
    it alone has off or works; `hours_version` is the last of its decisions laid over the country's.
    """

    week: Week = OFFICE_HOURS
    days_off: Mapping[date, str] = field(default_factory=dict)  # day → its name
    days_worked: Mapping[date, str] = field(default_factory=dict)
    zone: ZoneInfo = VIETNAM
    years: range | None = None
    unconfirmed: frozenset[int] = frozenset()
    reception: Week = SHUT  # hours at which a shop receives, though they do not count
    code: str = ""
    version: str = ""
    own_weeks: tuple[DatedWeek, ...] = ()
    own_days: frozenset[date] = frozenset()
    hours_version: str | None = None

    def __post_init__(self) -> None:
        if not self.week:
            raise RuleError("Lịch không có giờ làm việc nào: hãy khai báo ít nhất một khung giờ.")

    # -- a day --------------------------------------------------------------------------------

    def slots(self, day: date) -> Slots:
        """The counted slots of a day; none on a day that is not worked."""
        if day in self.days_off:
            return ()
        if day in self.days_worked:
            return self.week_on(day).for_worked_day(day)
        return self.week_on(day).on(day)

    def week_on(self, day: date) -> Week:
        """The weekly hours in force on a date: a unit's own, else the country's."""
        own = (one.week for one in reversed(self.own_weeks) if one.week and one.holds(day))
        return next(own, self.week)

    def is_own(self, day: date) -> bool:
        """Whether a date has hours of the unit's own, by its week or by its list of days."""
        return day in self.own_days or any(one.week and one.holds(day) for one in self.own_weeks)

    def is_worked(self, day: date) -> bool:
        days = self._layout.days(day, day)
        return days.by_end_of(day) > days.before(day)

    def reception_slots(self, day: date) -> Slots:
        """The hours at which the shop takes files in, counted or not; none on a day off."""
        if day in self.days_off:
            return ()
        return self.slots(day) or self.reception_on(day).on(day)

    def reception_on(self, day: date) -> Week:
        """The weekly hours of reception that do not count, in force on a date."""
        own = (one for one in reversed(self.own_weeks) if one.holds(day))
        return next((w for one in own if (w := one.reception) is not None), self.reception)

    def opening_time(self, day: date) -> datetime:
        """When a working day opens."""
        return self._wall(day, self._worked_slots(day)[0].opens)

    def first_slot_end(self, day: date) -> datetime:
        """The end of the first slot of a working day."""
        return self._wall(day, self._worked_slots(day)[0].closes)

    def closing_time(self, day: date) -> datetime:
        """The end of the last slot of a working day."""
        if day not in self._closings:
            self._closings[day] = self._wall(day, self._worked_slots(day)[-1].closes)
        return self._closings[day]

    def working_seconds_of(self, day: date) -> Decimal:
        """How much working time a working day has."""
        return self.working_seconds_between(self.opening_time(day), self.closing_time(day))

    def local_date(self, instant: datetime) -> date:
        """The date on the wall: convert first, then take the date (rules 3.1)."""
        return instant.astimezone(self.zone).date()

    def local(self, instant: datetime) -> datetime:
        """The instant in the unit's wall time, under the offset that holds then."""
        return from_micros(micros(instant), self.zone)

    def midnight(self, day: date) -> datetime:
        """The first instant of a local date."""
        if day not in self._midnights:
            self._midnights[day] = self._wall(day, 0)
        return self._midnights[day]

    # -- whole days ---------------------------------------------------------------------------

    def ordinal(self, day: date) -> int:
        """How many working days there are from the first loaded day to a day, itself included."""
        self._require_years()
        return self._layout.days(day, day).by_end_of(day)

    def working_days(self) -> Sequence[date]:
        """Every working day of the loaded years, in order; the first has ordinal 1."""
        years = self._require_years()
        return tuple(self._layout.days(date(years[0], 1, 1), date(years[-1], 12, 31)).days)

    def add_working_days(self, day: date, amount: int) -> date:
        """The working day that is `amount` after a date (before it, if negative); 0 is itself."""
        if amount == 0:
            return day
        layout = self._layout
        days = layout.days(day, day)
        if amount > 0:
            while (place := days.by_end_of(day) + amount) > len(days.days):
                days = layout.later(days)
            return days.days[place - 1]
        while (place := days.before(day) + amount) < 0:
            days = layout.earlier(days)
        return days.days[place]

    def working_days_between(self, start: date, end: date) -> int:
        """The working days in (start, end]; negative when the end comes first."""
        days = self._layout.days(min(start, end), max(start, end))
        return days.by_end_of(end) - days.by_end_of(start)

    def roll_forward(self, day: date) -> date:
        """The day itself if it is worked, else the next working day."""
        return day if self.is_worked(day) else self.add_working_days(day, 1)

    # -- working time -------------------------------------------------------------------------

    def add_working_seconds(
        self, start: datetime, amount: Decimal | int, pauses: Iterable[Suspension] = ()
    ) -> datetime:
        """When `amount` (≥ 0) of working time after an instant has been used, pauses left out.

        A result exactly at closing stays there. Zero is the instant itself inside a slot
        (closing included), else the next opening.
        """
        needed = whole_micros(amount)
        if needed < 0:
            raise RuleError("Thời gian làm việc cộng thêm không được âm.")
        at, still = micros(start), spans(pauses) if pauses else ()
        last = max([at, *(until for _, until in still if until)]) if still else at
        time = self._layout.time(at, last)
        while (end := use_up(time, at, needed, still)) is None:
            time = self._layout.later_time(time)
        return time.local(end)

    def working_seconds_between(
        self, start: datetime, end: datetime, pauses: Iterable[Suspension] = ()
    ) -> Decimal:
        """Working time from start to end, pauses left out; negative when the end comes first."""
        low, high = micros(start), micros(end)
        if high < low:
            return -self.working_seconds_between(end, start, pauses)
        elapsed = self._layout.time(low, high).elapsed
        total = elapsed(high) - elapsed(low)
        for begin, until in spans(pauses):
            first, last = max(begin, low), high if until is None else min(until, high)
            if first < last:
                total -= elapsed(last) - elapsed(first)
        return Decimal(total) / SECOND

    def next_opening(self, instant: datetime) -> datetime:
        """The instant itself while open, else the next opening; closing is not open any more."""
        at = micros(instant)
        time = self._layout.time(at, at)
        while (opening := time.next_opening(at)) is None:
            time = self._layout.later_time(time)
        return time.local(opening)

    def is_open(self, instant: datetime) -> bool:
        """Whether an instant lies in counted hours; exactly at closing still does."""
        at = micros(instant)
        return self._layout.time(at, at).inside(at)

    # -- other calendars made of this one -----------------------------------------------------

    def overlaid(
        self,
        *,
        week: Week | None = None,
        reception: Week | None = None,
        days_off: Mapping[date, str] | None = None,
        days_worked: Mapping[date, str] | None = None,
        code: str | None = None,
        version: str | None = None,
    ) -> "Calendar":
        """The calendar with a unit's own hours, or a later decision, laid over it.

        The later layer wins: a day that it works is no longer off, and the other way round.
        """
        off, worked = days_off or {}, days_worked or {}
        return replace(
            self,
            week=self.week if week is None else week,
            reception=self.reception if reception is None else reception,
            days_off={d: n for d, n in self.days_off.items() if d not in worked} | dict(off),
            days_worked={d: n for d, n in self.days_worked.items() if d not in off} | dict(worked),
            code=self.code if code is None else code,
            version=self.version if version is None else version,
        )

    @property
    def versions(self) -> dict[str, str]:
        """What a case pins of it: the country's decision and, where a unit has its own, that."""
        own = {"hours_version": self.hours_version} if self.hours_version else {}
        return {"calendar_version": self.version} | own

    @cached_property
    def extended(self) -> "Calendar":
        """The calendar with the bare week beyond its loaded years: for provisional answers."""
        return replace(self, years=None)

    def unsure_years(self, first: date, last: date) -> tuple[int, ...]:
        """The years from one date to another that are not loaded, or loaded but unconfirmed."""
        return tuple(
            year
            for year in range(min(first, last).year, max(first, last).year + 1)
            if year in self.unconfirmed or (self.years is not None and year not in self.years)
        )

    # -- inside -------------------------------------------------------------------------------

    @cached_property
    def _layout(self) -> Layout:
        return Layout(self.years, self.slots, self.zone, self.code)

    @cached_property
    def dues(self) -> dict[date, Due]:
        """What was found due at closing of a working day: the same for every case."""
        return {}

    @cached_property
    def rolled_dues(self) -> dict[date, Due]:
        """The same by the day, worked or not, that was rolled forward to it."""
        return {}

    @cached_property
    def _closings(self) -> dict[date, datetime]:
        return {}

    @cached_property
    def _midnights(self) -> dict[date, datetime]:
        return {}

    def _worked_slots(self, day: date) -> Slots:
        if not self.is_worked(day):
            raise RuleError(f"Ngày {day:%d/%m/%Y} không phải ngày làm việc: hãy chọn ngày khác.")
        return self.slots(day)

    def _wall(self, day: date, since_midnight: int) -> datetime:
        return from_micros(wall_micros(day, since_midnight, self.zone), self.zone)

    def _require_years(self) -> range:
        if self.years is None:
            raise RuleError("Lịch không giới hạn năm nên không đánh số ngày làm việc được.")
        return self.years
