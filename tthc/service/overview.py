"""The first page: what is overdue, the rates side by side, and where every case stands.

All of it comes from the last night's stored sheets, so it is one cut-off throughout.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.sheets import Night, last_night, last_sheets, stored_counts
from tthc.domain.access import Scope
from tthc.domain.errors import NotFoundError
from tthc.domain.period import Period
from tthc.rules import predicates
from tthc.rules.definitions import Definition, definition, definitions
from tthc.rules.periods import period_before, read_period, year_before
from tthc.service.figure_rows import figure_row
from tthc.service.words import CHANNELS

WHOLE = "all:known"  # the period of the sheet that holds the partition
USUAL = ("month", "quarter", "year", "all")  # the schemes that are offered first
PREFERRED = "year"
LETTERS = "letters/overdue_without"
AXES = ("competent", "receiving")
VOLUME, RESOLVED = "on_time/burden", "on_time/resolved"


@dataclass(frozen=True, slots=True)
class Figure:
    """A definition with its two counts, their percent, or why there is none."""

    definition: Definition
    numerator: int
    denominator: int
    percent: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The on-time rates of an earlier period by definition, as the last night on it left them."""

    label: str
    period: Period
    as_of: datetime
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit's volume in the period, its rate, and what is overdue at the cut-off."""

    id: int
    code: str
    name: str
    to_resolve: int
    resolved: Figure
    overdue: int
    without_letter: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page shows of one world; without a night only that there is none.

    `outdated`: the rules have changed since the night, so that its counts answer no longer.
    """

    simulated: bool
    night: Night | None
    outdated: bool = False
    period: Period | None = None
    usual_periods: list[Period] = field(default_factory=list)
    other_periods: list[Period] = field(default_factory=list)
    on_time: list[Figure] = field(default_factory=list)
    online: list[Figure] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    letters: Figure | None = None
    partition: dict[str, int] = field(default_factory=dict)
    channels: list[dict[str, Any]] = field(default_factory=list)
    units: list[UnitRow] = field(default_factory=list)

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


async def show_overview(
    connection: AsyncConnection, scope: Scope, period_name: str | None = None
) -> Overview:
    """The last night of a world, in a period that it counted.

    Raises InputError for a name that is no period, NotFoundError for one that it did not count.
    """
    night = await last_night(scope, connection)
    if night is None:
        return Overview(scope.simulated, None)
    if not _answers(night):
        return Overview(scope.simulated, night, outdated=True)
    periods = [read_period(name) for name, axis in night.sheets if axis == "competent"]
    period = _choose_period(periods, period_name)
    figures = await _figures(connection, scope, night, period)
    channels = await _partition(connection, scope, night, ("channel",))
    channels.sort(key=lambda row: list(CHANNELS).index(row["channel"]))
    names = predicates.partition_counts()
    return Overview(
        simulated=scope.simulated,
        night=night,
        period=period,
        usual_periods=[each for name in USUAL for each in periods if each.scheme == name],
        other_periods=[each for each in periods if each.scheme not in USUAL],
        on_time=[each for each in figures if each.definition.code],
        online=[each for each in figures if each.definition.id.startswith("online/")],
        earlier=await _earlier(connection, scope, period),
        letters=next(each for each in figures if each.definition.id == LETTERS),
        partition={name: sum(row[name] for row in channels) for name in names},
        channels=channels,
        units=await _units(connection, scope, night, period),
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


async def _figures(
    connection: AsyncConnection, scope: Scope, night: Night, period: Period
) -> list[Figure]:
    """What the page shows of the period, one query for each axis."""
    figures: dict[str, Figure] = {}
    for axis in AXES:
        asked = [each for each in definitions().values() if each.axis == axis and _shown(each)]
        sheet = night.sheets[period.name, axis]
        (row,) = await stored_counts(scope, connection, sheet, _texts(asked))
        figures |= {each.id: _figure(each, row) for each in asked}
    return [figures[name] for name in definitions() if name in figures]


async def _earlier(connection: AsyncConnection, scope: Scope, period: Period) -> list[Earlier]:
    """The period before and the same of the year before, where a night has counted them."""
    compared = {"kỳ trước": period_before(period), "cùng kỳ năm trước": year_before(period)}
    found: list[Earlier] = []
    for label, each in compared.items():
        stored = await last_sheets(scope, connection, each.name) if each else None
        if each is None or stored is None or each in [one.period for one in found]:
            continue
        figures: dict[str, Figure] = {}
        for axis, sheet in stored.sheets.items():
            asked = [
                one
                for one in definitions().values()
                if one.code and one.axis == axis and set(one.texts) <= set(sheet.slots)
            ]
            if asked:
                (row,) = await stored_counts(scope, connection, sheet, _texts(asked))
                figures |= {one.id: _figure(one, row) for one in asked}
        found.append(Earlier(label, each, stored.as_of, figures))
    return found


def _shown(each: Definition) -> bool:
    return each.code is not None or each.id.startswith("online/") or each.id == LETTERS


def _texts(asked: Iterable[Definition]) -> dict[str, str]:
    """The condition texts of definitions, under names that tell them apart."""
    return {
        f"{part}_{each.id.replace('/', '_')}": text
        for each in asked
        for part, text in zip(("denominator", "numerator", "known"), each.texts, strict=False)
    }


def _figure(asked: Definition, row: dict[str, Any]) -> Figure:
    counts = {name: row[key] for name, key in _keys(asked).items()}
    shown = figure_row(asked, counts, ())
    return Figure(
        asked, shown["numerator"], shown["denominator"], shown["percent"], shown.get("reason")
    )


def _keys(asked: Definition) -> dict[str, str]:
    parts = ("denominator", "numerator", "known")[: len(asked.texts)]
    return {part: f"{part}_{asked.id.replace('/', '_')}" for part in parts}


async def _partition(
    connection: AsyncConnection, scope: Scope, night: Night, by: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The partition of every case known, as the night counted it."""
    texts = {name: each.text for name, each in predicates.partition_counts().items()}
    return await stored_counts(scope, connection, night.sheets[WHOLE, "competent"], texts, by)


async def _units(
    connection: AsyncConnection, scope: Scope, night: Night, period: Period
) -> list[UnitRow]:
    """Units by their volume in the period, the greatest first."""
    by = ("unit_id", "unit", "unit_name")
    asked = [definition(VOLUME), definition(RESOLVED)]
    sheet = night.sheets[period.name, "competent"]
    rows = await stored_counts(scope, connection, sheet, _texts(asked), by)
    now = {row["unit_id"]: row for row in await _partition(connection, scope, night, by)}
    units = []
    for row in rows:
        standing = now[row["unit_id"]]
        units.append(
            UnitRow(
                id=row["unit_id"],
                code=row["unit"],
                name=row["unit_name"],
                to_resolve=row[_keys(asked[0])["denominator"]],
                resolved=_figure(asked[1], row),
                overdue=standing["open_overdue"] + standing["suspended_after_due"],
                without_letter=standing["open_overdue_without_letter"],
            )
        )
    return sorted(units, key=lambda unit: (-unit.to_resolve, unit.name))
