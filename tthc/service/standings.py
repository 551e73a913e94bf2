"""Where every case stands at the last night's cut-off, and the lines of units and levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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
    """The units from the greatest volume down, and the levels."""

    units: list[Line]
    levels: list[Line]


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
    connection: AsyncConnection,
    tally: Tally,
    earlier: Sequence[Tally],
    standings: Standings,
    ranked: Sequence[str],
    on: date,
) -> Lines:
    """A line for each level and for each unit with something to resolve in the period."""
    names = await name_units(connection, tally.units())
    figures = {unit: tally.figures(unit) for unit in names}
    figures = {unit: own for unit, own in figures.items() if own[VOLUME].denominator}
    levels = {unit: names[unit]["level"] for unit in figures}
    placed = _place(figures, levels, ranked, least_cases(on))
    before = [
        _place({unit: each.figures(unit) for unit in figures}, levels, ranked, least_cases(on))
        for each in earlier
    ]
    units = [
        Line(
            **{name: names[unit][name] for name in ("id", "code", "name", "level", "address")},
            figures=own,
            earlier=[each.figures(unit) for each in earlier],
            overdue=standings.overdue((unit, None)),
            without_letter=standings.without_letter((unit, None)),
            placed=placed[unit],
            placed_before=[each.get(unit) for each in before],
        )
        for unit, own in figures.items()
    ]
    of_levels = [
        Line(
            *(None, level, LEVELS[level], level, level),
            figures=tally.figures(level=level),
            earlier=[each.figures(level=level) for each in earlier],
            overdue=standings.overdue((None, level)),
            without_letter=standings.without_letter((None, level)),
        )
        for level in LEVELS
        if level in tally.levels()
    ]
    return Lines(sorted(units, key=lambda unit: (-unit.to_resolve, unit.name)), of_levels)


def _place(
    figures: Mapping[int, Mapping[str, Figure]],
    levels: Mapping[int, str],
    ranked: Sequence[str],
    least: int,
) -> dict[int, Placed]:
    """Every unit among those of its level."""
    placed: dict[int, Placed] = {}
    for level in set(levels.values()):
        peers = {unit: own for unit, own in figures.items() if levels[unit] == level}
        placed |= rank_units(peers, ranked, least)
    return placed
