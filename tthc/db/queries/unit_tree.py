"""Units as figures are split by them: each by a name of its own, with those above it."""

from tthc.db.sight import any_of
from tthc.domain.access import Scope

# Every unit and a code that names no other: one that was given again says until when it was meant.
UNITS_NAMED = """(
SELECT id, code || CASE WHEN valid_to IS NOT NULL
    AND count(*) OVER (PARTITION BY simulated, code) > 1
  THEN '@' || (valid_to - 1)::text ELSE '' END AS code
FROM units)"""
# Every unit and that which stands for it today: its only successor, and so on; one that several
# divided stays itself.
UNIT_HEIRS = """
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
SELECT id, heir FROM held WHERE heir NOT IN (SELECT id FROM ended)"""
UNITS_TODAY = f"""(
SELECT h.id, n.code FROM ({UNIT_HEIRS}) AS h JOIN {UNITS_NAMED} AS n ON n.id = h.heir)"""


def units_above(scope: Scope, *, today: bool = False) -> str:
    """A SELECT of every unit (`id`) with itself and each unit above it (`code`), or, with `today`,
    with that which stands for it today and each above that: what children sum to.

    Of what is above, only units of the scope: of others it holds a part.
    """
    heirs = UNIT_HEIRS if today else "SELECT id, id AS heir FROM units"
    units = scope.unit_ids if scope.asked_unit_ids is None else scope.asked_unit_ids
    within = "" if units is None else f"WHERE up.above = h.heir OR up.above = {any_of(units)}"
    return f"""(
WITH RECURSIVE up AS (
  SELECT id, id AS above, parent_id FROM units
  UNION
  SELECT up.id, p.id, p.parent_id FROM up JOIN units p ON p.id = up.parent_id
)
SELECT h.id, n.code FROM ({heirs}) AS h JOIN up ON up.id = h.heir
JOIN {UNITS_NAMED} AS n ON n.id = up.above {within})"""
