"""Units and what is below them."""

from dataclasses import replace
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.catalogue import unit_by_code
from tthc.domain.access import Scope

_SUBTREE = text("""
WITH RECURSIVE below AS (
  SELECT CAST(:root AS integer) AS id
  UNION
  SELECT u.id FROM units u JOIN below b ON u.parent_id = b.id
)
SELECT id FROM below
""")

# Every unit and the code of that which stands for it today: its only successor's, and so on; one
# that several divided stays itself.
UNITS_TODAY = """(
WITH RECURSIVE ended AS (
  SELECT s.predecessor_id AS id, min(s.successor_id) AS heir
  FROM unit_successors s JOIN units u ON u.id = s.predecessor_id
  WHERE u.valid_to <= (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
  GROUP BY s.predecessor_id HAVING count(*) = 1
), held AS (
  SELECT id, id AS heir FROM units
  UNION
  SELECT h.id, e.heir FROM held h JOIN ended e ON e.id = h.heir
)
SELECT h.id, u.code FROM held h JOIN units u ON u.id = h.heir
WHERE h.heir NOT IN (SELECT id FROM ended)
)"""

_BEYOND = text("""
SELECT cases_beyond(:world, :own)
""")


async def narrow_to_unit(
    scope: Scope, connection: AsyncConnection, code: str | None, on: date
) -> Scope:
    """The scope, asked for a unit and all below it. Raises NotFoundError for an unknown code."""
    if code is None:
        return scope
    unit = await unit_by_code(connection, code, on, simulated=scope.simulated)
    found = (await connection.execute(_SUBTREE, {"root": unit.id})).scalars()
    return replace(scope, asked_unit_ids=tuple(sorted(found)))


async def sees_whole_world(scope: Scope, connection: AsyncConnection) -> bool:
    """Whether the scope holds every case of its world."""
    if scope.unit_ids is None:
        return True
    beyond = await connection.execute(_BEYOND, {"world": scope.simulated, "own": [*scope.unit_ids]})
    return not beyond.scalar_one()
