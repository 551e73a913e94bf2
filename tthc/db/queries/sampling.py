"""Draws of cases by stratum: the competent unit and the sector."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.selection import Selection, asking, run
from tthc.domain.access import Scope

Stratum = tuple[int, int]  # a unit, a sector
_STRATUM = """f.competent_unit_id AS unit_id,
  (SELECT p.sector_id FROM procedures p WHERE p.id = f.procedure_id) AS sector_id"""
_COLUMNS = {"competent_unit_id", "procedure_id"}
_DRAWN = text("""
SELECT c.id, c.code, c.competent_unit_id, s.id AS sector_id, p.name AS procedure, s.name AS sector,
  u.name AS unit, c.received_at, c.due_at, c.resolved_at, c.returned_at
FROM cases c JOIN procedures p ON p.id = c.procedure_id JOIN sectors s ON s.id = p.sector_id
JOIN units u ON u.id = c.competent_unit_id
WHERE c.id = ANY (:ids) ORDER BY u.code, s.name, c.code
""")


async def count_strata(
    scope: Scope, connection: AsyncConnection, selection: Selection
) -> dict[Stratum, int]:
    """How many of the selected cases each stratum has, in the order of units and sectors."""
    asked = f"SELECT unit_id, sector_id, count(*) AS cases FROM (SELECT {_STRATUM}"
    end = ") AS s GROUP BY 1, 2 ORDER BY 1, 2"
    rows = await run(connection, *asking(asked, scope, selection, _COLUMNS, end=end))
    return {(row.unit_id, row.sector_id): row.cases for row in rows}


async def draw_cases(
    scope: Scope,
    connection: AsyncConnection,
    selection: Selection,
    taken: Mapping[Stratum, int],
    seed: str,
) -> list[dict[str, Any]]:
    """So many cases of each stratum, those first whose code comes first when hashed with the seed:
    nobody can choose them, and whoever knows the seed can draw them again.
    """
    asked = f"""SELECT r.id FROM (
      SELECT s.*, row_number() OVER (PARTITION BY unit_id, sector_id
        ORDER BY sha256(convert_to(CAST(:seed AS text) || '/' || code, 'UTF8'))) AS place
      FROM (SELECT f.id, f.code, {_STRATUM}"""
    end = """) AS s) AS r JOIN unnest(CAST(:units AS integer[]), CAST(:sectors AS integer[]),
      CAST(:takes AS integer[])) AS t (unit_id, sector_id, take)
      ON t.unit_id = r.unit_id AND t.sector_id = r.sector_id WHERE r.place <= t.take"""
    units, sectors = (list(each) for each in zip(*taken, strict=True)) if taken else ([], [])
    given = {"seed": seed, "units": units, "sectors": sectors, "takes": list(taken.values())}
    statement = asking(asked, scope, selection, _COLUMNS | {"code"}, end=end, given=given)
    ids = list((await run(connection, *statement)).scalars())
    return [dict(row) for row in (await connection.execute(_DRAWN, {"ids": ids})).mappings()]
