"""The night over a simulated province, against a raw COPY and against plain SQL."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import date

import asyncpg

from jobs.figures import night_plan
from tests.bench.ledgers import HEAVY, UNTIL, simulated_ledger
from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.rules.periods import periods_on
from tthc.rules.predicates import Cut

SIZES = (1_000_000, 5_000_000) if HEAVY else (100_000,)
AS_OF = clock.end_of(UNTIL)
NIGHT = """
import resource, sys
from datetime import datetime
from jobs.night import run_night
as_of = datetime.fromisoformat(sys.argv[2])
done = run_night(sys.argv[1], simulated=True, as_of=as_of, again=True)
print(done.result["figures"], done.seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
HEADINGS = "cases|cells|night s|peak MB|raw COPY s|night / COPY|plain SQL s|SQL / night"


def run() -> Iterable[str]:
    yield f"| {HEADINGS} |"
    yield "|---" * (HEADINGS.count("|") + 1) + "|"
    for cases in SIZES:
        with simulated_ledger(cases, events_since=date(2026, 11, 19)) as server:
            copy = best(lambda: asyncio.run(raw_copy(server)))
            nights = [night(server) for _ in range(2)]
            cells, seconds, memory = min(nights, key=lambda each: each[1])
            sql = best(lambda: asyncio.run(plain_sql(server)), times=1)
            yield (
                f"| {cases:,} | {cells:,} | {seconds:.2f} | {memory / 1024:.0f} | {copy:.2f} "
                f"| {seconds / copy:.2f} | {sql:.1f} | {sql / seconds:.1f} |"
            )


def best(work: Callable[[], object], times: int = 2) -> float:
    """The shortest of some runs, in seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def night(server: Server) -> tuple[int, float, int]:
    """Cells, seconds and kilobytes of a night in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", NIGHT, server.night_url, AS_OF.isoformat()],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    cells, seconds, memory = done.stdout.split()
    return int(cells), float(seconds), int(memory)


def _facts() -> str:
    what = night_plan()
    since = min(period.start for period in periods_on(UNTIL))
    knowledge = Knowledge(AS_OF, clock.now())
    return facts_sql(Scope(simulated=True), what.columns, knowledge, active_since=since)


async def raw_copy(server: Server) -> None:
    """The very columns that the night reads, in PostgreSQL's own binary form, thrown away."""
    connection = await asyncpg.connect(server.night_url)

    async def forget(data: bytes) -> None:
        del data

    try:
        await connection.copy_from_query(_facts(), output=forget, format="binary")
    finally:
        await connection.close()


async def plain_sql(server: Server) -> None:
    """The same counts, one statement a period and axis, into a table of its own."""
    what = night_plan()
    knowledge = Knowledge(AS_OF, clock.now())
    connection = await asyncpg.connect(server.night_url)
    try:
        for number, period in enumerate(periods_on(UNTIL)):
            cut = Cut(AS_OF, period)
            facts = facts_sql(
                Scope(simulated=True), what.columns, knowledge, active_since=period.start
            )
            counts = ", ".join(f"count(*) FILTER (WHERE {cut.bind(text)})" for text in what.texts)
            for axis in ("receiving", "competent"):
                await connection.execute(
                    f"CREATE TEMP TABLE cells_{number}_{axis} AS SELECT {axis}_unit_id, level, "
                    f"procedure_id, channel, ARRAY[{counts}] AS counts FROM ({facts}) AS f "
                    "GROUP BY 1, 2, 3, 4"
                )
    finally:
        await connection.close()
