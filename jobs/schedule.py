"""The schedule: one nightly entry, in Vietnam's time, in a process of its own."""

from datetime import date, timedelta

import polars as pl
import structlog
from adbc_driver_postgresql.dbapi import connect
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.blocking import BlockingScheduler

from jobs.night import run_night
from jobs.post import send_notices
from jobs.pulse import beat, ping
from jobs.runner import Outcome
from tthc import clock
from tthc.db.queries.nights import LAST_NIGHT
from tthc.db.server import running_server
from tthc.domain.errors import BusyError
from tthc.domain.nights import days_due
from tthc.settings import read_settings

START = {"hour": 0, "minute": 30}
BEAT_SECONDS = 60
POST_SECONDS = 60
TRY_AGAIN = timedelta(minutes=10)  # after a night that broke: a server that restarts takes less
log = structlog.get_logger()


def catch_up(url: str, ping_url: str | None = None) -> None:
    """Run every night that is due: those since the last one in the ledger, up to yesterday's.

    Raises BusyError where another process holds one, perhaps only until the database notices that
    it died: then it is worth a look again.
    """
    yesterday = clock.local_date(clock.now()) - timedelta(days=1)
    for simulated in (False, True):
        for day in days_due(last_night(url, simulated=simulated), yesterday):
            outcome = run_day(url, day, simulated=simulated)
            if outcome.is_locked:
                raise BusyError(f"Đêm {day:%d/%m/%Y}: {outcome.reason}.")
            log.info("night", day=str(day), simulated=simulated, ran=outcome.ran, **outcome.result)
    ping(ping_url)


def run_day(url: str, day: date, *, simulated: bool, again: bool = False) -> Outcome:
    """The night after a day."""
    return run_night(url, simulated=simulated, as_of=clock.end_of(day), again=again)


def last_night(url: str, *, simulated: bool) -> date | None:
    """The last day whose whole night is in the ledger, in Vietnam."""
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(LAST_NIGHT, (simulated,))
        found = pl.DataFrame(cursor.fetch_arrow())
    return clock.local_date(found["as_of"].item()) if found.height else None


def serve() -> None:
    """Run due nights now and then every night, until the process is told to stop.

    A night that breaks is tried again soon, as what its steps had not yet done is still due.
    """
    settings = read_settings()
    with running_server(settings) as server:
        scheduler = BlockingScheduler(
            timezone=clock.VIETNAM,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        nights = [server.night_url, settings.ping_url]
        started = clock.now()

        def try_again(event: JobExecutionEvent) -> None:
            if event.job_id in ("beat", "post"):
                return
            at = clock.now() + TRY_AGAIN
            log.error("night", failed=type(event.exception).__name__, again_at=str(at))
            scheduler.add_job(
                catch_up, "date", nights, id="again", run_date=at, replace_existing=True
            )

        scheduler.add_listener(try_again, EVENT_JOB_ERROR)
        scheduler.add_job(catch_up, "cron", nights, id="night", **START)
        scheduler.add_job(catch_up, "date", nights, id="missed")
        posting = [server.night_url, settings.mail]
        scheduler.add_job(send_notices, "interval", posting, id="post", seconds=POST_SECONDS)
        beating = [server.night_url, started]
        scheduler.add_job(
            beat, "interval", beating, id="beat", seconds=BEAT_SECONDS, next_run_time=started
        )
        scheduler.start()
