"""Bàn làm việc: what waits at a person's own units, counted and listed by the same conditions."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import printing
from tthc.db.facts import Knowledge, is_untouched
from tthc.db.history import read_cases
from tthc.db.queries.narrowing import Narrowing
from tthc.db.queries.register import done_counts
from tthc.db.queries.selection import Selection, count_cases, count_each, list_page
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Permission, Role, Scope, check
from tthc.domain.applicant import Applicant, mask
from tthc.domain.case import STATE_NAMES, State
from tthc.domain.errors import NotFoundError
from tthc.domain.events import EVENT_TYPES
from tthc.domain.receipt import answer_due_at, answer_left
from tthc.domain.traces import Trace
from tthc.rules.predicates import predicate
from tthc.service.offers import shop_of
from tthc.service.pins import pins_of
from tthc.service.silence import find_silent

ALL = "at_hand"
WAITING = "awaiting_acceptance"
READY = "awaiting_return"  # whose citizens are called
SILENT = "may_be_closed"  # a tab of clerks: who stayed silent is told case by case, by its regime
MOST = 100  # rows on the page; the count tells of the others
# what waits, the most shameful first
TABS = {
    Role.CLERK: (
        *("open_overdue_without_letter", "overdue", WAITING, "due_today", "due_soon"),
        *("to_pass_on", "supplemented", READY),
    ),
    Role.OFFICER: (
        *("open_overdue_without_letter", "overdue", "due_today"),
        *("due_soon", "supplemented", "suspended"),
    ),
}
# on a desk everything is still open: its counts need fewer words than a list does
BRIEF = {
    "open_overdue_without_letter": "Quá hạn, chưa có văn bản xin lỗi",
    "overdue": "Đang quá hạn",
    SILENT: "Không bổ sung, có thể đóng",
    "suspended": "Đang tạm dừng",
}
TABS[Role.LEADER] = TABS[Role.OFFICER]
NEXT = {
    State.SUBMITTED: "tiếp nhận, hoặc từ chối",
    State.RECEIVED: "bàn giao, rồi xử lý",
    State.IN_PROGRESS: "giải quyết",
    State.SUPPLEMENT: "chờ công dân bổ sung",
    State.CHARGED: "chờ công dân nộp",
    State.RESOLVED: "trả kết quả",
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A condition with its number of cases."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Day:
    """A person's desk now: counts, the cases of the tab chosen, and what they did today."""

    at: datetime
    unit_code: str
    tabs: list[Tab]
    chosen: Tab
    rows: list[dict[str, Any]]
    done: list[tuple[str, int]]


async def show_day(
    connection: AsyncConnection,
    actor: Actor,
    chosen: str | None = None,
    *,
    to_call: bool = False,
) -> Day:
    """A person's desk; `to_call`: with the persons in full, to call them, which leaves a trace.

    Raises NotFoundError for a tab that is not theirs.
    """
    check(actor, Permission.READ_CASES)
    names = (*TABS.get(actor.role, ()), ALL)
    name = chosen or ALL
    if name not in names and not (name == SILENT and actor.role is Role.CLERK):
        raise NotFoundError(f"Bàn làm việc không có mục “{name[:100]}”: hãy chọn một mục trên bàn.")
    now = clock.now()
    knowledge = Knowledge(now, now)
    axis = "receiving" if actor.role is Role.CLERK else "competent"
    scope = replace(actor.scope, asked_unit_ids=actor.own_unit_ids)
    conditions = {each: predicate(each) for each in names}
    here = Selection(
        *([conditions[ALL]], knowledge, None, axis),
        only=conditions[ALL].text,
        untouched=await is_untouched(connection, knowledge),
    )
    counts = await count_each(scope, connection, here, conditions)
    tabs = [Tab(each, BRIEF.get(each, conditions[each].label), counts[each]) for each in names]
    chosen_here = replace(here, conditions=[conditions.get(name, conditions[ALL])])
    silent: dict[int, date] = {}
    if actor.role is Role.CLERK:
        silent = {
            one.case.id: last_day
            for one, last_day in await find_silent(connection, actor)
            if one.case.id is not None
        }
        theirs = replace(here, narrowing=Narrowing(ids=tuple(silent)))
        count = await count_cases(scope, connection, theirs)
        tabs.insert(-1, Tab(SILENT, BRIEF[SILENT], count))
        chosen_here = theirs if name == SILENT else chosen_here
    rows = await _rows(connection, scope, chosen_here, name)
    for row in rows:
        row["silent_until"] = silent.get(row["id"])
    await _name(connection, actor, rows, in_full=to_call and name == READY)
    start = clock.start_of(clock.local_date(now))
    done = await done_counts(actor.scope, connection, actor.name, start, now)
    return Day(
        now,
        (await shop_of(connection, actor)).unit.code,
        tabs,
        next(each for each in tabs if each.name == name),
        rows,
        [(label, done[kind]) for kind, label in EVENT_TYPES.items() if kind in done],
    )


async def _rows(
    connection: AsyncConnection, scope: Scope, selection: Selection, name: str
) -> list[dict[str, Any]]:
    knowledge = selection.knowledge
    found = await list_page(scope, connection, selection, limit=MOST)
    ids = [row["id"] for row in found]
    answers = await _answers(connection, ids, knowledge.as_of) if name == WAITING else {}
    return [
        row
        | {
            "state_name": STATE_NAMES[State(row["state"])],
            "next": "đóng bằng mẫu 05, hoặc ghi bổ sung"
            if name == SILENT
            else NEXT[State(row["state"])],
            **answers.get(row["id"], {"answer_due_at": None, "answer_left": None}),
            "is_late": row["overdue_at"] is not None
            and row["overdue_at"] <= (row["resolved_at"] or row["suspended_at"] or knowledge.as_of),
        }
        for row in found
    ]


async def _name(
    connection: AsyncConnection, actor: Actor, rows: list[dict[str, Any]], *, in_full: bool
) -> None:
    """Put the person of each case into its row."""
    ids = tuple(row["id"] for row in rows)
    if in_full and ids:
        check(actor, Permission.READ_IDENTITY)
        read = Trace(actor.name, "identity_read", actor.scope.simulated, case_ids=ids)
        await leave_trace(connection, read)
    persons = await printing.read_persons(connection, ids)
    for row in rows:
        person = persons.get(row["id"], Applicant())
        row["person"] = person if in_full else mask(person)


async def _answers(
    connection: AsyncConnection, ids: list[int], now: datetime
) -> dict[int, dict[str, Any]]:
    """By when each submission is to be answered, and how much working time is left."""
    return {
        one.case.id: {
            "answer_due_at": answer_due_at(one.case.submitted_at, pinned := pins_of(one)),
            "answer_left": answer_left(one.case.submitted_at, pinned, now),
        }
        for one in await read_cases(connection, ids)
        if one.case.id is not None
    }
