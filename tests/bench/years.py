"""A ledger's past: closed years like the open one, and cases that something touches again."""

import asyncpg

from tthc.db.cases import COLUMNS
from tthc.db.server import Server

SHIFTED = """
INSERT INTO cases ({names}) SELECT {values} FROM cases
WHERE simulated AND (resolved_at IS NOT NULL OR state IN (3, 7, 8))
  AND code NOT LIKE '%~%' AND settled_on < DATE '2026-11-20'"""
# The case as it stood becomes its first event, a remark of just now its second.
TOUCHED = """
WITH chosen AS (SELECT * FROM cases WHERE simulated AND id % {every} = 0
  AND NOT EXISTS (SELECT FROM case_events e WHERE e.case_id = cases.id)),
events AS (INSERT INTO case_events (case_id, seq, type, occurred_at, effective_at, recorded_at,
    actor, change, hash)
  SELECT c.id, seq, 'noted', at, at, recorded, 'bench', change, ''
  FROM chosen c CROSS JOIN LATERAL (VALUES
    (1, last_effective_at, last_recorded_at, to_json(c)),
    (2, last_effective_at, now(), '{{}}'::json)) AS e(seq, at, recorded, change))
UPDATE cases SET last_recorded_at = now() FROM chosen WHERE cases.id = chosen.id"""


async def add_closed_years(server: Server, years: int) -> None:
    """Copy the cases that are over, back by one to so many years, without their events."""
    connection = await asyncpg.connect(server.owner_url)
    try:
        names = COLUMNS.split(", ")
        for year in range(1, years + 1):
            values = []
            for name in names:
                if name == "id":
                    values.append("nextval(pg_get_serial_sequence('cases', 'id'))")
                elif name == "code":
                    values.append(f"code || '~{year}'")
                elif name.endswith("_at"):
                    values.append(f"{name} - interval '{year} years'")
                else:
                    values.append(name)
            await connection.execute(
                SHIFTED.format(names=", ".join(names), values=", ".join(values))
            )
        await connection.execute("VACUUM ANALYZE cases")
    finally:
        await connection.close()


async def touch_cases(server: Server, every: int) -> int:
    """Let one case in so many have been recorded of just now; returns how many those are."""
    connection = await asyncpg.connect(server.owner_url)
    try:
        done = await connection.execute(TOUCHED.format(every=int(every)))
        await connection.execute("VACUUM ANALYZE cases")
        return int(done.split()[-1])
    finally:
        await connection.close()
