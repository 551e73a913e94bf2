"""The traces of who looked and who changed: added, listed; sealed by the database itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.traces import Trace

MENTIONED = 50  # cases of one trace that are named in a list
_ADD = "SELECT add_trace($1, $2, $3, $4, $5, $6, $7)"
_WHERE = """
WHERE (t.simulated IS NULL OR t.simulated = $1)
  AND ($2::text IS NULL OR t.kind = $2) AND ($3::text IS NULL OR t.actor = $3)
  AND ($4::timestamptz IS NULL OR t.recorded_at >= $4)
  AND ($5::timestamptz IS NULL OR t.recorded_at < $5)
  AND ($6::text IS NULL OR t.id IN (SELECT traces_of($6)))"""
_COUNT = f"SELECT count(*) FROM traces t {_WHERE}"
_LIST = f"""
SELECT t.id, t.recorded_at, t.actor, t.simulated, t.kind, t.details::text AS details,
  cardinality(t.case_ids) AS case_count,
  ARRAY(SELECT c.code FROM cases c WHERE c.id = ANY (t.case_ids[1:{MENTIONED}]) ORDER BY c.id)
    AS cases
FROM traces t {_WHERE}
  AND ($7::bigint IS NULL OR t.id < $7)
ORDER BY t.id DESC LIMIT $8"""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which traces: None asks for all. Instants are half-open, [start, end)."""

    simulated: bool
    kind: str | None = None
    actor: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    case_code: str | None = None

    def values(self) -> tuple[object, ...]:
        """As the statements take them."""
        return (self.simulated, self.kind, self.actor, self.start, self.end, self.case_code)


async def leave_trace(connection: AsyncConnection, trace: Trace) -> None:
    """Keep a trace with the transaction: what is undone leaves none."""
    values = (
        *(trace.actor, trace.simulated, trace.kind, clock.now(), list(trace.case_ids)),
        *(trace.code, json.dumps(dict(trace.details), ensure_ascii=False)),
    )
    await connection.exec_driver_sql(_ADD, values)


async def list_traces(
    connection: AsyncConnection, sought: Sought, *, limit: int, before: int | None = None
) -> Sequence[dict[str, Any]]:
    """The traces that the reader may see, the newest first, those before `before`."""
    rows = await connection.exec_driver_sql(_LIST, (*sought.values(), before, limit))
    return [{**row, "details": json.loads(row["details"])} for row in rows.mappings()]


async def count_traces(connection: AsyncConnection, sought: Sought) -> int:
    """How many there are in all of those that the reader may see."""
    found = await connection.exec_driver_sql(_COUNT, sought.values())
    return int(found.scalar_one())
