"""What acts tell of a case, against plain Python: over random histories, and office hours."""

import asyncio
import json
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.db.test_facts import HOURS, histories
from tests.hours import decision
from tests.ledger import write_history
from tests.summer import MINH
from tthc import clock
from tthc.db.act_facts import OF_ACTS, WITHIN
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.domain.calendar import Calendar
from tthc.domain.events import Event
from tthc.domain.hours import week, week_table
from tthc.rules.calendars import calendar
from tthc.service.unit_hours import apply_hours

SATURDAY: Final = 5
OWN = {
    "mon": [["08:00", "12:00"]],
    "tue": [["07:30", "11:30"], ["13:30", "17:00"]],
    "wed": [["07:30", "11:30"]],
    "sat": [["07:00", "11:00"]],
}


def told(events: list[Event], as_of: datetime, known_at: datetime) -> dict[str, Any] | None:
    """The four facts, read act by act."""
    known = [each for each in events if each.recorded_at <= known_at and each.effective_at <= as_of]
    replaced = {each.replaces for each in events if each.recorded_at <= known_at}
    live = [each for each in known if each.seq not in replaced]
    live.sort(key=lambda each: (each.effective_at, each.seq))
    if not live or live[0].type != "received":
        return None
    due: datetime | None = None
    result: datetime | None = None
    stops = late = 0
    for each in live:
        change = json.loads(each.change)
        if change.get("suspended_at") and change.get("state") in (5, 6):
            stops += 1
            last = clock.local_date(due - timedelta(microseconds=1)) if due else None
            late += last is not None and clock.local_date(each.effective_at) >= last
        if change.get("due_at"):
            due = datetime.fromisoformat(change["due_at"])
        if "resolved_at" in change:
            result = change["resolved_at"] and datetime.fromisoformat(change["resolved_at"])
    first = [each.recorded_at for each in known if json.loads(each.change).get("resolved_at")]
    gap = (clock.local_date(min(first)) - clock.local_date(result)).days if result else None
    return {
        "result_recorded_days": gap,
        "suspensions": stops,
        "late_suspensions": late,
        "due_corrections": 0,  # these histories correct no receipt
    }


async def ask(server: Server, tried: list[list[Event]], cut: Knowledge) -> dict[str, Any]:
    connection = await asyncpg.connect(server.night_url)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for events in tried:
            await write_history(connection, events)
        sql = facts_sql(Scope(simulated=False), (*OF_ACTS, "code"), cut)
        return {row["code"]: dict(row) for row in await connection.fetch(sql)}
    finally:
        await transaction.rollback()
        await connection.close()


@given(tried=st.tuples(*(histories(f"A-{n}") for n in range(12))), as_of=HOURS, known_at=HOURS)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_any_cut_off_tells_what_the_acts_known_tell(
    server: Server, tried: tuple[list[Event], ...], as_of: datetime, known_at: datetime
) -> None:
    found = asyncio.run(ask(server, list(tried), Knowledge(as_of, known_at)))
    for events in tried:
        row = found.get(events[0].case_code)
        wanted = told(events, as_of, known_at)
        assert (row and {name: row[name] for name in OF_ACTS}) == wanted, events


async def test_office_hours_are_the_calendar_s(owner: AsyncConnection) -> None:
    """Every quarter of an hour around Tết, of the country's hours and of a unit's own, with a
    Saturday, a day off and a day in lieu.
    """
    first = datetime(2026, 1, 25, tzinfo=clock.VIETNAM)
    tried = [first + timedelta(minutes=15 * number) for number in range(4 * 24 * 40)]
    unit = await owner.exec_driver_sql(
        "SELECT id FROM units WHERE code = '00004' AND valid_to IS NULL AND NOT simulated"
    )
    unit_id, plain = unit.scalar_one(), calendar()
    await _compare(owner, unit_id, tried, plain)
    off, worked = {"2026-02-10": "họp"}, {"2026-02-11": "bù", "2026-02-08": "bù"}
    given = decision(
        "gio-ky-hieu",
        decided_on="2026-01-01",
        valid_from="2026-01-01",
        week=OWN,
        days_off=off,
        days_worked=worked,
    )
    await apply_hours(owner, MINH, given, decision="1/QĐ-UBND")
    laid = [{date.fromisoformat(day): name for day, name in one.items()} for one in (off, worked)]
    own = plain.overlaid(week=week(OWN), days_off=laid[0], days_worked=laid[1])
    await _compare(owner, unit_id, tried, own)


async def _compare(owner: AsyncConnection, unit: int, tried: list[datetime], by: Calendar) -> None:
    usual = json.dumps(week_table(calendar().week))
    found = await owner.exec_driver_sql(
        f"SELECT {WITHIN.format(at='at')} FROM unnest($3::timestamptz[]) WITH ORDINALITY "
        "AS t (at, place), LATERAL office_hours_on($1::integer, "
        "(at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, $2::text::jsonb) AS of_day ORDER BY place",
        (unit, usual, tried),
    )
    for at, answer in zip(tried, found.scalars(), strict=True):
        # a weekend that the country's list names as off looks like any other
        if at.weekday() < SATURDAY or at.date() not in calendar().days_off:
            assert answer == by.is_open(at), at
    assert date(2026, 2, 17) in by.days_off  # Tết is among them
