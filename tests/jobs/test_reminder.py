"""The yearly reminder, on the calendar of a real database."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

import asyncpg
import pytest
from adbc_driver_postgresql.dbapi import connect
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.night import run_night
from jobs.reminder import remind_of_calendar
from tthc import clock
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.domain.access import Actor, Scope
from tthc.rules.calendars import DecisionText
from tthc.service.calendars import apply_calendar

MINH = Actor("Minh", Scope(simulated=False))
ANNOUNCED = DecisionText(
    "2027-qd", 'title = "Lịch 2027"\ndecided_on = 2026-11-10\nwhole_years = [2027]\n'
)


def reminded(server: Server, on: date) -> dict[str, Any]:
    with connect(server.night_url) as connection:
        return dict(remind_of_calendar(connection, clock.end_of(on)))


def change(server: Server, act: Callable[[AsyncConnection], Awaitable[object]]) -> None:
    async def done() -> None:
        engine = connect_night(server)
        try:
            async with engine.begin() as connection:
                await act(connection)
        finally:
            await engine.dispose()

    asyncio.run(done())


def test_from_november_on_until_the_decision_is_there(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reminded(database, date(2026, 10, 31))
    assert before == {"year": 2027, "state": "unconfirmed", "warning": None}
    november = reminded(database, date(2026, 11, 1))
    assert "năm 2027 mới là tạm tính" in november["warning"]
    assert "năm 2028 chưa được nạp" in reminded(database, date(2027, 12, 31))["warning"]

    now = datetime(2026, 11, 20, 9, tzinfo=clock.VIETNAM)
    monkeypatch.setattr(clock, "now", lambda: now)
    change(database, lambda c: apply_calendar(c, MINH, ANNOUNCED, decision="1/QĐ"))
    assert reminded(database, date(2026, 11, 20))["warning"] is None
    assert reminded(database, date(2026, 11, 9))["warning"]  # as it was known then


def test_the_night_keeps_it_in_its_ledger_and_says_it(database: Server) -> None:
    as_of = clock.end_of(date(2026, 11, 20))
    outcome = run_night(database.night_url, simulated=False, as_of=as_of)
    assert "2027" in outcome.result["warning"]

    async def kept() -> Any:
        connection = await asyncpg.connect(database.night_url)
        try:
            return await connection.fetchval(
                "SELECT result::text FROM job_runs WHERE step = 'reminder'"
            )
        finally:
            await connection.close()

    assert json.loads(asyncio.run(kept()))["state"] == "unconfirmed"
    quiet = run_night(database.night_url, simulated=True, as_of=as_of)
    assert "warning" not in quiet.result


def test_the_warning_leaves_the_answer_readable(database: Server) -> None:
    """Logs go to stderr: stdout is one JSON document."""
    command = (sys.executable, "-m", "jobs", "run", "night", "--as-of", "2026-11-20", "--json")
    urls = {"TTHC_DATABASE_URL": database.app_url, "TTHC_NIGHT_DATABASE_URL": database.night_url}
    done = subprocess.run(
        command, env=os.environ | urls, capture_output=True, text=True, check=True
    )
    assert "2027" in json.loads(done.stdout)["warning"]
    assert '"state": "unconfirmed"' in done.stderr
