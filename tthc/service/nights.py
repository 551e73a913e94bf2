"""Whether the nights go on, in numbers that a watching program can act on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.nights import last_beat, last_whole_night
from tthc.domain.nights import days_due

# a night may take its time: it is missed when the morning after has come
MORNING = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Nights:
    """A world's last whole night: its day, its age, and how many nights since then lack."""

    day: date
    finished_at: datetime
    age_seconds: int
    missed: int


async def show_nights(connection: AsyncConnection, *, simulated: bool) -> Nights | None:
    """None before the first."""
    night = await last_whole_night(connection, simulated=simulated)
    if night is None:
        return None
    now = clock.now()
    due = days_due(night.day, clock.local_date(now - MORNING) - timedelta(days=1))
    age = int((now - night.finished_at).total_seconds())
    return Nights(night.day, night.finished_at, age, len(due))


async def show_pulse_age(connection: AsyncConnection) -> int | None:
    """The seconds since a scheduler last said that it lives; None where none ever did."""
    beat = await last_beat(connection)
    return None if beat is None else int((clock.now() - beat).total_seconds())
