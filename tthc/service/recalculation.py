"""Which open cases a changed calendar moves, found without asking the clock about each of them."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import recalculation as sql
from tthc.db.history import Dossier, read_cases
from tthc.db.recalculation import DUES, Stretch
from tthc.domain.access import Scope
from tthc.domain.amendment import CalendarHistory
from tthc.domain.calendar import Calendar
from tthc.domain.deadline import promise
from tthc.domain.due import NOON
from tthc.domain.localtime import DAY, MICROSECOND
from tthc.domain.promised import Dues
from tthc.domain.recalculation import Columns, Moved, changed_days
from tthc.domain.term import ClockPolicy, Mode, StartRule, SuspensionRule, Term
from tthc.rules.regimes import regime_on
from tthc.service.pins import pins_as_decided

AT_ONCE = 500  # cases read with their events


async def find_moved(
    connection: AsyncConnection, scope: Scope | None, known: CalendarHistory, target: Calendar
) -> AsyncIterator[Moved]:
    """The open cases whose due dates are others under the target than under what they stand by.

    Those whose dates the calendar does not touch are never read; nor does memory grow with them.
    """
    stretches = await _stretches(connection, scope, known, target)
    if not stretches:
        return
    terms = await sql.load_term_limits(connection)
    edges = _edges([known.version(one.version) for one in stretches if one.version], target, terms)
    async for row in sql.groups(connection, scope, stretches, edges):
        if moved := _moved_alike(row, terms, known, target):
            yield moved
    waiting: list[int] = []
    async for case_id in sql.touched(connection, scope, stretches):
        waiting.append(case_id)
        if len(waiting) == AT_ONCE:
            for moved in await _moved_by_history(connection, waiting, target):
                yield moved
            waiting = []
    for moved in await _moved_by_history(connection, waiting, target):
        yield moved


async def _stretches(
    connection: AsyncConnection, scope: Scope | None, known: CalendarHistory, target: Calendar
) -> list[Stretch]:
    """From the first to the last changed day of each version under which open cases stand."""
    found = []
    for name in await sql.open_versions(connection, scope):
        names = [one.version for one in known.knowable] if name is None else [name]
        changed = [one.day for each in names for one in changed_days(known.version(each), target)]
        if changed:
            found.append(Stretch(name or "", min(changed), max(changed)))
    return found


def _edges(stood: Sequence[Calendar], target: Calendar, terms: dict[int, Term]) -> list[time]:
    """The hours after which a receipt counts otherwise: closing, noon, cut-offs."""
    weeks = {each.week for each in (*stood, target)}
    closings = {slots[-1].closes for week in weeks for slots in week.days if slots}
    hours = {_wall(one) for one in closings if one < DAY} | {NOON}
    hours |= {term.cutoff for term in terms.values() if term.cutoff}
    return sorted(_wall(_micros(one) + 1) for one in hours)


def _micros(at: time) -> int:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second) // MICROSECOND + (
        at.microsecond
    )


def _wall(micros: int) -> time:
    seconds, rest = divmod(micros, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest)


def _moved_alike(
    row: Row[Any], terms: dict[int, Term], known: CalendarHistory, target: Calendar
) -> Moved | None:
    received_on = clock.local_date(row.received_at)
    stood = known.version(row.version) if row.version else known.as_known(received_on)
    statutory = terms.get(row.statutory_term_id)
    policy = _policy(row, received_on)

    def dues(calendar: Calendar) -> Columns:
        made = promise(
            calendar, terms[row.term_id], row.received_at, policy=policy, statutory=statutory
        )
        by_law = made.statutory if statutory else None
        return Dues(made.first, made.promised, made.current, by_law).columns()

    after = dues(target)
    if dues(stood) == after:
        return None
    before = {name: getattr(row, name) for name in DUES}
    return Moved(row.ids, stood.version, before, after, with_letter=row.with_letter)


def _policy(row: Row[Any], received_on: date) -> ClockPolicy:
    if row.sector is not None:  # the case has pinned none
        return regime_on(received_on).for_sector(row.sector, received_on).policy
    return ClockPolicy(
        StartRule(row.start_rule), Mode(row.mode), SuspensionRule(row.suspension_rule)
    )


async def _moved_by_history(
    connection: AsyncConnection, ids: Sequence[int], target: Calendar
) -> list[Moved]:
    if not ids:
        return []
    found = [_moved(one, target) for one in await read_cases(connection, ids)]
    return [one for one in found if one]


def _moved(dossier: Dossier, target: Calendar) -> Moved | None:
    case, pinned = dossier.case, pins_as_decided(dossier)
    assert case.id is not None
    pauses = case.suspensions(closed=True)
    after = pinned.under(target).dues_of(case, pauses).columns()
    if after["due_at"] is None or pinned.dues_of(case, pauses).columns() == after:
        return None
    before = {name: getattr(case, name) for name in DUES}
    if case.extension:
        before["re_promised_at"], after["re_promised_at"] = case.re_promised_at, after["due_at"]
    return Moved(
        [case.id],
        pinned.calendar.version,
        before,
        after,
        case.suspended_at,
        case.letter_issued_at is not None,
    )
