"""The night over a simulated province, against a raw COPY of the very columns that it reads."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import asyncpg

from jobs.figures import whole_plan
from tests.bench.ledgers import HEAVY, UNTIL, Made, simulated_ledger
from tests.bench.years import forget_nights, touch_cases
from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.rules.periods import WHOLE, periods_on

MILLION = 1_000_000
SIZES = (MILLION, 5 * MILLION, 20 * MILLION) if HEAVY else (300_000,)
TEN_YEARS = 200_000  # cases of the open year; nine closed ones like it lie before
CLOSED = 9
LAST_DAY = UNTIL - timedelta(days=1)
COUNTRY = 1_000_000 if HEAVY else 300_000
NIGHT = """
import resource, sys, time
from datetime import datetime
from jobs.night import run_night
as_of, started = datetime.fromisoformat(sys.argv[2]), time.perf_counter()
done = run_night(sys.argv[1], simulated=True, as_of=as_of, again=True)
used = resource.getrusage(resource.RUSAGE_SELF)
whole, ours = time.perf_counter() - started, used.ru_utime + used.ru_stime
print(done.result["figures"], done.seconds, whole, ours, used.ru_maxrss)
"""
HEADINGS = (
    "ledger|rows written|figures s|peak MB|raw COPY s|figures / COPY|all steps s|our CPU s|load"
)


@dataclass(frozen=True)
class Night:
    """What a night of a process of its own took: rows, seconds, kilobytes."""

    written: int
    figures: float
    whole: float
    ours: float
    memory: int


def run() -> Iterable[str]:
    yield f"| {HEADINGS} |"
    yield "|---" * (HEADINGS.count("|") + 1) + "|"
    chosen = os.environ.get("TTHC_BENCH_LEDGERS", "").split()  # some, for a short time of quiet
    for key, (name, cases, made) in ledgers().items():
        if not chosen or key in chosen:
            with simulated_ledger(cases, LAST_DAY, **made) as server:
                yield from nights(server, name)


def ledgers() -> dict[str, tuple[str, int, Made]]:
    """The ledgers to measure on: by a short name what each is, of how many cases, how made."""
    found: dict[str, tuple[str, int, Made]] = {}
    for cases in SIZES:
        once = min(cases, MILLION)
        found[str(cases)] = (f"{cases:,} cases, one year", once, {"times": cases // once})
    found["country"] = (f"{COUNTRY:,} cases of a country", COUNTRY, {"country": True})
    name = f"{TEN_YEARS:,} cases, and {CLOSED} closed years"
    return found | {"years": (name, TEN_YEARS, {"closed_years": CLOSED})}


def nights(server: Server, name: str) -> Iterable[str]:
    """The first night, the next one, and one after a hundredth of all cases changed."""
    asyncio.run(forget_nights(server))  # of an earlier run, where ledgers are kept
    yield measured(server, f"{name}: first night", UNTIL)
    yield measured(server, f"{name}: next night", UNTIL + timedelta(days=1))
    touched = asyncio.run(touch_cases(server, 100))
    changed = f"{name}: after {touched:,} changed"
    yield measured(server, changed, UNTIL + timedelta(days=2))


def measured(server: Server, name: str, day: date) -> str:
    """A night's row of the table."""
    copy = best(lambda: asyncio.run(raw_copy(server)))
    took = night(server, day)
    return (
        f"| {name} | {took.written:,} | {took.figures:.1f} | {took.memory / 1024:.0f} "
        f"| {copy:.2f} | {took.figures / copy:.1f} | {took.whole:.1f} | {took.ours:.1f} "
        f"| {os.getloadavg()[0]:.0f} |"
    )


def best(work: Callable[[], object], times: int = 2) -> float:
    """The shortest of some runs, in seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken)


def night(server: Server, day: date) -> Night:
    """A night in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", NIGHT, server.night_url, clock.end_of(day).isoformat()],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    written, figures, whole, ours, memory = done.stdout.split()[-5:]
    return Night(int(written), float(figures), float(whole), float(ours), int(memory))


async def raw_copy(server: Server) -> None:
    """The facts of the open periods in PostgreSQL's own binary form, thrown away."""
    connection = await asyncpg.connect(server.night_url)
    since = min(period.start for period in periods_on(UNTIL) if period.scheme != WHOLE)
    columns = [name for name in whole_plan().columns if not name.endswith("_ordinal")]
    knowledge = Knowledge(clock.end_of(UNTIL), clock.now())
    facts = facts_sql(Scope(simulated=True), columns, knowledge, active_since=since)

    async def forget(data: bytes) -> None:
        del data

    try:
        await connection.copy_from_query(facts, output=forget, format="binary")
    finally:
        await connection.close()
