"""The schedule: one nightly entry, in Vietnam's time, in a process of its own."""

from datetime import date, timedelta

import structlog
from adbc_driver_postgresql.dbapi import connect
from apscheduler.schedulers.blocking import BlockingScheduler

from jobs.night import last_night, run_night
from tthc import clock
from tthc.db.server import running_server
from tthc.settings import read_settings

START = {"hour": 0, "minute": 30}
log = structlog.get_logger()


def catch_up(app_url: str) -> None:
    """Run every night that is due: those since the last one in the ledger, up to yesterday's."""
    yesterday = clock.local_date(clock.now()) - timedelta(days=1)
    for simulated in (False, True):
        for day in missed_days(app_url, yesterday, simulated=simulated):
            outcome = run_night(app_url, simulated=simulated, as_of=clock.end_of(day))
            log.info("night", day=str(day), simulated=simulated, ran=outcome.ran, **outcome.result)


def missed_days(app_url: str, yesterday: date, *, simulated: bool) -> list[date]:
    """The days whose night has not run; only yesterday where none ever did."""
    with connect(app_url) as connection:
        last = last_night(connection, simulated=simulated)
    if last is None:
        return [yesterday]
    days = (yesterday - last).days
    return [last + timedelta(days=number) for number in range(1, days + 1)]


def serve() -> None:
    """Run due nights now and then every night, until the process is told to stop."""
    with running_server(read_settings()) as server:
        scheduler = BlockingScheduler(timezone=clock.VIETNAM)
        scheduler.add_job(
            catch_up,
            "cron",
            args=[server.app_url],
            **START,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        catch_up(server.app_url)
        scheduler.start()
