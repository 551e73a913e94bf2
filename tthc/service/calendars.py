"""Changing the calendar: first what would move, then the act that moves it."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import calendars as kept
from tthc.db import recalculation as sql
from tthc.db.calendars import KnownCalendars, read_calendars
from tthc.db.moved_cases import hold_ledger
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Scope
from tthc.domain.amendment import CalendarDecision, CalendarHistory
from tthc.domain.calendar import Calendar
from tthc.domain.errors import InputError, RuleError
from tthc.domain.explanation import Changed
from tthc.domain.lifecycle import required
from tthc.domain.recalculation import Impact, changed_days
from tthc.domain.traces import Trace
from tthc.rules.calendars import DecisionText, parse_decision
from tthc.service.acts import Document
from tthc.service.case_document import instant
from tthc.service.moved_cases import Act, Page, write_moved
from tthc.service.recalculation import Target, find_moved

UNDECIDED = "preview"  # stands for the source of a decision that is only looked at


@dataclass(frozen=True)
class Change:
    """A decision as it would be laid, or as it lies already, and the calendar that follows."""

    decision: CalendarDecision
    known: CalendarHistory
    after: CalendarHistory
    is_new: bool

    @property
    def target(self) -> Calendar:
        return self.after.as_known()

    @cached_property
    def brings(self) -> Target:
        return Target(self.known, lambda _: self.target)


async def preview_calendar(
    scope: Scope,
    connection: AsyncConnection,
    given: DecisionText,
    *,
    as_of: datetime | None = None,
    limit: int = 20,
    cursor: int = 0,
) -> Document:
    """What a decision on the calendar would move among the open cases of a scope; it does nothing.

    Cases are listed by id, `limit` at a time, after `cursor`. Raises RuleError for a decision that
    does not fit the calendar or was applied already.
    """
    known = await read_calendars(connection)
    change = plan_change(known, given._replace(source=UNDECIDED))
    now = as_of or clock.now()
    impact, page = Impact(), Page(limit, cursor)
    async for moved in find_moved(connection, scope, change.brings):
        impact.add(moved, now)
        page.add(moved)
    standings = await sql.open_standings(connection, sql.Part(scope))
    return {
        **_shown(change),
        "as_of": instant(now),
        "world": "simulated" if scope.simulated else "real",
        "open_cases": sum(standings.values()),
        **impact.counts(),
        "items": await page.named(connection, now),
        "next_cursor": page.next_cursor,
    }


async def apply_calendar(
    connection: AsyncConnection, actor: Actor, given: DecisionText, *, decision: str
) -> Document:
    """Lay a decision over the calendar and bring every open case to it, of both worlds.

    One transaction, the caller's; nobody else writes a case meanwhile. Every case that moves gets
    an audited act that names the decision; closed cases are never touched. Raises RuleError as
    `preview_calendar` does.
    """
    number = " ".join(required(decision, "số quyết định").split())
    by = required(actor.name, "tên người áp dụng")
    await hold_ledger(connection)
    known = await read_calendars(connection)
    change = plan_change(known, given._replace(source=UNDECIDED))
    now = clock.now()
    if change.is_new:
        change = await _lay(connection, known, given, number)
    impacts = {}
    for world in ("real", "simulated"):
        scope = Scope(simulated=world == "simulated")
        moved = find_moved(connection, scope, change.brings)
        act = Act(Changed.CALENDAR, number, change.decision.title, by, now)
        impacts[world] = await write_moved(connection, moved, act)
    report = {**_shown(change), **{name: one.counts() for name, one in impacts.items()}}
    await kept.keep_change(
        connection,
        change.target.version,
        decision=number,
        actor=by,
        applied_at=now,
        report=json.dumps(report, ensure_ascii=False),
    )
    told = {"decision": number, "version": change.target.version}
    await leave_trace(connection, Trace(by, "calendar_changed", details=told))
    moved_in_all = sum(one.moved for one in impacts.values())
    return {**report, "decision": number, "actor": by, "applied_at": instant(now)} | {
        "recalculated": moved_in_all
    }


def plan_change(known: KnownCalendars, given: DecisionText) -> Change:
    """How a decision would be laid over the calendar. Raises RuleError where it can't be."""
    decision = parse_decision(given)
    history = known.history
    if not history.holds(given.version):
        _check(decision)
        return Change(decision, history, history.with_decision(decision), is_new=True)
    held = next(one for one in history.decisions if one.version == given.version)
    if _content(held) != _content(decision):
        raise RuleError(
            f"Lịch đã có phiên bản {given.version} với nội dung khác: hãy đặt tên khác cho tệp của "
            "quyết định mới."
        )
    if known.applied is not None and history.later(known.applied, given.version) == known.applied:
        raise RuleError(f"Lịch {given.version} đã được áp dụng cho hồ sơ đang giải quyết.")
    return Change(held, history, history, is_new=False)


def _check(decision: CalendarDecision) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,60}", decision.version):
        raise InputError(
            f"Tên tệp “{decision.version}” không dùng làm tên phiên bản được: chỉ dùng chữ thường "
            "không dấu, số và dấu gạch nối, ví dụ 2026-08-hoan-doi.toml."
        )
    if decision.decided_on is None:
        raise RuleError(
            f"Quyết định {decision.version} thiếu decided_on: hãy ghi ngày ban hành, để biết ngày "
            "hẹn trả nào được tính khi chưa có quyết định."
        )
    if decision.decided_on > clock.local_date(clock.now()):
        raise RuleError(
            f"Quyết định {decision.version} ghi ngày ban hành {decision.decided_on:%d/%m/%Y} chưa "
            "đến: hãy kiểm tra lại."
        )


def _content(one: CalendarDecision) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "source"}


async def _lay(
    connection: AsyncConnection, known: KnownCalendars, given: DecisionText, number: str
) -> Change:
    decided_on = parse_decision(given._replace(source=UNDECIDED)).decided_on
    assert decided_on is not None
    source = f"decision:{number}@{decided_on}"
    title = f"Quyết định {number} ngày {decided_on:%d/%m/%Y}"
    cited = {"id": source, "title": title, "number": number, "decided_on": decided_on}
    await connection.execute(text(kept.CITE), cited)
    change = plan_change(known, given._replace(source=source))
    await kept.lay_decision(connection, given, source, await kept.last_digest(connection))
    await kept.keep_version(connection, change.after, change.target.version)
    return change


def _shown(change: Change) -> Document:
    before, after = change.after.before(change.decision.version), change.target
    assert before.years is not None
    assert after.years is not None
    return {
        "version": change.decision.version,
        "title": change.decision.title,
        "decided_on": _date(change.decision.decided_on),
        "calendar_before": before.version,
        "calendar_after": after.version,
        "years_added": sorted(set(after.years) - set(before.years)),
        "years_confirmed": sorted(before.unconfirmed - after.unconfirmed),
        "days_changed": [
            {
                "day": one.day.isoformat(),
                "worked_before": one.worked_before,
                "worked_after": one.worked_after,
                "name": one.name,
            }
            for one in changed_days(before, after)
        ],
    }


def _date(day: date | None) -> str | None:
    return day.isoformat() if day else None
