"""The figures that rubrics are scored on, by unit and by all that is below it."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.blocks import Tree
from tthc.db.facts import Knowledge
from tthc.db.queries.measures import (
    PARTS,
    Rows,
    Supposed,
    count_measures,
    named_texts,
    stored_measures,
)
from tthc.db.queries.sheets import Sheet, last_night, last_sheets
from tthc.domain.access import Scope
from tthc.domain.errors import NotFoundError
from tthc.domain.period import Period
from tthc.domain.scoring.given import Count
from tthc.domain.scoring.rubric import Rubric
from tthc.rules.definitions import Definition, definition

WHOLE = 0  # in the place of a unit: all that the reader sees
AXES = ("competent", "receiving")
Sums = list[int]


@dataclass(slots=True)
class Measures:
    """Counts by unit (its subtree, WHOLE for all) and measure; by part where a rubric splits.

    A measure is a definition's id, with `#level` where only cases of one level count.
    """

    units: dict[int, dict[str, Count]] = field(default_factory=dict)
    parts: dict[int, dict[str, dict[str, Count]]] = field(default_factory=dict)

    def of(self, unit_id: int, measures: Iterable[str]) -> dict[str, Count]:
        """A unit's figures; nothing counted is a figure too."""
        own = self.units.get(unit_id, {})
        return {name: own.get(name, NOTHING) for name in measures}


NOTHING = Count(0, 0)


def asked_by(rubrics: Iterable[Rubric]) -> list[Definition]:
    """The definitions that rubrics read, each once."""
    names = (name.partition("#")[0] for each in rubrics for name in each.measures())
    return [definition(name) for name in dict.fromkeys(names)]


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of counts of some definitions of one axis, split by part or not."""

    asked: Sequence[Definition]
    split: str | None
    rows: Rows


async def count_units(
    connection: AsyncConnection,
    scope: Scope,
    rubrics: Sequence[Rubric],
    period: Period,
    knowledge: Knowledge,
    supposed: Supposed | None = None,
) -> list[Counted]:
    """The counts of every unit: the night's where it has this period at this very cut-off, else
    live from the ledger; as they would be with `supposed`.
    """
    night = None if supposed else await last_night(scope, connection)
    if night and (night.as_of, night.known_at) != (knowledge.as_of, knowledge.known_at):
        night = None
    found = []
    for split, chosen in _groups(rubrics):
        sheet = night.sheets.get((period.name, chosen[0].axis)) if night else None
        rows = await _stored(connection, scope, sheet, chosen, split)
        if rows is None:
            rows = await count_measures(
                *(scope, connection, chosen, period, knowledge), split=split, supposed=supposed
            )
        found.append(Counted(chosen, split, rows))
    return found


async def kept_counts(
    connection: AsyncConnection, scope: Scope, rubrics: Sequence[Rubric], period: Period
) -> tuple[Knowledge, list[Counted]]:
    """The counts of every unit as the last night on the period left them, and its cut-offs: for
    those who see no case. Raises NotFoundError where no night counted all that is asked.
    """
    left = (await last_sheets(scope, connection, [period.name])).get(period.name)
    found = []
    for split, chosen in _groups(rubrics):
        sheet = left.sheets[chosen[0].axis] if left else None
        rows = await _stored(connection, scope, sheet, chosen, split)
        if rows is None:
            break
        found.append(Counted(chosen, split, rows))
    else:
        if left:
            return Knowledge(left.as_of, left.known_at), found
    raise NotFoundError(
        f"Chưa có lần tính đêm nào cho kỳ {period.name}: hãy chọn kỳ khác, hoặc chờ lần tính tới."
    )


def units_counted(counted: Iterable[Counted]) -> set[int]:
    """The units whose own cases were counted."""
    return {row["unit_id"] for each in counted for row in each.rows}


def roll_up(counted: Iterable[Counted], tree: Tree) -> Measures:
    """The counts of units added to those of all above them: children sum to their parent."""
    found = Measures()
    for each in counted:
        _add(found, each, tree)
    return found


def narrow(counted: Iterable[Counted], tree: Tree, unit_ids: AbstractSet[int]) -> list[Counted]:
    """The counts of these units and of those below them alone."""
    return [
        replace(
            each,
            rows=[row for row in each.rows if not unit_ids.isdisjoint(tree.above(row["unit_id"]))],
        )
        for each in counted
    ]


async def _stored(
    connection: AsyncConnection,
    scope: Scope,
    sheet: Sheet | None,
    chosen: Sequence[Definition],
    split: str | None,
) -> Rows | None:
    """The rows of a night's sheet; None where there is none or it counted other conditions."""
    if sheet is None or any(text not in sheet.slots for text in named_texts(chosen).values()):
        return None
    return await stored_measures(scope, connection, sheet, chosen, split=split)


def _add(found: Measures, counted: Counted, tree: Tree) -> None:
    width = len(PARTS)
    sums: dict[tuple[int, str, str], Sums] = {}
    for row in counted.rows:
        above = [*tree.above(row["unit_id"]), WHOLE]
        for number, each in enumerate(counted.asked):
            counts = [row.get(f"{part}_{number}", 0) for part in PARTS]
            if not any(counts):
                continue
            for name in (each.id, f"{each.id}#{row['level']}"):
                for unit_id in above:
                    key = (unit_id, name, row.get("part", ""))
                    total = sums.setdefault(key, [0] * width)
                    for place in range(width):
                        total[place] += counts[place]
    by_id = {each.id: each for each in counted.asked}
    for (unit_id, name, part), total in sums.items():
        count = _count(by_id[name.partition("#")[0]], total)
        if counted.split:
            found.parts.setdefault(unit_id, {}).setdefault(name, {})[part] = count
        else:
            found.units.setdefault(unit_id, {})[name] = count


def _count(asked: Definition, total: Sums) -> Count:
    denominator, numerator, known = total
    unknown = asked.needs_words if asked.needs and denominator and not known else None
    return Count(numerator, denominator, asked.missing or unknown)


def _groups(rubrics: Sequence[Rubric]) -> Iterator[tuple[str | None, list[Definition]]]:
    """What is counted in one go: definitions of one axis, split alike."""
    asked = asked_by(rubrics)
    for split in _splits(rubrics):
        names = _split_measures(rubrics, split) if split else {each.id for each in asked}
        for axis in AXES:
            chosen = [each for each in asked if each.axis == axis and each.id in names]
            if chosen:
                yield split, chosen


def _splits(rubrics: Iterable[Rubric]) -> list[str | None]:
    found = {leaf.split for each in rubrics for leaf in each.leaves() if leaf.split}
    return [None, *sorted(found)]


def _split_measures(rubrics: Iterable[Rubric], split: str) -> set[str]:
    return {
        name
        for each in rubrics
        for leaf in each.leaves()
        if leaf.split == split
        for name in leaf.measures
    }
