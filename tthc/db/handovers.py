"""What was passed on with one control sheet, and what of it waits for its receiver."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import any_of, seen
from tthc.domain.access import Scope

_OF_BATCH = """
SELECT c.id, c.code, EXISTS (SELECT FROM case_events x WHERE x.case_id = c.id AND x.seq > e.seq
  AND x.type IN ('transferred', 'taken_over')) AS over
FROM case_events e JOIN cases c ON c.id = e.case_id
WHERE e.type = 'transferred' AND e.payload ->> 'batch' = $1"""
_NAMES = "SELECT id, code, name FROM units WHERE id = ANY ($1::integer[])"

_WAITING = """
SELECT e.payload ->> 'batch' AS batch, u.name AS unit, e.payload ->> 'to_officer' AS officer,
  max(e.effective_at) AS at, count(*) AS files
FROM cases c JOIN case_events e ON e.case_id = c.id JOIN units u ON u.id = c.competent_unit_id
WHERE c.state IN (1, 2, 4, 5, 6, 9) AND e.type = 'transferred'
  AND e.payload ->> 'batch' IS NOT NULL AND NOT EXISTS (
    SELECT FROM case_events x WHERE x.case_id = c.id AND x.seq > e.seq
      AND x.type IN ('transferred', 'taken_over'))"""


class Waiting(NamedTuple):
    """A slip whose files wait to be signed for."""

    batch: str
    unit: str
    officer: str | None
    at: datetime
    files: int


async def waiting_batches(scope: Scope, connection: AsyncConnection) -> list[Waiting]:
    """The slips that wait for a signature, the oldest first; of the units asked for as those that
    solve or that received.
    """
    asked = ""
    if scope.asked_unit_ids is not None:
        units = any_of(scope.asked_unit_ids)
        asked = f" AND (c.competent_unit_id = {units} OR c.receiving_unit_id = {units})"
    sql = f"{_WAITING} AND {seen(scope)}{asked} GROUP BY 1, 2, 3 ORDER BY at, batch"
    return [Waiting._make(row) for row in await connection.exec_driver_sql(sql)]


async def waiting(scope: Scope, connection: AsyncConnection, batch: str) -> list[str]:
    """The codes of a control sheet that nobody has taken over yet, in their order."""
    sql = f"{_OF_BATCH} AND {seen(scope)}"
    rows = (await connection.exec_driver_sql(sql, (batch,))).mappings()
    return sorted(row["code"] for row in rows if not row["over"])


async def cases_of(scope: Scope, connection: AsyncConnection, batch: str) -> list[int]:
    """The cases of a control sheet."""
    sql = f"{_OF_BATCH} AND {seen(scope)}"
    rows = (await connection.exec_driver_sql(sql, (batch,))).mappings()
    return sorted({row["id"] for row in rows})


async def names(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Code and name of units, whether they still are or not."""
    rows = (await connection.exec_driver_sql(_NAMES, (list(ids),))).mappings()
    return {row["id"]: (row["code"], row["name"]) for row in rows}
