"""Old sheets are forgotten but each period's last; figures and comparisons stay answerable."""

import asyncio
import random
from datetime import datetime, timedelta

import pytest

from jobs.night import run_night
from tests.jobs.test_night import fill
from tests.jobs.test_settled import FIRST, added, old_history, run, write
from tests.simulated import rows_of
from tthc import clock
from tthc.db.server import Server

DAYS = [datetime(2026, 3, day, 23, 59, 59, 999999, tzinfo=clock.VIETNAM) for day in (30, 31)]
SHEETS = "SELECT s.as_of, s.period FROM figure_sheets s WHERE s.layer_id IS NULL ORDER BY 1, 2"
CELLS = "SELECT DISTINCT sheet_id FROM figures EXCEPT SELECT id FROM figure_sheets"


def test_what_nights_made_long_ago_is_forgotten(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(fill(database.night_url, 60))
    made = datetime(2026, 4, 1, 1, tzinfo=clock.VIETNAM)
    monkeypatch.setattr(clock, "now", lambda: made)
    for as_of in DAYS:
        run_night(database.night_url, simulated=False, as_of=as_of)
    (before,) = rows_of(database, SHEETS)
    assert {row[0] for row in before} == set(DAYS)
    monkeypatch.setattr(clock, "now", lambda: made + timedelta(days=399))
    run_night(database.night_url, simulated=False, as_of=DAYS[1], again=True)
    (young,) = rows_of(database, SHEETS)
    assert set(before) <= set(young), "not old enough"
    monkeypatch.setattr(clock, "now", lambda: made + timedelta(days=401))
    run_night(database.night_url, simulated=False, as_of=DAYS[1], again=True)
    kept, cells, told = rows_of(
        database,
        SHEETS,
        CELLS,
        "SELECT result ->> 'forgotten' FROM job_runs WHERE step = 'sheets' ORDER BY id DESC",
    )
    periods = {row[1] for row in before}
    assert {row[1] for row in kept} == periods, "each period's last stays"
    days = {row[1] for row in kept if row[0] == DAYS[0]}
    assert days == {"day:2026-03-30"}, "of the first night only what no later night computed"
    assert cells == []
    assert int(told[0][0]) > len(periods)


def test_layers_that_a_newer_one_replaced_are_forgotten_too(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice, start = random.Random(2), clock.now()
    asyncio.run(write(database, [old_history(number, dice) for number in range(40)]))

    def night(made: int, day: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=made))
        run(database, FIRST + timedelta(days=day))

    for month in range(3):
        night(month, 31 * month)
    assert added(database) == [0, 1, 2]
    monkeypatch.setattr("jobs.settled.MOST_LAYERS", 3)
    for day in range(4):  # the first counts anew, then a layer goes each night
        night(500 + day, 93 + day)
    assert added(database) == [0]
    (cells,) = rows_of(database, CELLS)
    assert cells == []
