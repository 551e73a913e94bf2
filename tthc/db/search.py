"""Cases found by their code, or by pieces of their persons' names and telephones."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import seen
from tthc.domain.access import Scope

_BY_CODE = "SELECT c.code FROM cases c WHERE c.code = ANY ($1::text[]) AND {seen} "
_EXACT_FIRST = "ORDER BY c.code <> $2 LIMIT 1"
_BY_PERSON = "SELECT sought_cases($1, $2, $3, $4) AS id"
_ROWS = """
SELECT c.id, c.code, c.state, c.due_at, c.overdue_at, c.resolved_at, c.suspended_at,
  c.ended_at, c.officer, p.code AS procedure_code, p.name AS procedure_name,
  u.code AS competent_unit, u.name AS competent_unit_name, r.code AS receiving_unit
FROM cases c JOIN procedures p ON p.id = c.procedure_id
JOIN units u ON u.id = c.competent_unit_id JOIN units r ON r.id = c.receiving_unit_id
WHERE c.id = ANY ($1::bigint[]) AND {seen} ORDER BY c.id DESC"""


async def find_code(scope: Scope, connection: AsyncConnection, typed: str) -> str | None:
    """The code of a case as it was typed or scanned, in small letters or large."""
    sql = _BY_CODE.format(seen=seen(scope)) + _EXACT_FIRST
    found = await connection.exec_driver_sql(sql, ([typed, typed.upper(), typed.lower()], typed))
    code: str | None = found.scalar_one_or_none()
    return code


async def find_by_person(
    scope: Scope, connection: AsyncConnection, said: str, *, limit: int
) -> list[int]:
    """The ids of the newest cases whose person's names hold words that begin as those asked for,
    or whose telephone ends in the digits asked for. None where nobody who reads may know persons.
    """
    units = None if scope.unit_ids is None else list(scope.unit_ids)
    asked = (said, scope.simulated, units, limit)
    found = await connection.exec_driver_sql(_BY_PERSON, asked)
    return [int(each) for each in found.scalars()]


async def read_found(
    scope: Scope, connection: AsyncConnection, ids: list[int]
) -> list[dict[str, Any]]:
    """What a list tells of cases, the newest first."""
    rows = await connection.exec_driver_sql(_ROWS.format(seen=seen(scope)), (ids,))
    return [dict(row) for row in rows.mappings()]
