"""Where every case stands at the last night's cut-off, and the lines of units and levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.sheets import Night, stored_counts
from tthc.db.queries.units import name_units
from tthc.domain.access import Scope
from tthc.rules import predicates
from tthc.rules.ranking import least_cases
from tthc.service.kept import keep
from tthc.service.ranking import Placed, rank_units
from tthc.service.tallies import STANDING, THEN, Figure, Figures, Place, Tally, add_row
from tthc.service.words import CHANNELS, LEVELS

WHOLE = "all:known"  # the period of the sheet that holds the partition
VOLUME = "on_time/burden"


@dataclass(frozen=True, slots=True)
class Standings:
    """The partition of all cases known: of the whole, by channel, by unit and by level."""

    whole: dict[str, int] = field(default_factory=dict)
    channels: list[dict[str, Any]] = field(default_factory=list)
    places: dict[Place, dict[str, int]] = field(default_factory=dict)

    def overdue(self, place: Place) -> int:
        """Cases of a unit or level that are overdue, suspended ones included."""
        counts = self.places.get(place, {})
        return counts.get("open_overdue", 0) + counts.get("suspended_after_due", 0)

    def without_letter(self, place: Place) -> int:
        return self.places.get(place, {}).get("open_overdue_without_letter", 0)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit, or the cases of a level: its figures in the period and in earlier ones, what is
    overdue at the cut-off, and a unit's places among those of its level, now and in the earlier
    periods.

    `address` is the code that names this very unit, also after it has ended.
    """

    id: int | None
    code: str
    name: str
    level: str
    address: str
    figures: Mapping[str, Figure]
    earlier: list[Figures]
    overdue: int
    without_letter: int
    placed: Placed | None = None
    placed_before: Sequence[Placed | None] = ()

    @property
    def to_resolve(self) -> int:
        return self.figures[VOLUME].denominator


@dataclass(frozen=True, slots=True)
class Lines:
    """The levels, and the units: how many there are, the first of them from the greatest volume
    down, how many of them are ranked by the headline, and the last of those, the lowest first.
    """

    levels: list[Line]
    of: int
    units: list[Line]
    ranked: int
    lowest: list[Line]


@dataclass(frozen=True, slots=True)
class Ranks:
    """Units with something to resolve in a period, from the greatest volume down; their places
    among those of their level, now and in earlier periods; those that are ranked by the headline,
    the lowest first.
    """

    units: list[int]
    placed: dict[int, Placed]
    before: list[dict[int, Placed]]
    lowest: list[int]


@dataclass(frozen=True, slots=True)
class Compared:
    """What lines tell of: a period's counts, those of earlier ones, where every case stands, of
    cases of one level or of all; and the rates that units are ranked by on a date.
    """

    tally: Tally
    earlier: Sequence[Tally]
    standings: Standings
    ranked: Sequence[str]
    headline: str
    on: date
    level: str | None = None


async def read_standings(
    connection: AsyncConnection,
    scope: Scope,
    night: Night,
    *,
    level: str | None = None,
    standing: str = THEN,
) -> Standings:
    """The partition of every case known, as the night counted it."""

    async def read() -> Standings:
        return await _read(connection, scope, night, level, standing)

    if standing != THEN:  # what stands for a unit today may change between two nights
        return await read()
    key = ("standings", scope, night.sheets[WHOLE, "competent"].ids, night.definitions, level)
    return await keep(connection, key, read)


async def _read(
    connection: AsyncConnection, scope: Scope, night: Night, level: str | None, standing: str
) -> Standings:
    texts = {name: each.text for name, each in predicates.partition_counts().items()}
    by = (STANDING[standing], "level")
    rows = await stored_counts(
        *(scope, connection, night.sheets[WHOLE, "competent"], texts),
        (*by, "channel"),
        level=level,
    )
    places: dict[Place, dict[str, int]] = {}
    channels: dict[str, dict[str, Any]] = {}
    for row in rows:
        channel = row.pop("channel")
        add_row(places, row, by)
        of = channels.setdefault(channel, {"channel": channel} | dict.fromkeys(texts, 0))
        for name in texts:
            of[name] += row[name]
    ordered = sorted(channels.values(), key=lambda each: list(CHANNELS).index(each["channel"]))
    whole = places.get((None, None), dict.fromkeys(texts, 0))
    return Standings(whole, ordered, places)


