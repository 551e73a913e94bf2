"""The calendar as this database knows it: packaged decisions, and those applied since."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import unit_hours
from tthc.domain.amendment import CalendarHistory
from tthc.domain.calendar import Calendar
from tthc.domain.unit_hours import NO_OWN_HOURS, UnitHours
from tthc.rules.calendars import DecisionText, history

CODE = "vn"
# a column for whoever reads a case: which calendar this database holds, the version that open
# cases were last brought to, and which hours of its own a {unit} has
STATE = f"""
(SELECT json_build_array(
   (SELECT d.digest FROM calendar_decisions d WHERE d.code = '{CODE}' ORDER BY d.id DESC LIMIT 1),
   (SELECT a.version FROM calendar_changes a WHERE a.code = '{CODE}' ORDER BY a.id DESC LIMIT 1),
   (SELECT h.digest FROM unit_hours h WHERE h.unit_id = {{unit}} ORDER BY h.id DESC LIMIT 1)
 )::text)
"""
# as the view of working days chooses it: the last one laid
CURRENT = "SELECT version FROM calendars WHERE code = :code ORDER BY id DESC LIMIT 1"
TEXTS = "SELECT version, text, source_id FROM calendar_decisions WHERE code = $1 ORDER BY id"
LAY = """
INSERT INTO calendar_decisions (code, version, text, source_id, digest)
VALUES (:code, :version, :text, :source, :digest)
"""
NEW_VERSION = """
INSERT INTO calendars (code, version, decided_on, first_day, last_day, source_id)
VALUES (:code, :version, :decided_on, :first_day, :last_day, :source)
ON CONFLICT (code, version) DO NOTHING RETURNING id
"""
CITE = """
INSERT INTO sources (id, title, number, decided_on, confirmed)
VALUES (:id, :title, :number, :decided_on, true) ON CONFLICT (id) DO NOTHING
"""
KEEP_CHANGE = """
INSERT INTO calendar_changes (code, version, decision, actor, applied_at, report)
VALUES (:code, :version, :decision, :actor, :applied_at, CAST(CAST(:report AS text) AS json))
"""
LAST_DIGEST = "SELECT digest FROM calendar_decisions WHERE code = :code ORDER BY id DESC LIMIT 1"
REMEMBERED = 16

_histories: dict[str, CalendarHistory] = {}  # by digest, hence of whatever database


@dataclass(frozen=True, slots=True)
class KnownCalendars:
    """The decisions that this database holds; `applied` is the version that open cases are held
    to at least, whatever they have pinned: none of them lags behind it. `hours` are those of the
    receiving unit's own; whatever was laid was brought to its open cases.
    """

    history: CalendarHistory
    applied: str | None
    hours: UnitHours = NO_OWN_HOURS

    def in_force(self, pinned: str) -> Calendar:
        """The calendar for a further act of an open case that has pinned a version."""
        name = pinned if self.applied is None else self.history.later(pinned, self.applied)
        return self.version(name, self.hours.newest)

    def version(self, name: str, hours: str | None) -> Calendar:
        """The calendar under a version of the country's decisions and one of the unit's hours."""
        return self.hours.over(self.history.version(name), hours)


async def read_calendars(connection: AsyncConnection) -> KnownCalendars:
    """The country's calendar as the database knows it now."""
    row = (await connection.exec_driver_sql(f"SELECT {STATE.format(unit='NULL')}")).scalar_one()
    return await known_calendars(connection, row)


async def known_calendars(connection: AsyncConnection, state: str) -> KnownCalendars:
    """The calendars of a state read with `STATE`; the texts are read once for each digest."""
    digest, applied, hours = json.loads(state)
    if digest not in _histories:
        rows = await connection.exec_driver_sql(TEXTS, (CODE,))
        if len(_histories) >= REMEMBERED:
            _histories.clear()
        _histories[digest] = history(
            CODE, [DecisionText(row.version, row.text, row.source_id) for row in rows]
        )
    own = await unit_hours.known_hours(connection, hours) if hours else NO_OWN_HOURS
    return KnownCalendars(_histories[digest], applied, own)


async def current_version(connection: AsyncConnection) -> str:
    """The version whose working days figures count by; empty while there is none."""
    version: str | None = await connection.scalar(text(CURRENT), {"code": CODE})
    return version or ""


async def lay_decision(
    connection: AsyncConnection, given: DecisionText, source: str, digest: str | None
) -> str:
    """Keep one more decision of the calendar; returns the digest of all so far."""
    parts = (digest or "", given.version, given.text)
    after = hashlib.sha256("".join(f"{len(one)}:{one}" for one in parts).encode()).hexdigest()
    values = {"version": given.version, "text": given.text, "source": source, "digest": after}
    await connection.execute(text(LAY), {"code": CODE, **values})
    return after


async def last_digest(connection: AsyncConnection) -> str | None:
    """The digest of everything laid so far."""
    digest: str | None = await connection.scalar(text(LAST_DIGEST), {"code": CODE})
    return digest


async def keep_change(
    connection: AsyncConnection,
    version: str,
    *,
    decision: str,
    actor: str,
    applied_at: datetime,
    report: str,
) -> None:
    """Keep that open cases were brought to a version, by whose decision, and what it moved."""
    values = {"version": version, "decision": decision, "actor": actor, "report": report}
    await connection.execute(text(KEEP_CHANGE), {"code": CODE, "applied_at": applied_at, **values})


async def keep_version(connection: AsyncConnection, known: CalendarHistory, version: str) -> int:
    """Keep the working days of a version that is not kept yet; returns how many days."""
    decision = next(one for one in known.decisions if one.version == version)
    days = ordinals(known.version(version))
    found = await connection.execute(
        text(NEW_VERSION),
        {
            "code": CODE,
            "version": version,
            "decided_on": decision.decided_on,
            "first_day": days[0][0],
            "last_day": days[-1][0],
            "source": decision.source,
        },
    )
    calendar_id = found.scalar_one_or_none()
    if calendar_id is None:
        return 0
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.copy_records_to_table(
        "working_days",
        records=[(calendar_id, *day) for day in days],
        columns=["calendar_id", "day", "ordinal"],
    )
    return len(days)


def ordinals(calendar: Calendar) -> list[tuple[date, int]]:
    """For every day of a calendar, worked or not, the working days up to it."""
    assert calendar.years is not None
    first = date(calendar.years[0], 1, 1)
    days = (date(calendar.years[-1], 12, 31) - first).days + 1
    working = set(calendar.working_days())
    worked = accumulate((first + timedelta(day)) in working for day in range(days))
    return [(first + timedelta(day), ordinal) for day, ordinal in enumerate(worked)]
