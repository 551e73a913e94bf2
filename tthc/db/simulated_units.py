"""A province's units once more, in the simulated world: labelled, and dated as the real ones are.

The real provinces' departments are not in the data; a typical set, labelled so, takes their
place, with the one-stop centre that serves it. Run by the owner's role, as reference data is.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.errors import NotFoundError

LABEL = "mô phỏng"
SOURCE = "simulated"
CENTRE = "TTPVHCC"  # the one-stop centre's code within its province

ADD_SOURCE = """
INSERT INTO sources (id, title, note, confirmed) VALUES (:source,
  'Mô phỏng: bản sao có nhãn của đơn vị thật; sở, ngành là tập điển hình',
  'simulated, typical set', false)
ON CONFLICT (id) DO NOTHING
"""

# the province of today and those that passed to it
PROVINCES = """
WITH today AS (
  SELECT id FROM units WHERE NOT simulated AND level = 'province' AND parent_id IS NULL
    AND code = :code AND kind = 'people_committee' AND valid_to IS NULL)
SELECT id FROM today UNION SELECT predecessor_id FROM unit_successors JOIN today
  ON successor_id = today.id JOIN units p ON p.id = predecessor_id AND p.level = 'province'
"""

COPY_UNITS = """
INSERT INTO units (id, simulated, code, name, kind, level, parent_id, root_id, valid_from,
  valid_to, source_id, note)
SELECT r.new_id, true, r.code, r.name || ' (' || CAST(:label AS text) || ')', r.kind, r.level,
  p.id, coalesce(p.root_id, r.new_id), r.valid_from, r.valid_to, CAST(:source AS text),
  'simulated'
FROM (SELECT nextval(pg_get_serial_sequence('units', 'id')) AS new_id, u.* FROM units u
      WHERE root_id = ANY(:roots) AND NOT simulated AND level = :level
        AND kind = 'people_committee'
      ORDER BY code, valid_from) r
LEFT JOIN units above ON above.id = r.parent_id
LEFT JOIN units p ON p.simulated AND p.code = above.code
  AND p.valid_from IS NOT DISTINCT FROM above.valid_from
ON CONFLICT (code, simulated, coalesce(valid_from, '-infinity')) DO NOTHING
"""

COPIES = """
SELECT c.id FROM units c JOIN units r ON r.id = ANY(:roots) AND r.code = c.code
  AND r.valid_from IS NOT DISTINCT FROM c.valid_from
WHERE c.simulated ORDER BY 1
"""

ADD_DEPARTMENTS = """
INSERT INTO units (simulated, code, name, kind, level, parent_id, root_id, valid_from, valid_to,
  source_id, note)
SELECT true, p.code || '.' || d.code, d.name || CASE WHEN d.kind = 'one_stop_centre'
    THEN ' ' || p.name ELSE ' (' || CAST(:label AS text) || ')' END,
  d.kind, 'province', p.id, p.id, p.valid_from, p.valid_to, CAST(:source AS text),
  'simulated, typical set'
FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[]), CAST(:kinds AS text[]))
  WITH ORDINALITY AS d (code, name, kind, place)
CROSS JOIN units p
WHERE p.id = ANY(:provinces)
ORDER BY p.id, d.place
ON CONFLICT (code, simulated, coalesce(valid_from, '-infinity')) DO NOTHING
"""

COPY_SUCCESSORS = """
INSERT INTO unit_successors (predecessor_id, successor_id, divided, source_id)
SELECT o.id, n.id, s.divided, CAST(:source AS text)
FROM unit_successors s
JOIN units ro ON ro.id = s.predecessor_id AND NOT ro.simulated
JOIN units rn ON rn.id = s.successor_id AND NOT rn.simulated
JOIN units o ON o.simulated AND o.code = ro.code AND o.valid_from IS NOT DISTINCT FROM ro.valid_from
JOIN units n ON n.simulated AND n.code = rn.code AND n.valid_from IS NOT DISTINCT FROM rn.valid_from
ON CONFLICT (predecessor_id, successor_id) DO NOTHING
"""

# a department and a centre pass to those of the province that their own passed to
ADD_SUCCESSORS = """
INSERT INTO unit_successors (predecessor_id, successor_id, divided, source_id)
SELECT o.id, n.id, false, CAST(:source AS text)
FROM units o
JOIN unit_successors s ON s.predecessor_id = o.root_id
JOIN units n ON n.root_id = s.successor_id AND n.kind = o.kind
  AND split_part(n.code, '.', 2) = split_part(o.code, '.', 2)
WHERE o.simulated AND o.kind IN ('department', 'one_stop_centre')
ON CONFLICT (predecessor_id, successor_id) DO NOTHING
"""

# the one-stop decrees began with Decree 61/2018
ADD_SERVES = """
INSERT INTO unit_serves (centre_id, unit_id, valid_from, valid_to, source_id)
SELECT c.id, d.id, coalesce(c.valid_from, DATE '2018-06-21'), c.valid_to, CAST(:source AS text)
FROM units c JOIN units d ON d.root_id = c.root_id AND d.kind = 'department'
WHERE c.simulated AND c.kind = 'one_stop_centre'
ON CONFLICT (centre_id, unit_id, valid_from) DO NOTHING
"""


async def build_province(
    connection: AsyncConnection, code: str, departments: Sequence[Mapping[str, str]]
) -> list[int]:
    """Copy the province of today with this code, its predecessors and all their units.

    Changes nothing where they are already there; gives the copies of the provinces. Raises
    NotFoundError on an unknown province.
    """
    roots = (await connection.execute(text(PROVINCES), {"code": code})).scalars().all()
    if not roots:
        raise NotFoundError(f"Không có tỉnh mang mã {code}: hãy dùng mã của một trong 34 tỉnh nay.")
    said = {"label": LABEL, "source": SOURCE}
    await connection.execute(text(ADD_SOURCE), {"source": SOURCE})
    for level in ("province", "district", "commune"):  # those above come first
        await connection.execute(text(COPY_UNITS), {**said, "roots": roots, "level": level})
    copies = (await connection.execute(text(COPIES), {"roots": roots})).scalars().all()
    await connection.execute(
        text(ADD_DEPARTMENTS),
        {
            **said,
            "codes": [CENTRE, *(row["code"] for row in departments)],
            "names": ["Trung tâm Phục vụ hành chính công", *(row["name"] for row in departments)],
            "kinds": ["one_stop_centre", *("department" for _ in departments)],
            "provinces": copies,
        },
    )
    for statement in (COPY_SUCCESSORS, ADD_SUCCESSORS, ADD_SERVES):
        await connection.execute(text(statement), {"source": SOURCE})
    return list(copies)


async def load_successors(connection: AsyncConnection) -> dict[int, list[int]]:
    """Who took over from each ended unit of the simulated world."""
    rows = await connection.execute(
        text(
            "SELECT predecessor_id, array_agg(successor_id ORDER BY successor_id) "
            "FROM unit_successors JOIN units u ON u.id = predecessor_id AND u.simulated GROUP BY 1"
        )
    )
    return {predecessor: list(successors) for predecessor, successors in rows}


async def load_online_levels(connection: AsyncConnection) -> dict[tuple[str, str], str]:
    """The newest decided online level by procedure code and level; of any province's decision."""
    rows = await connection.execute(
        text(
            "SELECT procedure_code, coalesce(level, ''), online_level FROM online_levels "
            "ORDER BY valid_from NULLS FIRST, decided_by"
        )
    )
    return {(code, level): online for code, level, online in rows}
