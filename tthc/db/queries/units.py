"""Units and what is below them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.catalogue import unit_by_code
from tthc.db.queries.unit_tree import UNIT_HEIRS
from tthc.domain.access import Scope

_SUBTREE = text("""
WITH RECURSIVE below AS (
  SELECT CAST(:root AS integer) AS id
  UNION
  SELECT u.id FROM units u JOIN below b ON u.parent_id = b.id
)
SELECT id FROM below
""")
_NAMES = text("""
SELECT id, code, name, level,
  code || coalesce('@' || (valid_to - 1)::text, '') AS address
FROM units WHERE id = ANY(:ids)
""")
_TOPMOST = text("SELECT parent_id IS NULL FROM units WHERE id = :id")
_IN_FORCE = text("""
SELECT u.code, u.name, p.name FROM units u LEFT JOIN units p ON p.id = u.parent_id
WHERE u.simulated = :simulated AND coalesce(u.valid_from <= :on, true)
  AND coalesce(u.valid_to > :on, true)
""")
_PROVINCE = text("""
SELECT u.code, u.name FROM units u WHERE u.simulated = :simulated
AND coalesce(u.valid_from <= :on, true) AND coalesce(u.valid_to > :on, true)
AND (CAST(:own AS integer) IS NULL OR coalesce(u.root_id, u.id)
  = (SELECT coalesce(o.root_id, o.id) FROM units o WHERE o.id = :own))
ORDER BY u.name, u.code
""")

_HELD = text(f"SELECT t.id FROM ({UNIT_HEIRS}) AS t WHERE t.heir = ANY (:heirs)")
_BEYOND = text("""
SELECT cases_beyond(:world, :own)
""")


async def narrow_to_unit(
    scope: Scope, connection: AsyncConnection, code: str | None, on: date, *, own: bool = False
) -> Scope:
    """The scope, asked for a unit and all below it, or with `own` for it alone.

    Raises NotFoundError for an unknown code.
    """
    if code is None:
        return scope
    unit = await unit_by_code(connection, code, on, simulated=scope.simulated)
    if own:
        return replace(scope, asked_unit_ids=(unit.id,))
    found = (await connection.execute(_SUBTREE, {"root": unit.id})).scalars()
    return replace(scope, asked_unit_ids=tuple(sorted(found)))


async def widen_to_forerunners(scope: Scope, connection: AsyncConnection) -> Scope:
    """The same units asked for, with all those that they alone stand for today."""
    asked = {"heirs": list(scope.asked_unit_ids or ())}
    found = (await connection.execute(_HELD, asked)).scalars()
    return replace(scope, asked_unit_ids=tuple(sorted({*asked["heirs"], *found})))


async def sees_whole_world(scope: Scope, connection: AsyncConnection) -> bool:
    """Whether the scope holds every case of its world."""
    if scope.unit_ids is None:
        return True
    beyond = await connection.execute(_BEYOND, {"world": scope.simulated, "own": [*scope.unit_ids]})
    return not beyond.scalar_one()


async def is_topmost(unit_id: int | None, connection: AsyncConnection) -> bool:
    """Whether no unit is above this one; who acts for none acts for a whole world."""
    if unit_id is None:
        return True
    return bool((await connection.execute(_TOPMOST, {"id": unit_id})).scalar_one())


async def name_units(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Units by id: their code, name, level and `address`, the code that names this unit at any
    date.
    """
    found = await connection.execute(_NAMES, {"ids": list(ids)})
    return {row["id"]: dict(row) for row in found.mappings()}


async def list_names(
    connection: AsyncConnection, on: date, *, simulated: bool
) -> list[tuple[str, str, str | None]]:
    """The code and name of every unit in force, and the name of what it is part of."""
    asked = {"simulated": simulated, "on": on}
    return [(row[0], row[1], row[2]) for row in await connection.execute(_IN_FORCE, asked)]


async def list_province(
    connection: AsyncConnection, own: int | None, on: date, *, simulated: bool
) -> list[tuple[str, str]]:
    """The code and name of every unit in force in the province of one's own; of the world where
    one has none.
    """
    asked = {"simulated": simulated, "on": on, "own": own}
    return [(row[0], row[1]) for row in await connection.execute(_PROVINCE, asked)]
