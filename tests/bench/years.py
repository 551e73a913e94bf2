"""A ledger's past: closed years like the open one, and cases that something touches again."""

from collections.abc import Callable

import asyncpg

from tthc.db import urls
from tthc.db.cases import COLUMNS
from tthc.db.server import Server

SHIFTED = """
INSERT INTO cases ({names}) SELECT {values} FROM cases
WHERE simulated AND (resolved_at IS NOT NULL OR state IN (3, 7, 8))
  AND code NOT LIKE '%~%' AND settled_on < DATE '2026-11-20'"""
# Copies of every case under another procedure: as many rows to tell apart as so many cases make.
MULTIPLIED = """
WITH known AS (SELECT array_agg(DISTINCT procedure_id) AS ids FROM cases WHERE simulated)
INSERT INTO cases ({names}) SELECT {values} FROM cases, known
WHERE simulated AND code NOT LIKE '%~%'"""
OTHER_PROCEDURE = "ids[1 + (array_position(ids, procedure_id) + {step}) % cardinality(ids)]"
INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index
WHERE indrelid = 'cases'::regclass AND NOT indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"""
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

NIGHTS = """TRUNCATE figures, figure_days, figure_sheets, settled_layers, definition_sets, job_runs
  CASCADE"""
UNTOUCHED = """
UPDATE cases c SET last_recorded_at = e.recorded_at FROM case_events e
WHERE e.case_id = c.id AND e.actor = 'bench' AND e.seq = 1;
DELETE FROM case_events WHERE actor = 'bench'"""


async def forget_nights(server: Server) -> None:
    """A ledger that was measured before is as it was made: no night, nothing touched."""
    assert server.admin_url  # a scratch server
    database = urls.database_of(server.owner_url)
    connection = await asyncpg.connect(urls.with_database(server.admin_url, database))
    try:
        await connection.execute(f"SET session_replication_role = replica; {NIGHTS}; {UNTOUCHED}")
        await connection.execute("VACUUM ANALYZE cases")
    finally:
        await connection.close()


async def add_closed_years(server: Server, years: int) -> None:
    """Copy the cases that are over, back by one to so many years, without their events."""

    def value(name: str, year: int) -> str:
        return f"{name} - interval '{year} years'" if name.endswith("_at") else name

    await _copy_cases(server, SHIFTED, years, value)


async def multiply_cases(server: Server, times: int) -> None:
    """Make every case so many, without their events."""

    def value(name: str, copy: int) -> str:
        if name == "procedure_id":
            return OTHER_PROCEDURE.format(step=331 * copy)
        return f"{name} - interval '{copy} minutes'" if name.endswith("_at") else name

    await _copy_cases(server, MULTIPLIED, times - 1, value)


async def _copy_cases(
    server: Server, sql: str, times: int, value: Callable[[str, int], str]
) -> None:
    """Copies need no checks, for they are like what was checked; indexes are made at the end."""
    assert server.admin_url  # a scratch server
    database = urls.database_of(server.owner_url)
    connection = await asyncpg.connect(urls.with_database(server.admin_url, database))
    try:
        await connection.execute("SET session_replication_role = replica; SET work_mem = '256MB'")
        await connection.execute("SET maintenance_work_mem = '512MB'")
        indexes = await connection.fetch(INDEXES)
        for each in indexes:
            await connection.execute(f"DROP INDEX {each['name']}")
        names = COLUMNS.split(", ")
        for number in range(1, times + 1):
            own = {
                "id": "nextval(pg_get_serial_sequence('cases', 'id'))",
                "code": f"code || '~{number}'",
            }
            values = [own.get(name) or value(name, number) for name in names]
            await connection.execute(sql.format(names=", ".join(names), values=", ".join(values)))
        for each in indexes:
            await connection.execute(each["made"])
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
