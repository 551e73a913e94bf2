"""Reporting periods: a scheme, a code, and half-open local dates (rules of the domain, 7)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from tthc.domain.errors import InputError

WEEK = 7
LEAP_MONTH, LEAP_DAY = 2, 29


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end): `end` is the first day after. `scheme` and `code` name it, if it has a name."""

    scheme: str
    code: str
    start: date
    end: date

    @property
    def name(self) -> str:
        return f"{self.scheme}:{self.code}"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a year is cut: into days, ISO weeks, or pieces of whole months from a day of the month.

    `first_month` 0 is the December before; `pieces` 0 means as many as fill the year. A scheme
    with a `start` and an `end` of its own is one period, which holds the whole ledger.

    `awaited_days`: for so long after its end the figures of a period wait to be published, and
    move with what is recorded late.
    """

    name: str
    label: str
    days: int = 0
    months: int = 0
    first_month: int = 1
    first_day: int = 1
    pieces: int = 0
    code: str = ""
    start: date | None = None
    end: date | None = None
    awaited_days: int = 0

    def period(self, code: str) -> Period:
        """The period of a code. Raises InputError when there is none."""
        try:
            start, end = self._dates(code)
        except (ValueError, OverflowError):
            raise InputError(
                f"“{self.name}:{code}” không phải là một kỳ báo cáo; ví dụ đúng: {self.example()}."
            ) from None
        return Period(self.name, code, start, end)

    def containing(self, day: date) -> Period | None:
        """The period that holds a local date; None where the scheme leaves it out."""
        if self.start:
            return self.period(self.code)
        if self.days == 1:
            return self.period(day.isoformat())
        if self.days == WEEK:
            year, week, _ = day.isocalendar()
            return self.period(f"{year}-W{week:02}")
        for year in (day.year, day.year + 1):
            for number in range(1, self._pieces() + 1):
                period = self.period(self.code.format(year=year, number=number))
                if period.start <= day < period.end:
                    return period
        return None

    def before(self, period: Period) -> Period | None:
        """The period before; where a scheme has one a year, that of the year before."""
        if self.start:
            return None
        found = self.containing(period.start - timedelta(days=1))
        return found or self.year_before(period)

    def year_before(self, period: Period) -> Period | None:
        """The same period of the year before (cùng kỳ): of a day the same date, of 29 February the
        28th; of a week the same number, of week 53 the 52nd where there is none.
        """
        if self.start:
            return None
        if self.days == 1:
            day, last_year = period.start, period.start.year - 1
            if (day.month, day.day) == (LEAP_MONTH, LEAP_DAY):
                day = day.replace(day=LEAP_DAY - 1)
            return self.period(day.replace(year=last_year).isoformat())
        year, rest = int(period.code[:4]) - 1, period.code[4:]
        try:
            return self.period(f"{year}{rest}")
        except InputError:
            return self.period(f"{year}-W52")

    def example(self) -> str:
        """A code that is right, to show beside one that is not."""
        day = date(2026, 3, 5)
        found = self.containing(day)
        return found.name if found else self.name

    def _dates(self, code: str) -> tuple[date, date]:
        if self.start and self.end:
            if code != self.code:
                raise ValueError
            return self.start, self.end
        return self._days(code) if self.days else self._months(code)

    def _days(self, code: str) -> tuple[date, date]:
        if self.days == 1 and re.fullmatch(r"\d{4}-\d\d-\d\d", code):
            start = date.fromisoformat(code)
        elif self.days == WEEK and (found := re.fullmatch(r"(\d{4})-W(\d\d)", code)):
            start = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        else:
            raise ValueError
        return start, start + timedelta(days=self.days)

    def _months(self, code: str) -> tuple[date, date]:
        pattern = re.escape(self.code.replace("{number:02}", "{number}"))
        pattern = pattern.replace(r"\{year\}", r"(?P<year>\d{4})")
        pattern = pattern.replace(r"\{number\}", r"(?P<number>\d{1,2})")
        found = re.fullmatch(pattern, code)
        if not found:
            raise ValueError
        year, number = int(found["year"]), int(found.groupdict().get("number") or 1)
        if not 1 <= number <= self._pieces() or self.code.format(year=year, number=number) != code:
            raise ValueError
        first = year * 12 + self.first_month - 1 + (number - 1) * self.months
        return self._on(first), self._on(first + self.months)

    def _pieces(self) -> int:
        return self.pieces or 12 // self.months

    def _on(self, month: int) -> date:
        return date(month // 12, month % 12 + 1, self.first_day)