async def draw_lines(
    connection: AsyncConnection, scope: Scope, told: Compared, most: int | None, lowest: int
) -> Lines:
    """A line for each level, for so many units and for the lowest: those alone are named."""
    ranks = await _keep_ranks(connection, scope, told)
    first, last = ranks.units[:most], ranks.lowest[:lowest]
    names = await name_units(connection, [*{*first, *last}])
    return Lines(
        [_of_level(told, level) for level in LEVELS if level in told.tally.levels()],
        len(ranks.units),
        [_of_unit(told, ranks, names[each]) for each in first],
        len(ranks.lowest),
        [_of_unit(told, ranks, names[each]) for each in last],
    )


def _of_level(told: Compared, level: str) -> Line:
    return Line(
        *(None, level, LEVELS[level], level, level),
        figures=told.tally.figures(level=level),
        earlier=[each.figures(level=level) for each in told.earlier],
        overdue=told.standings.overdue((None, level)),
        without_letter=told.standings.without_letter((None, level)),
    )


def _of_unit(told: Compared, ranks: Ranks, named: Mapping[str, Any]) -> Line:
    unit = named["id"]
    return Line(
        **{name: named[name] for name in ("id", "code", "name", "level", "address")},
        figures=told.tally.figures(unit),
        earlier=[each.figures(unit) for each in told.earlier],
        overdue=told.standings.overdue((unit, None)),
        without_letter=told.standings.without_letter((unit, None)),
        placed=ranks.placed[unit],
        placed_before=[each.get(unit) for each in ranks.before],
    )


async def _keep_ranks(connection: AsyncConnection, scope: Scope, told: Compared) -> Ranks:
    """The ranks of a night's sheets: the same for all readers of a scope until the next."""

    async def rank() -> Ranks:
        return await _rank(connection, told)

    sheets = tuple(each.sheets for each in (told.tally, *told.earlier))
    if None in sheets:
        return await rank()
    texts = tuple((name, told.tally.asked[name].texts) for name in (VOLUME, *told.ranked))
    key = ("ranks", scope, sheets, texts, told.headline, told.on, told.level)
    return await keep(connection, key, rank)


async def _rank(connection: AsyncConnection, told: Compared) -> Ranks:
    """By the names of units too, where two are equal."""
    named = await name_units(connection, told.tally.units())
    volumes = {unit: told.tally.figure(VOLUME, unit).denominator for unit in named}
    units = [unit for unit, volume in volumes.items() if volume]
    units.sort(key=lambda unit: (-volumes[unit], named[unit]["name"]))
    levels = {unit: named[unit]["level"] for unit in units}
    placed, *before = (
        _place({unit: each.figures(unit) for unit in units}, levels, told)
        for each in (told.tally, *told.earlier)
    )
    rates = {
        unit: Decimal(told.tally.figure(told.headline, unit).percent or 0)
        for unit in units
        if placed[unit].places[told.headline] is not None
    }
    lowest = sorted(rates, key=lambda unit: (rates[unit], named[unit]["name"]))
    return Ranks(units, placed, before, lowest)


def _place(
    figures: Mapping[int, Mapping[str, Figure]], levels: Mapping[int, str], told: Compared
) -> dict[int, Placed]:
    """Every unit among those of its level."""
    placed: dict[int, Placed] = {}
    for level in set(levels.values()):
        peers = {unit: own for unit, own in figures.items() if levels[unit] == level}
        placed |= rank_units(peers, told.ranked, least_cases(told.on))
    return placed
