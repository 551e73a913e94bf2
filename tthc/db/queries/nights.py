"""Whether the nights go on: the last one of each world, and the schedule's pulse.

A night is whole when its last step is in the ledger of jobs and its cut-off is the end of a day
in Vietnam; figures that were refreshed in the middle of a day are none.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge
from tthc.domain.access import Scope

WHOLE_NIGHT = "night"  # the step that notes that all others are done
# texts that the scheduler runs too
LAST_NIGHT = f"""
SELECT as_of, finished_at FROM job_runs
WHERE step = '{WHOLE_NIGHT}' AND simulated = $1
  AND (as_of + INTERVAL '1 microsecond') AT TIME ZONE 'Asia/Ho_Chi_Minh'
    = date_trunc('day', (as_of + INTERVAL '1 microsecond') AT TIME ZONE 'Asia/Ho_Chi_Minh')
ORDER BY as_of DESC, id DESC LIMIT 1"""
_FIGURES = text("""
SELECT as_of, known_at FROM job_runs
WHERE step = 'figures' AND simulated = :simulated
  AND (CAST(:before AS timestamptz) IS NULL OR as_of < :before)
ORDER BY as_of DESC, id DESC LIMIT 1""")
BEAT = """
INSERT INTO schedule_pulse (started_at, beat_at) VALUES ($1, $2)
ON CONFLICT (only_one) DO UPDATE SET started_at = $1, beat_at = $2"""


@dataclass(frozen=True, slots=True)
class WholeNight:
    """The day that a night was about, and when its figures were there."""

    day: date
    finished_at: datetime


async def last_whole_night(connection: AsyncConnection, *, simulated: bool) -> WholeNight | None:
    found = (await connection.exec_driver_sql(LAST_NIGHT, (simulated,))).one_or_none()
    return WholeNight(clock.local_date(found.as_of), found.finished_at) if found else None


async def night_knowledge(
    scope: Scope, connection: AsyncConnection, before: datetime | None = None
) -> Knowledge | None:
    """The cut-offs of the last figures of a world, or of those with an earlier cut-off."""
    found = await connection.execute(_FIGURES, {"simulated": scope.simulated, "before": before})
    row = found.one_or_none()
    return Knowledge(row.as_of, row.known_at) if row else None


async def last_beat(connection: AsyncConnection) -> datetime | None:
    """When a scheduler last said that it lives."""
    beat: datetime | None = (
        await connection.exec_driver_sql("SELECT beat_at FROM schedule_pulse")
    ).scalar_one_or_none()
    return beat
