"""The figures that nights have stored: sheets of counts, by period and unit axis."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.unit_tree import UNIT_HEIRS, UNITS_NAMED, UNITS_TODAY, units_above
from tthc.db.sight import any_of
from tthc.domain.access import Scope

# dimension → the join that it needs, its value
LOOKUPS = {
    "sheet": ("", "f.sheet_id"),
    "unit_id": ("", "f.{axis}_unit_id"),
    "unit": (f"JOIN {UNITS_NAMED} uc ON uc.id = f.{{axis}}_unit_id", "uc.code"),
    "unit_today": (f"JOIN {UNITS_TODAY} ut ON ut.id = f.{{axis}}_unit_id", "ut.code"),
    "tree": ("JOIN {tree} AS tr ON tr.id = f.{axis}_unit_id", "tr.code"),
    "tree_today": ("JOIN {tree_today} AS tt ON tt.id = f.{axis}_unit_id", "tt.code"),
    "heir_id": (f"JOIN ({UNIT_HEIRS}) uh ON uh.id = f.{{axis}}_unit_id", "uh.heir"),
    "unit_name": ("JOIN units u ON u.id = f.{axis}_unit_id", "u.name"),
    "level": ("", "f.level"),
    "sector": (
        "JOIN procedures ps ON ps.id = f.procedure_id JOIN sectors s ON s.id = ps.sector_id",
        "s.name",
    ),
    "procedure": ("JOIN procedures p ON p.id = f.procedure_id", "p.code"),
    "channel": ("", "f.channel"),
}
AXES = ("competent", "receiving")
BITS = 63  # conditions in each number of `verdicts`
_LAST_RUN = text("""
SELECT id, as_of, known_at, finished_at, definitions
FROM job_runs WHERE step = 'figures' AND simulated = :simulated
ORDER BY as_of DESC, id DESC LIMIT 1
""")
# A sheet with those that it adds to, and what these add to.
_WITH_BELOW = """
WITH RECURSIVE said AS ({said}), stack AS (
  SELECT id AS top, id, adds_to_id FROM said
  UNION ALL
  SELECT k.top, s.id, s.adds_to_id FROM stack k JOIN figure_sheets s ON s.id = k.adds_to_id
)
SELECT s.period, s.definitions, s.as_of, s.known_at,
  (SELECT array_agg(k.id ORDER BY k.id DESC) FROM stack k WHERE k.top = s.id) AS ids
FROM said s"""
_SHEETS = text(
    _WITH_BELOW.format(
        said="""SELECT * FROM figure_sheets
WHERE run_id = :run_id AND as_of = :as_of AND layer_id IS NULL"""
    )
)
_LAST_OF = text(
    _WITH_BELOW.format(
        said="""SELECT DISTINCT ON (period) * FROM figure_sheets
WHERE period = ANY (:periods) AND simulated = :simulated AND layer_id IS NULL
ORDER BY period, as_of DESC, id DESC"""
    )
)
# Periods that were over and in which the newest night found something else than the ones before.
_MOVED = text("""
SELECT DISTINCT s.period FROM figure_sheets s
WHERE s.run_id = (SELECT id FROM job_runs WHERE step = 'figures' AND simulated = :simulated
    ORDER BY as_of DESC, id DESC LIMIT 1)
  AND s.layer_id IS NULL AND s.as_of < :as_of
  AND EXISTS (SELECT FROM figures f WHERE f.sheet_id = s.id)
ORDER BY 1""")
_SETS = text("SELECT digest, slots FROM definition_sets WHERE digest = ANY (:digests)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a night counted in a period, by an axis: the condition text of each bit.

    `ids`: the sheet itself, and those of settled cases that it adds to; or, of what was
    `published`, the publication.
    """

    ids: tuple[int, ...]
    axis: str
    slots: tuple[str, ...]
    spreads: tuple[tuple[str, str], ...] = ()
    published: bool = False


@dataclass(frozen=True, slots=True)
class Night:
    """A night's figures: its cut-offs, and its sheets by period name and axis.

    `definitions` is the digest of what was counted.
    """

    as_of: datetime
    known_at: datetime
    finished_at: datetime
    definitions: str
    sheets: dict[tuple[str, str], Sheet]


async def last_night(scope: Scope, connection: AsyncConnection) -> Night | None:
    """The night with the latest cut-off in the reader's world, its last attempt."""
    found = (await connection.execute(_LAST_RUN, {"simulated": scope.simulated})).one_or_none()
    if found is None:
        return None
    sheets = (await connection.execute(_SHEETS, {"run_id": found.id, "as_of": found.as_of})).all()
    slots = await _read_sets(connection, {each.definitions for each in sheets})
    return Night(
        found.as_of,
        found.known_at,
        found.finished_at,
        found.definitions,
        {
            (each.period, axis): Sheet(
                tuple(each.ids),
                axis,
                tuple(slots[each.definitions]["texts"]),
                tuple((first, days) for first, days in slots[each.definitions]["spreads"]),
            )
            for each in sheets
            for axis in AXES
        },
    )


