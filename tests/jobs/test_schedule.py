"""The schedule: which nights are due, that each runs once, and that a silence is noticed."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from adbc_driver_postgresql.dbapi import connect

from jobs.__main__ import main
from jobs.backfill import read_range, run_days
from jobs.night import run_night
from jobs.pulse import beat, ping
from jobs.runner import _lock
from jobs.schedule import catch_up, last_night
from tests.commands import call
from tests.jobs.test_main import run
from tests.simulated import rows_of
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.server import Server
from tthc.domain.errors import BusyError, InputError
from tthc.domain.nights import days_due

DAY = date(2026, 3, 12)
NIGHTS = "SELECT as_of, count(*) FROM job_runs WHERE step = 'night' AND NOT simulated GROUP BY 1"


def on(monkeypatch: pytest.MonkeyPatch, day: date, hour: int = 1) -> None:
    instant = clock.start_of(day) + timedelta(hours=hour)
    monkeypatch.setattr(clock, "now", lambda: instant)


def nights(server: Server) -> list[date]:
    """The days whose night is in the ledger, each as often as it is there."""
    found = rows_of(server, NIGHTS)[0]
    return sorted(clock.local_date(as_of) for as_of, count in found for _ in range(count))


@pytest.mark.parametrize(
    ("last", "yesterday", "due"),
    [
        (None, 12, [12]),
        (12, 12, []),
        (11, 12, [12]),
        (9, 12, [10, 11, 12]),
        (12, 10, []),  # the clock went back
    ],
)
def test_days_due(last: int | None, yesterday: int, due: list[int]) -> None:
    before = None if last is None else DAY.replace(day=last)
    found = days_due(before, DAY.replace(day=yesterday))
    assert [day.day for day in found] == due


def test_missed_nights_run_each_once_whatever_the_clock_does(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, DAY)
    catch_up(database.night_url)
    assert nights(database) == [DAY - timedelta(days=1)]
    on(monkeypatch, DAY + timedelta(days=2))
    catch_up(database.night_url)
    days = [DAY + timedelta(days=number) for number in range(-1, 2)]
    assert nights(database) == days
    on(monkeypatch, DAY - timedelta(days=5))  # the clock set back, and right again
    catch_up(database.night_url)
    on(monkeypatch, DAY + timedelta(days=2))
    catch_up(database.night_url)
    assert nights(database) == days


def test_a_night_that_another_process_holds_is_looked_at_again(database: Server) -> None:
    with connect(database.night_url) as other, other.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_lock('fold', simulated=False)})")
        cursor.fetch_arrow()
        with pytest.raises(BusyError):
            catch_up(database.night_url)
        assert last_night(database.night_url, simulated=False) is None
        other.rollback()
    catch_up(database.night_url)
    assert last_night(database.night_url, simulated=False)


def test_a_refresh_in_the_middle_of_a_day_is_not_its_night(database: Server) -> None:
    noon: datetime = clock.end_of(DAY) - timedelta(hours=12)
    run_night(database.night_url, simulated=False, as_of=noon)
    assert last_night(database.night_url, simulated=False) is None


def test_a_night_whose_last_step_broke_is_still_due(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, DAY)

    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("mất điện")

    with monkeypatch.context() as broken:
        broken.setattr("jobs.night.seal_days", break_down)
        with pytest.raises(RuntimeError):
            catch_up(database.night_url)
    assert nights(database) == []
    catch_up(database.night_url)
    assert nights(database) == [DAY - timedelta(days=1)]
    steps = "SELECT step, count(*) FROM job_runs WHERE NOT simulated GROUP BY 1"
    assert {count for _, count in rows_of(database, steps)[0]} == {1}


def test_a_range_is_backfilled_once(database: Server) -> None:
    days = read_range("2026-03-01", "2026-03-02")
    done = run_days(database.night_url, days, simulated=False, again=False)
    assert (done["ran"], done["already_there"]) == (2, 0)
    done = run_days(database.night_url, days, simulated=False, again=False)
    assert (done["ran"], done["already_there"]) == (0, 2)
    assert nights(database) == days


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-03-05", "2026-03-04", "đổi chỗ"),
        ("2026-03-05", "hôm qua", "viết như"),
        ("2026-03-05", "2999-01-01", "chưa hết"),
    ],
)
def test_a_range_that_is_none_is_refused(first: str, last: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_range(first, last)


def test_backfill_as_a_command(database: Server) -> None:
    answer = run(database, "backfill", "--from", "2026-03-01", "--to", "2026-03-01", "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["ran"] == 1
    backwards = ("--from", "2026-03-02", "--to", "2026-03-01")
    refused = call(database, "backfill", *backwards, main=main)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)


@contextmanager
def watching_service() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tthc", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_scheduler_catches_up_beats_and_pings(database: Server) -> None:
    with watching_service() as (address, asked):
        environment = os.environ | {
            "TTHC_DATABASE_URL": database.app_url,
            "TTHC_NIGHT_DATABASE_URL": database.night_url,
            "TTHC_OWNER_DATABASE_URL": database.owner_url,
            "TTHC_PING_URL": address,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs"], env=environment, stderr=subprocess.PIPE
        )
        until = time.monotonic() + 60
        while not asked and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        process.terminate()
        _, said = process.communicate(timeout=30)
    assert asked == ["/tthc"], said.decode()
    yesterday = clock.local_date(clock.now()) - timedelta(days=1)
    assert nights(database) == [yesterday]
    assert rows_of(database, "SELECT count(*) FROM schedule_pulse")[0] == [(1,)]


def test_a_watching_service_that_is_gone_stops_nothing() -> None:
    with watching_service() as (address, _):
        pass
    ping(address)


async def test_a_night_that_stops_is_noticed(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def age(hours: float) -> None:
        instant = clock.end_of(DAY) + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda: instant)

    async with living_app(database) as app, client_of(app) as site:
        assert (await site.get("/health/ready")).json()["scheduler"] == {"beat_age_seconds": None}
        age(1)
        await asyncio.to_thread(
            run_night, database.night_url, simulated=False, as_of=clock.end_of(DAY)
        )
        beat(database.night_url, clock.now())
        found = {}
        for hours in (2, 24 + 1, 24 + 6.1, 72 + 6.1):
            age(hours)
            night = (await site.get("/health/ready")).json()["nights"]["real"]
            assert night["last_whole_day"] == DAY.isoformat()
            found[hours] = night["missed"]
        assert found == {2: 0, 25: 0, 30.1: 1, 78.1: 3}
        lines = (await site.get("/metrics")).text.splitlines()
    hours = 78.1 - 1
    assert f'tthc_night_age_seconds{{world="real"}} {int(hours * 3600)}' in lines
    assert 'tthc_nights_missed{world="real"} 3' in lines
    assert f"tthc_schedule_beat_age_seconds {int(hours * 3600)}" in lines


async def test_counts_are_told_though_the_database_is_gone(database: Server) -> None:
    async with living_app(database.on("no_such_database")) as app, client_of(app) as site:
        answer = await site.get("/metrics")
    assert answer.status_code == 200
    assert "tthc_requests_total" in answer.text
    assert "tthc_nights_missed" not in answer.text
