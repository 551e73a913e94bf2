"""What nights counted of signals, unit by unit."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import any_of
from tthc.domain.access import Scope

_LAST = """
SELECT u.unit_id, u.signal, u.cases, u.period, u.as_of FROM unit_signals u
WHERE u.run_id = (SELECT id FROM job_runs WHERE step = 'signals' AND simulated = :simulated
  ORDER BY as_of DESC, id DESC LIMIT 1)"""
# as many rows as there are pairs
INSERT = """
INSERT INTO unit_signals (run_id, simulated, period, as_of, unit_id, signal, cases)
SELECT $1, $2, $3, $4, unit_id, signal, cases
FROM json_to_recordset($5::text::json) AS r (unit_id integer, signal text, cases integer)"""


async def stored_signals(scope: Scope, connection: AsyncConnection) -> list[dict[str, Any]]:
    """The counts of the last night, of the units in scope."""
    sql = _LAST
    if scope.unit_ids is not None:
        sql += f" AND u.unit_id = {any_of(scope.unit_ids)}"
    found = await connection.execute(text(sql), {"simulated": scope.simulated})
    return [dict(row) for row in found.mappings()]
