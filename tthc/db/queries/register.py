"""The register of a shop (form 07), and the files of a hand-over."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import any_of, seen
from tthc.domain.access import Scope

_ROW = """
SELECT c.id, c.code, p.name AS procedure, c.competent_unit_id, c.received_at, c.first_due_at,
  c.returned_at, c.return_channel, c.due_at
FROM cases c JOIN procedures p ON p.id = c.procedure_id
"""
# the numbers of what was handed to the citizen beside the receipt, in the order of the acts
_NUMBERS = """
SELECT row.*, ARRAY(
  SELECT number FROM case_events e,
    coalesce(e.payload ->> 'notice', e.change ->> 'letter_number') AS number
  WHERE e.case_id = row.id AND number IS NOT NULL AND NOT EXISTS (
    SELECT FROM case_events r WHERE r.case_id = e.case_id AND r.replaces = e.seq)
  ORDER BY e.seq) AS numbers
FROM"""
_DONE = """
SELECT e.type, count(DISTINCT e.case_id) AS cases
FROM case_events e JOIN cases c ON c.id = e.case_id
WHERE e.recorded_at >= :start AND e.recorded_at < :end AND e.actor = :actor AND e.import_id IS NULL
"""


async def register_rows(
    scope: Scope,
    connection: AsyncConnection,
    units: Scope,
    start: date,
    end: date,
    limit: int,
) -> list[dict[str, Any]]:
    """The cases that these units received in [start, end), in the order of their receipt."""
    where = f"WHERE c.received_on >= :start AND c.received_on < :end AND {seen(scope)}"
    values: dict[str, Any] = {"start": start, "end": end, "limit": limit}
    if units.asked_unit_ids is not None:
        where += f" AND c.receiving_unit_id = {any_of(units.asked_unit_ids)}"
    rows = f"{_ROW} {where} ORDER BY c.received_at, c.id LIMIT :limit"
    sql = text(f"{_NUMBERS} ({rows}) AS row ORDER BY row.received_at, row.id")
    return [dict(row) for row in (await connection.execute(sql, values)).mappings()]


async def batch_rows(scope: Scope, connection: AsyncConnection, batch: str) -> list[dict[str, Any]]:
    """The cases that were passed on together, with what their act says of it."""
    sql = text(
        "SELECT row.*, e.effective_at, e.actor, e.payload ->> 'to_officer' AS to_officer, "
        "(e.payload ->> 'from_unit_id')::integer AS from_unit_id, "
        "(e.payload ->> 'to_unit_id')::integer AS to_unit_id, "
        "(SELECT w.words FROM case_words w "
        "WHERE w.case_id = e.case_id AND w.seq = e.seq AND w.name = 'note') AS note "
        f"FROM case_events e CROSS JOIN LATERAL ({_ROW} WHERE c.id = e.case_id"
        f" AND {seen(scope)}) AS row "
        "WHERE e.type = 'transferred' AND e.payload ->> 'batch' = :batch "
        "AND NOT EXISTS (SELECT FROM case_events r "
        "WHERE r.case_id = e.case_id AND r.replaces = e.seq) ORDER BY row.code"
    )
    return [dict(row) for row in (await connection.execute(sql, {"batch": batch})).mappings()]


async def done_counts(
    scope: Scope,
    connection: AsyncConnection,
    actor: str,
    start: datetime,
    end: datetime,
) -> dict[str, int]:
    """Kind of act → how many cases one person did it to, recorded in [start, end)."""
    at_units = ""
    if scope.asked_unit_ids is not None:
        units = any_of(scope.asked_unit_ids)
        at_units = f" AND (c.receiving_unit_id = {units} OR c.competent_unit_id = {units})"
    sql = text(f"{_DONE} AND {seen(scope)}{at_units} GROUP BY e.type")
    rows = await connection.execute(sql, {"start": start, "end": end, "actor": actor})
    return {row.type: row.cases for row in rows}
