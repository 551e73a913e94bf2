"""What a stored period counted, by unit and level: figures of a unit, of a level, of the whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.sheets import AXES, Left, stored_counts
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.definitions import Definition
from tthc.service.figure_rows import figure_row
from tthc.service.kept import keep

PARTS = ("denominator", "numerator", "known")
THEN, TODAY = "then", "today"
STANDING = {THEN: "unit_id", TODAY: "heir_id"}  # units of the time, or those that stand for them
Place = tuple[int | None, str | None]  # a unit or any, a level or any


@dataclass(frozen=True, slots=True)
class Figure:
    """A definition with its two counts, their percent, or why there is none."""

    definition: Definition
    numerator: int
    denominator: int
    percent: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """A period's counts at a cut-off: of each definition by unit and level of the case.

    `sheets` are those that were counted; None where the counts change between two nights.
    """

    period: Period
    as_of: datetime
    known_at: datetime
    asked: dict[str, Definition]
    _sums: dict[Place, dict[str, int]] = field(repr=False)
    sheets: tuple[tuple[int, ...], ...] | None = None
    _made: dict[tuple[str, Place], Figure] = field(default_factory=dict, repr=False)

    def figure(self, name: str, unit_id: int | None = None, level: str | None = None) -> Figure:
        """A definition's figure of a unit, a level, or of all that was asked for.

        Raises KeyError for a definition that the night did not count.
        """
        key = (name, (unit_id, level))
        if key not in self._made:
            self._made[key] = self._make(*key)
        return self._made[key]

    def _make(self, name: str, place: Place) -> Figure:
        asked = self.asked[name]
        sums = self._sums.get(place, {})
        counts = {part: sums.get(key, 0) for part, key in _keys(asked).items()}
        shown = figure_row(asked, counts, ())
        return Figure(
            asked, shown["numerator"], shown["denominator"], shown["percent"], shown.get("reason")
        )

    def figures(self, unit_id: int | None = None, level: str | None = None) -> "Figures":
        """Every figure that was asked for and counted, by definition."""
        return Figures(self, unit_id, level)

    def units(self) -> list[int]:
        """The units that have anything counted."""
        return [unit for unit, level in self._sums if unit is not None and level is None]

    def levels(self) -> list[str]:
        """The levels whose cases were counted."""
        return [level for unit, level in self._sums if unit is None and level is not None]


@dataclass(frozen=True, slots=True, eq=False)
class Figures(Mapping[str, Figure]):
    """The figures of a place, by definition: each made when it is looked at, as a page of many
    units shows few of them.
    """

    tally: Tally
    unit_id: int | None
    level: str | None

    def __getitem__(self, name: str) -> Figure:
        return self.tally.figure(name, self.unit_id, self.level)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tally.asked)

    def __len__(self) -> int:
        return len(self.tally.asked)


async def read_tally(
    connection: AsyncConnection,
    scope: Scope,
    period: Period,
    stored: Left,
    asked: Sequence[Definition],
    *,
    level: str | None = None,
    standing: str = THEN,
) -> Tally:
    """The counts of some definitions, one query for each axis; what the night that stored the
    period did not count is left out.
    """
    sheets = tuple(each.ids for each in stored.sheets.values())

    async def read() -> Tally:
        found = await _read(connection, scope, period, stored, asked, level, standing)
        return found if standing != THEN else replace(found, sheets=sheets)

    if standing != THEN:  # what stands for a unit today may change between two nights
        return await read()
    texts = tuple((each.id, each.texts) for each in asked)
    return await keep(connection, ("tally", scope, period.name, sheets, texts, level), read)


async def _read(
    connection: AsyncConnection,
    scope: Scope,
    period: Period,
    stored: Left,
    asked: Sequence[Definition],
    level: str | None,
    standing: str,
) -> Tally:
    counted: dict[str, Definition] = {}
    sums: dict[Place, dict[str, int]] = {}
    for axis in AXES:
        sheet = stored.sheets[axis]
        known = set(sheet.slots)
        chosen = [one for one in asked if one.axis == axis and set(one.texts) <= known]
        if not chosen:
            continue
        counted |= {one.id: one for one in chosen}
        by, texts = (STANDING[standing], "level"), named_texts(chosen)
        for row in await stored_counts(scope, connection, sheet, texts, by, level=level):
            add_row(sums, row, by)
    ordered = {one.id: one for one in asked if one.id in counted}
    return Tally(period, stored.as_of, stored.known_at, ordered, sums)


def add_row(sums: dict[Place, dict[str, int]], row: dict[str, Any], by: tuple[str, str]) -> None:
    """Add a row's counts to those of its unit, of its level and of the whole."""
    unit, level = (row[name] for name in by)
    for place in ((None, None), (unit, None), (None, level)):
        total = sums.setdefault(place, {})
        for name, count in row.items():
            if name not in by:
                total[name] = total.get(name, 0) + count


def named_texts(asked: Iterable[Definition]) -> dict[str, str]:
    """The condition texts of definitions, under names that tell them apart."""
    return {
        key: text
        for each in asked
        for key, text in zip(_keys(each).values(), each.texts, strict=True)
    }


def _keys(asked: Definition) -> dict[str, str]:
    name = asked.id.replace("/", "_").replace("@", "_")
    return {part: f"{part}_{name}" for part in PARTS[: len(asked.texts)]}
