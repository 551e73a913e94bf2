"""Changing the hours of a unit: first what would move, then the act that moves it."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import calendars as kept
from tthc.db import recalculation as sql
from tthc.db import unit_hours as own
from tthc.db.calendars import KnownCalendars, read_calendars
from tthc.db.catalogue import unit_by_code
from tthc.db.moved_cases import hold_ledger
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Scope
from tthc.domain.catalog import Unit
from tthc.domain.errors import InputError, RuleError
from tthc.domain.explanation import Changed
from tthc.domain.hours import week_table
from tthc.domain.lifecycle import required
from tthc.domain.recalculation import Impact
from tthc.domain.traces import Trace
from tthc.domain.unit_hours import OwnHours
from tthc.rules.calendars import DecisionText
from tthc.rules.unit_hours import HoursFile, parse_hours
from tthc.service.acts import Document
from tthc.service.case_document import instant
from tthc.service.moved_cases import Act, Page, write_moved
from tthc.service.recalculation import Target, find_moved


@dataclass(frozen=True, slots=True)
class Change:
    """A decision as it would be laid, on which units, and what their hours are known by now."""

    file: HoursFile
    units: tuple[Unit, ...]
    known: KnownCalendars
    before: dict[int, str | None]

    @property
    def brings(self) -> Target:
        """An open case never lags behind a calendar that was applied."""
        history = self.known.history
        return Target(history, self.known.in_force, self.file.hours, self.before)


async def preview_hours(
    scope: Scope,
    connection: AsyncConnection,
    given: DecisionText,
    *,
    limit: int = 20,
    cursor: int = 0,
) -> Document:
    """What a decision on units' hours would move among their open cases; it does nothing.

    Cases are listed by id, `limit` at a time, after `cursor`. Raises RuleError for a decision that
    was applied already, NotFoundError for a unit that does not exist on its first day.
    """
    change, now = await _plan(connection, scope, given), clock.now()
    impact, page = Impact(), Page(limit, cursor)
    async for moved in find_moved(connection, scope, change.brings):
        impact.add(moved, now)
        page.add(moved)
    part = sql.Part(scope, tuple(change.before))
    return {
        **_shown(change),
        "as_of": instant(now),
        "world": "simulated" if scope.simulated else "real",
        "open_cases": sum((await sql.open_standings(connection, part)).values()),
        **impact.counts(),
        "items": await page.named(connection, now),
        "next_cursor": page.next_cursor,
    }


async def apply_hours(
    connection: AsyncConnection, actor: Actor, given: DecisionText, *, decision: str
) -> Document:
    """Lay a decision over the hours of its units, in the actor's world, and bring every open case
    that they received to it.

    One transaction, the caller's; nobody else writes a case meanwhile. Every case that moves gets
    an audited act that names the decision; closed cases are never touched. Raises as
    `preview_hours` does.
    """
    number = " ".join(required(decision, "số quyết định").split())
    by = required(actor.name, "tên người áp dụng")
    scope = Scope(simulated=actor.scope.simulated)
    await hold_ledger(connection)
    change, now = await _plan(connection, scope, given), clock.now()
    hours = await _cite(connection, change.file.hours, number)
    change = replace(change, file=replace(change.file, hours=hours))
    act = Act(Changed.HOURS, number, hours.title, by, now)
    impact = await write_moved(connection, find_moved(connection, scope, change.brings), act)
    report = _shown(change) | impact.counts()
    written = json.dumps(report, ensure_ascii=False)
    laid = own.Laid(hours, change.file.tables, by, now, written)
    await own.lay_hours(connection, laid, change.before)
    told = {"decision": number, "version": hours.version}
    await leave_trace(connection, Trace(by, "hours_changed", scope.simulated, told))
    world = "simulated" if scope.simulated else "real"
    done = {"decision": number, "actor": by, "applied_at": instant(now), "world": world}
    return {**report, **done, "recalculated": impact.moved}


async def show_hours(scope: Scope, connection: AsyncConnection, code: str) -> Document:
    """The hours in force at a unit today, and the decisions on them in their order."""
    today = clock.local_date(clock.now())
    unit = await unit_by_code(connection, code, today, simulated=scope.simulated)
    known = await read_calendars(connection)
    digest = (await own.newest_digests(connection)).get(unit.id)
    calendar = replace(known, hours=await own.hours_of(connection, digest)).in_force(
        known.history.as_known(today).version
    )
    return {
        "unit": unit.code,
        "name": unit.name,
        "on": today.isoformat(),
        "week": week_table(calendar.week_on(today)),
        "reception": week_table(calendar.reception_on(today)),
        "decisions": [
            {
                **_decision(one),
                "decision": row.number,
                "actor": row.actor,
                "applied_at": instant(row.applied_at),
            }
            for one, row in await own.read_unit_hours(connection, unit.id)
        ],
    }


async def _plan(connection: AsyncConnection, scope: Scope, given: DecisionText) -> Change:
    file = parse_hours(given)
    _check(file.hours)
    day, world = file.hours.valid_from, scope.simulated
    units = [await unit_by_code(connection, one, day, simulated=world) for one in file.units]
    newest = await own.newest_digests(connection)
    before = {unit.id: newest.get(unit.id) for unit in units}
    for unit in units:
        laid = await own.hours_of(connection, before[unit.id])
        if any(one.version == file.hours.version for one in laid.decisions):
            raise RuleError(
                f"Giờ làm việc {file.hours.version} đã được áp dụng cho {unit.name}: quyết định "
                "mới phải đặt tên tệp khác."
            )
    return Change(file, tuple(units), await read_calendars(connection), before)


def _check(hours: OwnHours) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,60}", hours.version):
        raise InputError(
            f"Tên tệp “{hours.version}” không dùng làm tên phiên bản được: chỉ dùng chữ thường "
            "không dấu, số và dấu gạch nối, ví dụ 2026-09-gio-lam-viec.toml."
        )
    if hours.decided_on > clock.local_date(clock.now()):
        raise RuleError(
            f"Quyết định {hours.version} ghi ngày ban hành {hours.decided_on:%d/%m/%Y} chưa đến: "
            "hãy kiểm tra lại."
        )


async def _cite(connection: AsyncConnection, hours: OwnHours, number: str) -> OwnHours:
    source = f"decision:{number}@{hours.decided_on}"
    title = f"Quyết định {number} ngày {hours.decided_on:%d/%m/%Y}"
    cited = {"id": source, "title": title, "number": number, "decided_on": hours.decided_on}
    await connection.execute(text(kept.CITE), cited)
    return replace(hours, source=source)


def _shown(change: Change) -> dict[str, Any]:
    return {
        **_decision(change.file.hours),
        "units": [{"code": unit.code, "name": unit.name} for unit in change.units],
    }


def _decision(hours: OwnHours) -> Document:
    return {
        "version": hours.version,
        "title": hours.title,
        "decided_on": hours.decided_on.isoformat(),
        "valid_from": hours.valid_from.isoformat(),
        "valid_to": hours.valid_to and hours.valid_to.isoformat(),
        "week": hours.week and week_table(hours.week),
        "reception": hours.reception and week_table(hours.reception),
        "days_off": {day.isoformat(): name for day, name in hours.days_off.items()},
        "days_worked": {day.isoformat(): name for day, name in hours.days_worked.items()},
        "mode": hours.mode,
        "start_rule": hours.start_rule,
    }
