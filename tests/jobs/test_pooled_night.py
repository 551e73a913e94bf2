"""The night through PgBouncer in transaction mode: what it leaves is what it leaves without."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs.night import run_night
from jobs.schedule import last_night
from tests.jobs.test_crash import forget, left_by
from tests.jobs.test_night import AS_OF, DAY, fill
from tests.pooling import PGBOUNCER, pooling
from tthc.db.server import Server

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="no pgbouncer on this machine")


def test_two_worlds_nights_share_three_connections(database: Server) -> None:
    """Each holds one for its step; the third they take by turns, for what a step reads."""
    asyncio.run(fill(database.night_url, 120))
    for simulated in (False, True):
        run_night(database.night_url, simulated=simulated, as_of=AS_OF)
    direct = left_by(database)
    assert all(direct)
    forget(database)
    with pooling(database, size=3) as pooled, ThreadPoolExecutor() as pool:
        nights = [
            pool.submit(run_night, pooled.night_url, simulated=simulated, as_of=AS_OF)
            for simulated in (False, True)
        ]
        assert all(each.result().ran for each in nights)
        assert last_night(pooled.night_url, simulated=False) == DAY
        again = run_night(pooled.night_url, simulated=False, as_of=AS_OF)
    assert not again.ran
    assert left_by(database) == direct
