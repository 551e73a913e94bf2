"""kill -9 in the middle of a night, at chosen and at random points; then it runs again.

A night that is stopped waits in a trigger, on a lock that the test holds, so that it is killed
exactly there: while it writes its definitions, sheets, cells or days, or as a step is noted.
"""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
import pytest

from jobs.night import run_night
from tests.jobs.test_night import AS_OF, DAY, fill
from tests.simulated import rows_of
from tthc.db import urls
from tthc.db.server import NIGHT, Server

HEAVY = os.environ.get("TTHC_HEAVY") == "1"
GATE = 424242
POINTS = (
    *("figure_sheets", "figures", "ledger_days"),
    *(
        "job_runs:fold",
        "job_runs:figures",
        "job_runs:reminder",
        "job_runs:digest",
        "job_runs:night",
    ),
)
CELLS = """
SELECT s.period, s.definitions, f.receiving_unit_id, f.competent_unit_id, f.level, f.procedure_id,
  f.channel, f.verdicts, f.cases
FROM figures f JOIN figure_sheets s ON s.id = f.sheet_id
ORDER BY s.as_of, s.period, s.definitions, f.receiving_unit_id, f.competent_unit_id, f.level,
  f.procedure_id, f.channel, f.verdicts"""
DAYS = "SELECT day, cases, events, digest, head FROM ledger_days ORDER BY day"
RUNS = "SELECT step, as_of, attempt FROM job_runs ORDER BY as_of, step"


def gate(point: str) -> str:
    table, _, step = point.partition(":")
    each = f"EACH ROW WHEN (NEW.step = '{step}')" if step else "EACH STATEMENT"
    return f"""
CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$;
CREATE TRIGGER gate BEFORE INSERT ON {table} FOR {each} EXECUTE FUNCTION wait_at_gate();"""


@asynccontextmanager
async def waiting_at(server: Server, point: str) -> AsyncIterator[None]:
    """A night waits at the point while the body runs, and goes on afterwards if it can."""
    owner = await asyncpg.connect(server.owner_url)
    await owner.execute(gate(point))
    holding = owner.transaction()
    await holding.start()
    await owner.execute(f"SELECT pg_advisory_xact_lock({GATE})")
    until = time.monotonic() + 300  # a machine that others use too
    while not await owner.fetchval(
        "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
        "WHERE datname = current_database() AND objid = $1 AND NOT granted",
        GATE,
    ):
        assert time.monotonic() < until, f"no night came to {point}"
        await asyncio.sleep(0.02)
    yield
    await holding.rollback()
    table = point.partition(":")[0]
    await owner.execute(f"DROP TRIGGER gate ON {table}; DROP FUNCTION wait_at_gate()")
    await owner.close()


async def end_sessions(server: Server) -> None:
    """What a restart does to a night: the server ends its session."""
    admin = await asyncpg.connect(server.admin_url)
    ended = await admin.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 "
        "AND usename = $2",
        urls.database_of(server.night_url),
        NIGHT,
    )
    await admin.close()
    assert ended


@contextmanager
def night(server: Server) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_OWNER_DATABASE_URL": server.owner_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
    }
    line = [sys.executable, "-m", "jobs", "run", "night", "--as-of", DAY.isoformat()]
    with subprocess.Popen(line, env=environment, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def left_by(server: Server) -> list[list[tuple[Any, ...]]]:
    return rows_of(server, CELLS, DAYS, RUNS)


def forget(server: Server) -> None:
    """Take the night back, so that another may be disturbed on the same ledger."""

    async def run() -> None:
        owner = await asyncpg.connect(server.owner_url)
        await owner.execute(
            "TRUNCATE figures, figure_days, figure_sheets, settled_layers, ledger_days, job_runs, "
            "definition_sets"
        )
        await owner.close()

    asyncio.run(run())


async def kill_at(server: Server, point: str, process: subprocess.Popen[bytes]) -> None:
    async with waiting_at(server, point):
        process.kill()
        process.wait()
    await gone(server)


async def gone(server: Server) -> None:
    """Wait until the database has noticed that a night was killed, and freed its locks."""
    owner = await asyncpg.connect(server.owner_url)
    until = time.monotonic() + 300
    while await owner.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1",
        urls.user_of(server.night_url),
    ):
        assert time.monotonic() < until, "the session of a night that was killed stays"
        await asyncio.sleep(0.02)
    await owner.close()


def test_a_killed_night_runs_again_to_the_same_figures(database: Server) -> None:
    asyncio.run(fill(database.night_url, 120))
    run_night(database.night_url, simulated=False, as_of=AS_OF)
    undisturbed = left_by(database)
    assert all(undisturbed)
    dice = random.Random(3)
    points = dice.choices(POINTS, k=50) if HEAVY else dice.sample(POINTS, 5)
    for point in points:
        forget(database)
        with night(database) as process:
            asyncio.run(kill_at(database, point, process))
        assert left_by(database) != undisturbed, point
        run_night(database.night_url, simulated=False, as_of=AS_OF)
        assert left_by(database) == undisturbed, point


def test_a_night_whose_database_restarts_says_so_and_runs_again(database: Server) -> None:
    if database.admin_url is None:
        pytest.skip("only the embedded server's sessions are ours to end")
    asyncio.run(fill(database.night_url, 60))
    run_night(database.night_url, simulated=False, as_of=AS_OF)
    undisturbed = left_by(database)
    forget(database)

    async def restart(process: subprocess.Popen[bytes]) -> str:
        async with waiting_at(database, "figures"):
            await end_sessions(database)
            _, said = await asyncio.to_thread(process.communicate, timeout=300)
        return said.decode()

    with night(database) as process:
        said = asyncio.run(restart(process))
    assert process.returncode == 1
    assert "Traceback" not in said, said
    assert "PostgreSQL" in said
    run_night(database.night_url, simulated=False, as_of=AS_OF)
    assert left_by(database) == undisturbed
