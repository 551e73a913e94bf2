"""Which open cases a change moves, found without asking the clock about each of them."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import recalculation as sql
from tthc.db.history import Dossier, read_cases
from tthc.db.recalculation import DUES, Standing, Stretch
from tthc.db.unit_hours import hours_of
from tthc.domain.access import Scope
from tthc.domain.amendment import CalendarHistory
from tthc.domain.calendar import Calendar
from tthc.domain.deadline import promise
from tthc.domain.due import NOON
from tthc.domain.hours import Week
from tthc.domain.localtime import DAY, MICROSECOND
from tthc.domain.promised import Dues
from tthc.domain.recalculation import Columns, Moved, changed_days
from tthc.domain.term import ClockPolicy, Mode, StartRule, SuspensionRule, Term
from tthc.domain.unit_hours import OwnHours, UnitHours
from tthc.rules.regimes import regime_on
from tthc.service.pins import pins_as_decided

AT_ONCE = 500  # cases read with their events


class Target:
    """What open cases are brought to: another calendar of the country's, or other hours of some
    units' own.

    `history` is how versions that cases have pinned are read, `calendar` the country's calendar
    afterwards by the one pinned; `laid` is a decision laid over the hours of `units`.
    """

    def __init__(
        self,
        history: CalendarHistory,
        calendar: Callable[[str], Calendar],
        laid: OwnHours | None = None,
        units: Iterable[int] | None = None,
    ) -> None:
        self.history, self.laid = history, laid
        self.units = None if units is None else tuple(units)
        self._calendar = calendar
        self._laid: dict[UnitHours, UnitHours] = {}

    def stood(self, version: str, own: UnitHours, hours: str) -> Calendar:
        """The calendar under which cases stand."""
        return own.over(self.history.version(version), hours or None)

    def after(self, version: str, own: UnitHours) -> Calendar:
        """The calendar to which cases are brought that have pinned a version of the country's."""
        if self.laid and own not in self._laid:
            self._laid[own] = own.with_decision(self.laid)
        own = self._laid.get(own, own)
        return own.over(self._calendar(version), own.newest)


async def find_moved(
    connection: AsyncConnection, scope: Scope, target: Target
) -> AsyncIterator[Moved]:
    """The open cases whose due dates are others under the target than under what they stand by.

    Those whose dates the change does not touch are never read; nor does memory grow with them.
    """
    part = sql.Part(scope, target.units)
    standings = list(await sql.open_standings(connection, part))
    hours = {one.own: await hours_of(connection, one.own or None) for one in standings}
    stretches = list(_stretches(standings, hours, target))
    if not stretches:
        return
    terms = await sql.load_term_limits(connection)
    edges = _edges(stretches, hours, target, terms)
    async for row in sql.groups(connection, part, stretches, edges):
        if moved := _moved_alike(row, terms, hours[row.own or ""], target):
            yield moved
    waiting: list[int] = []
    async for case_id in sql.touched(connection, part, stretches):
        waiting.append(case_id)
        if len(waiting) == AT_ONCE:
            for moved in await _moved_by_history(connection, waiting, target):
                yield moved
            waiting = []
    for moved in await _moved_by_history(connection, waiting, target):
        yield moved


def _stretches(
    standings: Iterable[Standing], hours: Mapping[str, UnitHours], target: Target
) -> Iterator[Stretch]:
    """From the first to the last changed day of each standing of open cases."""
    for one in standings:
        own = hours[one.own]
        changed = [
            day.day
            for name in _names(one, target)
            for day in changed_days(target.stood(name, own, one.hours), target.after(name, own))
        ]
        if changed:
            yield Stretch(one, min(changed), max(changed))


def _names(standing: Standing, target: Target) -> list[str]:
    """The versions of the country's calendar that a standing may mean."""
    return [standing.version] if standing.version else [d.version for d in target.history.knowable]


def _edges(
    stretches: Iterable[Stretch],
    hours: Mapping[str, UnitHours],
    target: Target,
    terms: dict[int, Term],
) -> list[time]:
    """The hours after which a receipt counts otherwise: closing, noon, cut-offs."""
    weeks: set[Week] = set()
    for one in (each.standing for each in stretches):
        for name in _names(one, target):
            for made in (
                target.stood(name, hours[one.own], one.hours),
                target.after(name, hours[one.own]),
            ):
                weeks |= {made.week, *(own.week for own in made.own_weeks if own.week)}
    closings = {slots[-1].closes for week in weeks for slots in week.days if slots}
    walls = {_wall(one) for one in closings if one < DAY} | {NOON}
    walls |= {term.cutoff for term in terms.values() if term.cutoff}
    return sorted(_wall(_micros(one) + 1) for one in walls)


def _micros(at: time) -> int:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second) // MICROSECOND + (
        at.microsecond
    )


def _wall(micros: int) -> time:
    seconds, rest = divmod(micros, 1_000_000)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, rest)


def _moved_alike(
    row: Row[Any], terms: dict[int, Term], own: UnitHours, target: Target
) -> Moved | None:
    received_on = clock.local_date(row.received_at)
    version = row.version or target.history.as_known(received_on).version
    stood, brought = target.stood(version, own, row.hours_version or ""), target.after(version, own)
    statutory = terms.get(row.statutory_term_id)
    policy = _policy(row, received_on)

    def dues(calendar: Calendar) -> Columns:
        made = promise(
            calendar, terms[row.term_id], row.received_at, policy=policy, statutory=statutory
        )
        by_law = made.statutory if statutory else None
        return Dues(made.first, made.promised, made.current, by_law).columns()

    after = dues(brought)
    if dues(stood) == after:
        return None
    before = {name: getattr(row, name) for name in DUES}
    return Moved(
        row.ids, stood.version, before, after, brought.versions, with_letter=row.with_letter
    )


def _policy(row: Row[Any], received_on: date) -> ClockPolicy:
    if row.sector is not None:  # the case has pinned none
        return regime_on(received_on).for_sector(row.sector, received_on).policy
    return ClockPolicy(
        StartRule(row.start_rule), Mode(row.mode), SuspensionRule(row.suspension_rule)
    )


async def _moved_by_history(
    connection: AsyncConnection, ids: Sequence[int], target: Target
) -> list[Moved]:
    if not ids:
        return []
    found = [_moved(one, target) for one in await read_cases(connection, ids)]
    return [one for one in found if one]


def _moved(dossier: Dossier, target: Target) -> Moved | None:
    case, pinned = dossier.case, pins_as_decided(dossier)
    assert case.id is not None
    pauses = case.suspensions(closed=True)
    brought = target.after(pinned.calendar.version, dossier.calendars.hours)
    after = pinned.under(brought).dues_of(case, pauses).columns()
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
        brought.versions,
        case.suspended_at,
        case.letter_issued_at is not None,
    )
