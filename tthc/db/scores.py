"""Scores as they were computed: kept for good, read back by rubric, period and unit."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Scope


class StoredLeaf(NamedTuple):
    """A leaf of a stored score; the counts are of its first measure."""

    code: str
    points: Decimal | None
    most: Decimal
    numerator: int | None
    denominator: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A unit's score by a version of a rubric, at a cut-off; `figures` is the digest of all that
    it rests on.
    """

    simulated: bool
    rubric: str
    version: int
    rubric_digest: str
    unit_id: int
    block: str | None
    period: str
    as_of: datetime
    known_at: datetime
    computed_at: datetime
    points: Decimal
    most: Decimal
    scored_most: Decimal
    figures: str
    leaves: tuple[StoredLeaf, ...]


COLUMNS = (
    "simulated, rubric, version, rubric_digest, unit_id, block, period, as_of, known_at, "
    "computed_at, points, most, scored_most, figures, leaves"
)
RECORD = """
  simulated boolean, rubric text, version integer, rubric_digest text, unit_id integer, block text,
  period text, as_of timestamptz, known_at timestamptz, computed_at timestamptz, points numeric,
  most numeric, scored_most numeric, figures text, leaves json"""
# scores as `write_scores` makes them, and the run that computed them
INSERT = f"""
INSERT INTO scores (run_id, {COLUMNS})
SELECT $2::bigint, {COLUMNS} FROM json_to_recordset($1::text::json) AS r ({RECORD})
"""
_LAST = """
SELECT DISTINCT ON (rubric, period, unit_id) *
FROM scores WHERE simulated = :simulated AND period = ANY (:periods) {more}
ORDER BY rubric, period, unit_id, as_of DESC, id DESC
"""


async def last_digests(
    connection: AsyncConnection, scope: Scope, periods: Sequence[str]
) -> dict[tuple[str, str, int], str]:
    """The digest of the last score of each rubric, period and unit."""
    rows = await connection.execute(
        text(_LAST.format(more="")), {"simulated": scope.simulated, "periods": list(periods)}
    )
    return {(row.rubric, row.period, row.unit_id): row.figures for row in rows}


async def last_scores(
    connection: AsyncConnection, scope: Scope, rubric: str, period: str, as_of: datetime
) -> list[StoredScore]:
    """The last scores of a rubric and a period, computed for a cut-off up to `as_of`, of the units
    that the reader sees.
    """
    more = "AND rubric = :rubric AND as_of <= :as_of"
    given: dict[str, Any] = {"simulated": scope.simulated, "periods": [period]}
    given |= {"rubric": rubric, "as_of": as_of}
    if scope.unit_ids is not None:
        more += " AND unit_id = ANY (:units)"
        given["units"] = list(scope.unit_ids)
    rows = await connection.execute(text(_LAST.format(more=more)), given)
    return [read_score(dict(row)) for row in rows.mappings()]


async def scores_of_unit(
    connection: AsyncConnection, scope: Scope, rubrics: Sequence[str], period: str, unit_id: int
) -> list[StoredScore]:
    """The last score of a unit by each of these rubrics, where the reader sees it."""
    given: dict[str, Any] = {"simulated": scope.simulated, "periods": [period], "unit": unit_id}
    given["rubrics"] = list(rubrics)
    more = "AND unit_id = :unit AND rubric = ANY (:rubrics)"
    rows = await connection.execute(text(_LAST.format(more=more)), given)
    return [read_score(dict(row)) for row in rows.mappings()]


def write_scores(scores: Iterable[StoredScore]) -> str:
    """Scores as the JSON that INSERT reads."""
    rows = [
        {
            name: [list(map(_plain, leaf)) for leaf in value] if name == "leaves" else _plain(value)
            for name, value in ((name, getattr(each, name)) for name in COLUMNS.split(", "))
        }
        for each in scores
    ]
    return json.dumps(rows, ensure_ascii=False)


def _plain(value: Any) -> Any:  # noqa: ANN401  # a number as text, so that none is rounded
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read_score(row: dict[str, Any]) -> StoredScore:
    """A row of scores that were kept."""
    leaves = row["leaves"]
    leaves = json.loads(leaves) if isinstance(leaves, str) else leaves
    row = {name: value for name, value in row.items() if name not in {"id", "run_id", "leaves"}}
    return StoredScore(**row, leaves=tuple(_leaf(*each) for each in leaves))


def _leaf(
    code: str,
    points: str | None,
    most: str,
    numerator: int | None,
    denominator: int | None,
    reason: str,
) -> StoredLeaf:
    return StoredLeaf(
        code,
        None if points is None else Decimal(points),
        Decimal(most),
        numerator,
        denominator,
        reason,
    )
