"""What was passed on with one control sheet, and what of it waits for its receiver."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import seen
from tthc.domain.access import Scope

_OF_BATCH = """
SELECT c.id, c.code, EXISTS (SELECT FROM case_events x WHERE x.case_id = c.id AND x.seq > e.seq
  AND x.type IN ('transferred', 'taken_over')) AS over
FROM case_events e JOIN cases c ON c.id = e.case_id
WHERE e.type = 'transferred' AND e.payload ->> 'batch' = $1"""
_NAMES = "SELECT id, code, name FROM units WHERE id = ANY ($1::integer[])"


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
