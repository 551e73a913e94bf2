"""What units say of their figures (giải trình): added and read, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Scope

_ADD = """
INSERT INTO explanations (unit_id, period, text, actor, recorded_at)
VALUES ($1, $2, $3, $4, $5) RETURNING id"""
# $1 world, $2 units or NULL for all, $3 period, $4 a unit's code or NULL
_ASKED = """
FROM explanations e JOIN units u ON u.id = e.unit_id
WHERE u.simulated = $1 AND ($2::integer[] IS NULL OR e.unit_id = ANY ($2)) AND e.period = $3
  AND ($4::text IS NULL OR u.code = $4)"""
_COUNT = f"SELECT count(*) {_ASKED}"
_LIST = f"""
SELECT e.id, u.code AS unit, u.name AS unit_name, e.period, e.text, e.actor, e.recorded_at
{_ASKED} AND e.id > $5 ORDER BY e.id LIMIT $6"""

_ALL = "SELECT unit_id, period, text, actor, recorded_at FROM explanations ORDER BY id"
_TRACED = "SELECT details ->> 'digest' FROM traces WHERE kind = 'period_explained' ORDER BY id"


class Explanation(NamedTuple):
    """A unit's words on its figures of a period, such as `month:2026-03`."""

    unit_id: int
    period: str
    text: str
    actor: str
    recorded_at: datetime


async def add(connection: AsyncConnection, said: Explanation) -> int:
    """Keep a unit's explanation of a period; returns its number."""
    return int((await connection.exec_driver_sql(_ADD, tuple(said))).scalar_one())


async def list_explanations(
    scope: Scope,
    connection: AsyncConnection,
    period: str,
    unit: str | None,
    *,
    after: int,
    limit: int,
) -> tuple[int, Sequence[dict[str, Any]]]:
    """How many there are of a period in the reader's scope, and those after a number."""
    units = None if scope.unit_ids is None else list(scope.unit_ids)
    asked = (scope.simulated, units, period, unit)
    total = (await connection.exec_driver_sql(_COUNT, asked)).scalar_one()
    rows = await connection.exec_driver_sql(_LIST, (*asked, after, limit))
    return int(total), [dict(row) for row in rows.mappings()]


async def all_explanations(connection: AsyncConnection) -> list[Explanation]:
    """Whatever any unit ever said of its figures."""
    return [Explanation._make(row) for row in await connection.exec_driver_sql(_ALL)]


async def traced_digests(connection: AsyncConnection) -> list[str]:
    """What the chained traces keep of them."""
    return list((await connection.exec_driver_sql(_TRACED)).scalars())
