"""What a decision on days off would move among a million open cases: its time, its memory."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import date

import asyncpg

from tests.bench.ledgers import simulated_ledger
from tthc.db.server import Server

CASES = 1_000_000
EVENTS_SINCE = date(2026, 9, 1)  # older cases count as never suspended
HEADINGS = "open cases|days taken|would move|suspended before|preview s|peak MB"
# every case of the year is open: more days of receipt, hence more work, than a real backlog
REOPEN = """
UPDATE cases SET state = 4, resolved_at = NULL, outcome = NULL, returned_at = NULL, ended_at = NULL
WHERE due_at IS NOT NULL
"""
TOUCHED = """
SELECT count(DISTINCT case_id) FROM case_events
WHERE type IN ('suspended', 'charged', 'resumed', 'extended', 'corrected')
"""
DAYS = {
    "1": ("2026-10-12",),
    "1 a month": tuple(
        f"2026-{month:02}-{day}"
        for month, day in enumerate((12, 11, 11, 13, 12, 11, 13, 12, 11, 13, 12, 11), start=1)
    ),
}
PREVIEW = """
import asyncio, json, resource, sys, time
from tthc.db.engine import connect
from tthc.domain.access import Scope
from tthc.rules.calendars import DecisionText
from tthc.service.calendars import preview_calendar
async def preview():
    engine = connect(sys.argv[1])
    async with engine.connect() as ledger:
        begun = time.perf_counter()
        seen = await preview_calendar(
            Scope(simulated=True), ledger, DecisionText("2026-bench", sys.argv[2]))
        seconds = time.perf_counter() - begun
    await engine.dispose()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([seen["open_cases"], seen["moved"], seconds, memory]))
asyncio.run(preview())
"""


def run() -> Iterable[str]:
    yield f"| {HEADINGS} |"
    yield "|---" * (HEADINGS.count("|") + 1) + "|"
    with simulated_ledger(CASES, events_since=EVENTS_SINCE) as server:
        touched = asyncio.run(reopen(server))
        for name, days in DAYS.items():
            opened, moved, seconds, kilobytes = preview(server, days)
            yield (
                f"| {opened:,} | {name} | {moved:,} | {touched:,} | {seconds:.1f} "
                f"| {kilobytes / 1024:.0f} |"
            )


async def reopen(server: Server) -> int:
    """Leave every case open; how many were suspended or extended while they ran."""
    connection = await asyncpg.connect(server.owner_url)
    try:
        await connection.execute(REOPEN)
        await connection.execute("VACUUM ANALYZE cases, case_events")
        touched: int = await connection.fetchval(TOUCHED)
        return touched
    finally:
        await connection.close()


def preview(server: Server, days: Iterable[str]) -> tuple[int, int, float, int]:
    """Open cases, those that would move, seconds and kilobytes, in a process of its own."""
    off = "".join(f'{day} = "Nghỉ"\n' for day in days)
    text = f'title = "Đo"\ndecided_on = 2026-11-20\n[days_off]\n{off}'
    done = subprocess.run(
        [sys.executable, "-c", PREVIEW, server.night_url, text],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    opened, moved, seconds, kilobytes = json.loads(done.stdout)
    return opened, moved, seconds, kilobytes
