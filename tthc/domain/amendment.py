"""Decisions that change the working calendar, and the calendar with them laid over."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import accumulate

from tthc.domain.calendar import Calendar
from tthc.domain.errors import NotFoundError, RuleError


@dataclass(frozen=True)
class CalendarDecision:
    """Days off and days worked that a decision sets, and when it was decided, if known.

    `whole_years` are years that it settles entirely: whatever was loaded for them is replaced.
    A decision that is not `confirmed` was computed or is not announced.
    """

    version: str
    title: str
    source: str
    decided_on: date | None = None
    confirmed: bool = True
    days_off: Mapping[date, str] = field(default_factory=dict)
    days_worked: Mapping[date, str] = field(default_factory=dict)
    whole_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        both = set(self.days_off) & set(self.days_worked)
        if both:
            raise RuleError(
                f"Quyết định {self.version} ghi ngày {min(both):%d/%m/%Y} vừa nghỉ vừa làm việc."
            )


@dataclass(frozen=True, eq=False)
class CalendarHistory:
    """A calendar through its decisions, in the order in which they were laid over it.

    A version is the calendar with one decision just laid. What is laid later never changes it, so
    that the version which a case has pinned means the same for good.
    """

    bare: Calendar
    decisions: tuple[CalendarDecision, ...]

    def as_known(self, on: date | None = None) -> Calendar:
        """The calendar as it was known at the end of a date; without one, the newest version.

        A decision whose own date is unknown counts as known at all times, but none counts as
        known before those laid under it.
        """
        count = len(self.decisions) if on is None else bisect_right(self.known_from, on)
        return self._after(count)

    def version(self, name: str) -> Calendar:
        """The calendar as it stood with one decision just laid over it. Raises NotFoundError."""
        return self._after(self._place(name))

    def before(self, name: str) -> Calendar:
        """The calendar just before a decision was laid over it. Raises NotFoundError."""
        return self._after(self._place(name) - 1)

    def later(self, one: str, other: str) -> str:
        """Which of two versions has more decisions laid over it."""
        return max(one, other, key=self._place)

    def with_decision(self, decision: CalendarDecision) -> "CalendarHistory":
        """The same with one more decision laid over it. Raises RuleError where it does not fit."""
        amended(self.as_known(), decision)
        return CalendarHistory(self.bare, (*self.decisions, decision))

    def holds(self, name: str) -> bool:
        return any(one.version == name for one in self.decisions)

    @cached_property
    def known_from(self) -> tuple[date, ...]:
        """From when on each decision counts as known."""
        return tuple(accumulate((one.decided_on or date.min for one in self.decisions), max))

    @cached_property
    def knowable(self) -> tuple[CalendarDecision, ...]:
        """The decisions that were the last one known at some time."""
        last = dict(zip(self.known_from, self.decisions, strict=True))
        return tuple(last.values())

    @cached_property
    def _laid(self) -> list[Calendar]:
        return [self.bare]

    def _after(self, count: int) -> Calendar:
        """The calendar after its first decisions, laid out once for everyone."""
        while len(self._laid) <= count:
            self._laid.append(amended(self._laid[-1], self.decisions[len(self._laid) - 1]))
        return self._laid[count]

    def _place(self, name: str) -> int:
        for place, one in enumerate(self.decisions, start=1):
            if one.version == name:
                return place
        raise NotFoundError(f"Lịch {self.bare.code} không có phiên bản {name}.")


def amended(calendar: Calendar, decision: CalendarDecision) -> Calendar:
    """The calendar with a decision laid over it, under the decision's version."""
    years = _with_years(calendar.years, decision)
    kept = replace(
        calendar,
        days_off=_without(calendar.days_off, decision.whole_years),
        days_worked=_without(calendar.days_worked, decision.whole_years),
        years=years,
        unconfirmed=(calendar.unconfirmed - decision.whole_years)
        | (frozenset() if decision.confirmed else decision.whole_years),
    )
    return kept.overlaid(
        days_off=decision.days_off, days_worked=decision.days_worked, version=decision.version
    )


def _without(days: Mapping[date, str], years: frozenset[int]) -> dict[date, str]:
    return {day: name for day, name in days.items() if day.year not in years}


def _with_years(loaded: range | None, decision: CalendarDecision) -> range | None:
    if loaded is None:
        return None
    years = sorted(set(loaded) | decision.whole_years)
    stray = {day.year for day in (*decision.days_off, *decision.days_worked)} - set(years)
    if stray:
        raise RuleError(
            f"Quyết định {decision.version} có ngày của năm {min(stray)} chưa được nạp: "
            f"hãy ghi năm đó vào whole_years nếu quyết định nêu đủ cả năm."
        )
    if years and years != list(range(years[0], years[-1] + 1)):
        raise RuleError(
            f"Quyết định {decision.version} làm lịch đứt quãng: hãy nạp đủ các năm ở giữa trước."
        )
    return range(years[0], years[-1] + 1) if years else loaded
