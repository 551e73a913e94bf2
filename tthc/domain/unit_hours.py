"""A unit's own hours, as dated decisions set them, laid over the country's calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from tthc.domain.calendar import Calendar
from tthc.domain.errors import NotFoundError, RuleError
from tthc.domain.hours import DatedWeek, Week
from tthc.domain.regime import in_force
from tthc.domain.term import ClockPolicy, Mode, StartRule


@dataclass(frozen=True, slots=True, eq=False)
class OwnHours:
    """What one decision sets for a unit in [valid_from, valid_to); None: as before (rules 3.2-3.4).

    `reception` are hours at which the shop receives, though they do not count. `mode` and
    `start_rule` hold for the cases received in that time.
    """

    version: str
    title: str
    source: str
    decided_on: date
    valid_from: date
    valid_to: date | None = None
    week: Week | None = None
    reception: Week | None = None
    days_off: Mapping[date, str] = field(default_factory=dict)
    days_worked: Mapping[date, str] = field(default_factory=dict)
    mode: Mode | None = None
    start_rule: StartRule | None = None

    def __post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise RuleError("valid_to phải sau valid_from: hãy ghi ngày đầu tiên hết hiệu lực.")
        if self.week is not None and not self.week:
            raise RuleError("Lịch không có giờ làm việc nào: hãy khai báo ít nhất một khung giờ.")
        for day in (*self.days_off, *self.days_worked):
            if not self.holds(day):
                raise RuleError(f"Ngày {day:%d/%m/%Y} nằm ngoài thời gian hiệu lực của quyết định.")
            if day in self.days_off and day in self.days_worked:
                raise RuleError(f"Quyết định ghi ngày {day:%d/%m/%Y} vừa nghỉ vừa làm việc.")
        own = (self.week, self.reception, self.mode, self.start_rule)
        if not (self.days_off or self.days_worked or any(one is not None for one in own)):
            raise RuleError("Quyết định không quy định giờ, ngày hay cách tính nào.")

    def holds(self, day: date) -> bool:
        return in_force(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, eq=False)
class UnitHours:
    """The decisions on one unit's hours in the order in which they were laid; the later wins.

    A version is the unit's hours with one decision just laid; None is before the first. Like the
    country's calendar it never changes, so a case that has pinned one is reproducible.
    """

    decisions: tuple[OwnHours, ...] = ()

    @property
    def newest(self) -> str | None:
        return self.decisions[-1].version if self.decisions else None

    def over(self, calendar: Calendar, version: str | None) -> Calendar:
        """The country's calendar with the unit's hours laid over it, the same for every case."""
        key = (calendar, self._count(version))
        if not key[1]:
            return calendar
        if key not in self._made:
            self._made[key] = _laid_over(calendar, self.decisions[: key[1]])
        return self._made[key]

    def known_on(self, on: date) -> str | None:
        """The version that was decided by the end of a date."""
        known: str | None = None
        for one in self.decisions:
            if one.decided_on > on:
                break
            known = one.version
        return known

    def policy_on(self, received_on: date, policy: ClockPolicy) -> ClockPolicy:
        """The clock's policy for a receipt: the decree's, where the unit has none of its own."""
        for one in self.decisions:
            if one.holds(received_on):
                policy = replace(
                    policy,
                    mode=one.mode or policy.mode,
                    start_rule=one.start_rule or policy.start_rule,
                )
        return policy

    def with_decision(self, decision: OwnHours) -> "UnitHours":
        return UnitHours((*self.decisions, decision))

    def titles_on(self, first: date, last: date, version: str | None) -> list[str]:
        """The decisions of a version that have a say on some day from one date to another."""
        return [
            one.title
            for one in self.decisions[: self._count(version)]
            if one.valid_from <= last and (one.valid_to is None or first < one.valid_to)
        ]

    @cached_property
    def _made(self) -> dict[tuple[Calendar, int], Calendar]:
        return {}

    def _count(self, version: str | None) -> int:
        """How many decisions a version has."""
        if version is None:
            return 0
        for place, one in enumerate(self.decisions, start=1):
            if one.version == version:
                return place
        raise NotFoundError(f"Đơn vị không có giờ làm việc riêng phiên bản {version}.")


NO_OWN_HOURS = UnitHours()


def _laid_over(calendar: Calendar, decisions: tuple[OwnHours, ...]) -> Calendar:
    own: set[date] = set()
    for one in decisions:
        calendar = calendar.overlaid(days_off=one.days_off, days_worked=one.days_worked)
        own |= {*one.days_off, *one.days_worked}
    weeks = tuple(
        DatedWeek(one.valid_from, one.valid_to, one.week, one.reception) for one in decisions
    )
    return replace(
        calendar,
        own_weeks=weeks,
        own_days=frozenset(own),
        hours_version=decisions[-1].version,
    )
