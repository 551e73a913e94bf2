"""Nights run afterwards, over settled layers of other months: each is what its ledger says."""

import asyncio
import random
from datetime import timedelta

from jobs.backfill import read_range, run_days
from tests.jobs.test_settled import (
    NEXT_YEAR,
    added,
    compare,
    counted_anew,
    old_history,
    run,
    stored,
    write,
)
from tthc import clock
from tthc.db.server import Server


def test_a_backfill_is_the_nights_themselves(database: Server) -> None:
    dice = random.Random(29)
    asyncio.run(write(database, [old_history(number, dice) for number in range(80)]))
    run(database, NEXT_YEAR - timedelta(days=250))  # a later night has left a layer of its own
    days = read_range("2026-03-31", "2026-04-01")
    assert run_days(database.night_url, days, simulated=False, again=False)["ran"] == len(days)
    assert len(added(database)) > 2, "a layer for each month"
    for day in days:
        which = f"as_of = '{clock.end_of(day).isoformat()}'"
        groups, spreads = (stored(database, table, which) for table in ("figures", "figure_days"))
        compare(groups, spreads, counted_anew(database, clock.end_of(day)))