class Left(NamedTuple):
    """A period as the last night that computed it left it: its cut-offs, its sheets by axis."""

    as_of: datetime
    known_at: datetime
    sheets: dict[str, Sheet]


async def last_sheets(
    scope: Scope, connection: AsyncConnection, periods: Sequence[str]
) -> dict[str, Left]:
    """Those of some periods that a night has computed, by name."""
    values = {"periods": list(periods), "simulated": scope.simulated}
    rows = (await connection.execute(_LAST_OF, values)).all()
    slots = await _read_sets(connection, {row.definitions for row in rows})
    found = {}
    for row in rows:
        counted = slots[row.definitions]
        spreads = tuple((first, days) for first, days in counted["spreads"])
        texts = tuple(counted["texts"])
        found[row.period] = Left(
            row.as_of,
            row.known_at,
            {axis: Sheet(tuple(row.ids), axis, texts, spreads) for axis in AXES},
        )
    return found


async def periods_moved(scope: Scope, connection: AsyncConnection, night: Night) -> list[str]:
    """The names of the periods that were over and of which the last night computed other figures
    than were kept.
    """
    given = {"simulated": scope.simulated, "as_of": night.as_of}
    return list((await connection.scalars(_MOVED, given)).all())


async def stored_counts(
    scope: Scope,
    connection: AsyncConnection,
    sheet: Sheet,
    texts: Mapping[str, str],
    by: Sequence[str] = (),
    *,
    level: str | None = None,
) -> list[dict[str, Any]]:
    """Rows of dimensions with, for each name, how many cases met its condition text; of cases of
    one level where that is asked.

    Raises ValueError for a text that the night did not count.
    """
    counts = [
        f"coalesce(sum(f.cases) FILTER (WHERE {is_met(sheet, each)}), 0)::bigint AS {name}"
        for name, each in texts.items()
    ]
    lookups = lookups_of(scope, sheet, by)
    values = [f"{value} AS {name}" for name, (_, value) in zip(by, lookups, strict=True)]
    places = ", ".join(str(number) for number in range(1, len(by) + 1))
    table, key = ("figures", "sheet_id")
    if sheet.published:
        table, key = ("published_figures", "publication_id")
    units = " AND f.level = :level" if level else ""
    if scope.unit_ids is not None:
        seen = any_of(scope.unit_ids)
        units += f" AND (f.receiving_unit_id = {seen} OR f.competent_unit_id = {seen})"
    if scope.asked_unit_ids is not None:
        units += f" AND f.{sheet.axis}_unit_id = {any_of(scope.asked_unit_ids)}"
    sql = (
        f"SELECT {', '.join(values + counts)} FROM {table} f "
        + " ".join(dict.fromkeys(join for join, _ in lookups))
        + f" WHERE f.{key} = ANY (:sheets) {units}"
        + (f" GROUP BY {places} ORDER BY {places}" if by else "")
    )
    given = {"sheets": list(sheet.ids)} | ({"level": level} if level else {})
    rows = (await connection.execute(text(sql), given)).mappings()
    return [dict(row) for row in rows if not by or any(row[name] for name in texts)]


def lookups_of(scope: Scope, sheet: Sheet, by: Sequence[str]) -> list[tuple[str, str]]:
    """The join and the value of each dimension."""
    trees = {"tree": units_above(scope), "tree_today": units_above(scope, today=True)}
    return [
        (join.format(axis=sheet.axis, **trees), value.format(axis=sheet.axis))
        for join, value in (LOOKUPS[name] for name in by)
    ]


def is_met(sheet: Sheet, condition: str) -> str:
    """Whether the bit of a condition is set."""
    word, bit = divmod(sheet.slots.index(condition), BITS)
    return f"(f.verdicts[{word + 1}] & {1 << bit}) <> 0"


_known_sets: dict[str, Any] = {}
_MOST_SETS = 16


async def _read_sets(connection: AsyncConnection, digests: set[str]) -> dict[str, Any]:
    """What sets of definitions hold, by their digests: of one digest always the same."""
    found = {digest: _known_sets[digest] for digest in digests & _known_sets.keys()}
    if missing := digests - found.keys():
        rows = await connection.execute(_SETS, {"digests": [*missing]})
        read = {row.digest: _read(row.slots) for row in rows}
        _known_sets.update(read)
        while len(_known_sets) > _MOST_SETS:
            del _known_sets[next(iter(_known_sets))]
        found |= read
    return found


def _read(document: Any) -> Any:  # noqa: ANN401  # JSON, which the driver may have read already
    return json.loads(document) if isinstance(document, str) else document
