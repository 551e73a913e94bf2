"""The official's overview: what is overdue, the rates side by side, who they are of, and where
every case stands.

All of it comes from stored sheets: this period, the partition and the units from the last night,
earlier periods as the last night on each left them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.publications import last_publishing
from tthc.db.queries.sheets import AXES, Left, Night, last_night, last_sheets
from tthc.db.queries.units import narrow_to_unit, widen_to_forerunners
from tthc.domain.access import Scope
from tthc.domain.errors import InputError, NotFoundError
from tthc.domain.period import Period
from tthc.rules import predicates
from tthc.rules.definitions import Definition, definitions
from tthc.rules.periods import period_before, read_period, year_before
from tthc.service.outcomes import Outcome, counted_for_outcomes, read_outcome
from tthc.service.standings import (
    VOLUME,
    WHOLE,
    Compared,
    Line,
    Lines,
    Standings,
    draw_lines,
    read_standings,
)
from tthc.service.tallies import STANDING, THEN, TODAY, Figure, Tally, read_tally
from tthc.service.trend import MONTHS, Month, show_trend
from tthc.service.words import LEVELS

USUAL = ("month", "quarter", "year", "all")  # the schemes that are offered first
PREFERRED = "year"
LETTERS, INHERITED, COMMITMENT = (
    "letters/overdue_without",
    "inherited",
    "late_by_commitment_only",
)
HEADLINE = "on_time/resolved"
LOWEST = 12  # units of the comparison by the headline
QUALITY = "quality/dates"
ONLINE = "online/received"


@dataclass(frozen=True, slots=True)
class View:
    """What an overview is asked for, all of it in its address.

    `headline`: the on-time rate shown first. `unit`: a code, with all below it. `standing`: units
    of the time, or those that stand for them today. `most`: how many units are told of; None is
    all. `months`: of the trend.
    """

    period: str | None = None
    headline: str = HEADLINE
    unit: str | None = None
    level: str | None = None
    standing: str = THEN
    most: int | None = None
    months: int = MONTHS

    def __post_init__(self) -> None:
        offered = {"cách tính": (self.headline, rates()), "đơn vị": (self.standing, STANDING)}
        if self.level:
            offered["cấp"] = (self.level, LEVELS)
        for what, (given, known) in offered.items():
            if given not in known:
                raise InputError(f"Không có {what} “{given}”: hãy chọn {', '.join(known)}.")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier period to compare with, and what it is called."""

    label: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows of one world; without a night only that there is none.

    `published`: when the period was published last. `outdated`: the rules have changed since the
    night, so that its counts answer no longer.
    """

    simulated: bool
    night: Night | None
    view: View = field(default_factory=View)
    outdated: bool = False
    period: Period | None = None
    usual_periods: list[Period] = field(default_factory=list)
    other_periods: list[Period] = field(default_factory=list)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    earlier: list[Earlier] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    standings: Standings = field(default_factory=Standings)
    lines: Lines = field(default_factory=lambda: Lines([], 0, [], 0, []))
    trend: list[Month] = field(default_factory=list)
    published: datetime | None = None

    @property
    def headline(self) -> Figure:
        return self.figures[self.view.headline]

    @property
    def levels(self) -> list[Line]:
        return self.lines.levels

    @property
    def units(self) -> list[Line]:
        return self.lines.units

    @property
    def on_time(self) -> list[Figure]:
        return [each for each in self.figures.values() if each.definition.code]

    @property
    def online(self) -> list[Figure]:
        return [each for name, each in self.figures.items() if name.startswith("online/")]

    @property
    def letters(self) -> Figure:
        return self.figures[LETTERS]

    @property
    def partition(self) -> Mapping[str, int]:
        return self.standings.whole

    @property
    def channels(self) -> list[dict[str, Any]]:
        return self.standings.channels

    @property
    def overdue(self) -> int:
        """Cases overdue at the cut-off, those included that were suspended after their due date."""
        return self.partition["open_overdue"] + self.partition["suspended_after_due"]

    @property
    def open(self) -> int:
        return self.overdue + self.partition["suspended"] + self.partition["open_in_time"]

    @property
    def on_time_range(self) -> tuple[str, str] | None:
        """The least and the greatest of the on-time rates."""
        rates = sorted((each.percent for each in self.on_time if each.percent), key=Decimal)
        return (rates[0], rates[-1]) if rates else None

    @property
    def unfinished(self) -> bool:
        """Whether the period goes on after the cut-off."""
        if not self.night or not self.period:
            return False
        return clock.local_date(self.night.as_of) + timedelta(days=1) < self.period.end

    @property
    def unclassified(self) -> int:
        """Cases in no bucket: an alarm if there is any."""
        return self.partition["total"] - sum(self.partition[n] for n in predicates.partition())


def rates() -> list[str]:
    """The on-time rates, one of which is the headline."""
    return [name for name, each in definitions().items() if each.code]


async def show_overview(
    connection: AsyncConnection, scope: Scope, view: View | None = None
) -> Overview:
    """The last night of a world, in a period that it counted.

    Raises InputError for a name that is no period, NotFoundError for a unit that there is none of
    or a period that the night did not count.
    """
    view = view or View()
    night = await last_night(scope, connection)
    if night is None:
        return Overview(scope.simulated, None, view)
    if not _answers(night):
        return Overview(scope.simulated, night, view, outdated=True)
    periods = [read_period(name) for name, axis in night.sheets if axis == "competent"]
    period = _choose_period(periods, view.period)
    on = clock.local_date(night.as_of)
    scope = await narrow_to_unit(scope, connection, view.unit, on)
    if view.standing == TODAY and scope.asked_unit_ids is not None:
        scope = await widen_to_forerunners(scope, connection)
    stored = Left(
        night.as_of, night.known_at, {axis: night.sheets[period.name, axis] for axis in AXES}
    )
    narrowed: dict[str, Any] = {"level": view.level, "standing": view.standing}
    tally = await read_tally(connection, scope, period, stored, _counted(), **narrowed)
    earlier = await _earlier(connection, scope, period, narrowed)
    standings = await read_standings(connection, scope, night, **narrowed)
    told = Compared(
        tally,
        [each.tally for each in earlier],
        standings,
        rates(),
        view.headline,
        on,
        view.level,
    )
    lines = await draw_lines(connection, scope, told, view.most, LOWEST)
    compared = [Earlier("kỳ này", tally), *earlier]
    headline = definitions()[view.headline]
    months = await show_trend(connection, scope, headline, on, view.level, most=view.months)
    return Overview(
        simulated=scope.simulated,
        night=night,
        view=view,
        period=period,
        usual_periods=[each for name in USUAL for each in periods if each.scheme == name],
        other_periods=[each for each in periods if each.scheme not in USUAL],
        figures={each.id: tally.figure(each.id) for each in _shown() if each.id in tally.asked},
        earlier=earlier,
        outcomes=[found for each in compared if (found := read_outcome(each.label, each.tally))],
        standings=standings,
        lines=lines,
        trend=months,
        published=await last_publishing(connection, period.name, simulated=scope.simulated),
    )


def _answers(night: Night) -> bool:
    """Whether the night counted all that is asked of it now."""
    counted = {axis: night.sheets.get((WHOLE, axis)) for axis in AXES}
    asked = [(each.axis, text) for each in definitions().values() for text in each.texts]
    asked += [("competent", each.text) for each in predicates.partition_counts().values()]
    return all((sheet := counted[axis]) and text in sheet.slots for axis, text in asked)


def _choose_period(periods: list[Period], name: str | None) -> Period:
    if name is None:
        return next(each for each in periods if each.scheme == PREFERRED)
    period = read_period(name)
    if period not in periods:
        raise NotFoundError(f"Lần tính số liệu gần nhất không có kỳ “{name}”: hãy chọn kỳ khác.")
    return period


async def _earlier(
    connection: AsyncConnection, scope: Scope, period: Period, narrowed: dict[str, Any]
) -> list[Earlier]:
    """The period before and the same of the year before, where a night has counted them."""
    compared = {"kỳ trước": period_before(period), "cùng kỳ năm trước": year_before(period)}
    wanted = {label: each for label, each in compared.items() if each}
    stored = await last_sheets(scope, connection, [each.name for each in wanted.values()])
    found: list[Earlier] = []
    for label, each in wanted.items():
        if each.name in stored and each not in [one.tally.period for one in found]:
            tally = await read_tally(
                *(connection, scope, each, stored[each.name], _counted()), **narrowed
            )
            if tally.figure(VOLUME).denominator:
                found.append(Earlier(label, tally))
    return found


def _counted() -> list[Definition]:
    """What the page counts of a period: what it shows, and what the outcomes are made of."""
    return list({each.id: each for each in [*_shown(), *counted_for_outcomes()]}.values())


def _shown() -> list[Definition]:
    """The figures that the page shows of a period."""
    beside = (LETTERS, INHERITED, COMMITMENT, QUALITY)
    return [
        each
        for each in definitions().values()
        if each.code or each.id.startswith("online/") or each.id in beside
    ]
