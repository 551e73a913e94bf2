"""A decision that changes the working calendar, and the calendar with it laid over."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from tthc.domain.calendar import Calendar
from tthc.domain.errors import RuleError


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
