"""A list of cases for people: what it holds, exactly how many, page by page or read out whole."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge, is_untouched
from tthc.db.printing import read_names
from tthc.db.queries.narrowing import ANY, Narrowing
from tthc.db.queries.selection import SORTS, Selection, count_cases, list_page, read_out
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Permission, Scope, check
from tthc.domain.errors import InputError, RuleError
from tthc.domain.period import Period
from tthc.domain.traces import Trace
from tthc.rules import predicates
from tthc.rules.conditions import read_conditions
from tthc.service.figures import Question, read_cursor, scope_of, write_cursor
from tthc.service.words import number

PAGE = 50
MOST = 200_000  # cases of one file


@dataclass(frozen=True, slots=True)
class Ask:
    """What a list is asked for. `where`: conditions by name, as the API takes them.

    `unit` is a code, with all below it unless `own`; `standing` today: with all that these units
    alone stand for today.
    """

    where: str
    unit: str | None = None
    own: bool = False
    standing: str | None = None
    period: Period | None = None
    narrowing: Narrowing = ANY
    basis: str = "current"
    sort: str = "due"
    cursor: str | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list, with the conditions that every case on it meets."""

    total: int
    rows: list[dict[str, Any]]
    next_cursor: str | None
    conditions: list[predicates.Predicate]
    axis: str
    knowledge: Knowledge


async def select(connection: AsyncConnection, actor: Actor, ask: Ask) -> tuple[Scope, Selection]:
    """The cases asked for, of those that the reader sees. Raises InputError, ForbiddenError."""
    check(actor, Permission.READ_CASES)
    if ask.sort not in SORTS:
        raise InputError(f"Không xếp được theo “{ask.sort}”: hãy chọn {', '.join(SORTS)}.")
    conditions, axis = read_conditions(ask.where)
    question = Question(
        *(actor.scope, ask.unit, ask.as_of, ask.known_at), own=ask.own, standing=ask.standing
    )
    knowledge = question.knowledge(ask.period)
    scope = await scope_of(connection, question, knowledge)
    return scope, Selection(
        *(conditions, knowledge, ask.period, axis, ask.basis, ask.narrowing),
        untouched=await is_untouched(connection, knowledge),
    )


async def open_list(
    connection: AsyncConnection, actor: Actor, ask: Ask, total: int | None = None
) -> Listing:
    """A page, and how many there are unless that was counted already."""
    scope, selection = await select(connection, actor, ask)
    if total is None:
        total = await count_cases(scope, connection, selection)
    rows = await list_page(
        *(scope, connection, selection),
        sort=ask.sort,
        limit=PAGE + 1,
        after=read_cursor(ask.cursor),
    )
    more = write_cursor(rows[PAGE - 1]) if len(rows) > PAGE else None
    rows = await _named(connection, rows[:PAGE])
    return Listing(
        total, rows, more, list(selection.conditions), selection.axis, selection.knowledge
    )


async def read_list(
    connection: AsyncConnection, actor: Actor, ask: Ask
) -> tuple[Knowledge, AsyncIterator[list[dict[str, Any]]]]:
    """The whole list, some cases at a time. Raises RuleError where it is too long for a file."""
    scope, selection = await select(connection, actor, ask)
    total = await count_cases(scope, connection, selection)
    if total > MOST:
        raise RuleError(
            f"Danh sách có {number(total)} hồ sơ, nhiều hơn {number(MOST)} của một tệp: hãy lọc "
            "theo đơn vị, lĩnh vực hoặc kỳ ngắn hơn rồi xuất lại."
        )

    async def batches() -> AsyncIterator[list[dict[str, Any]]]:
        async for rows in read_out(scope, connection, selection, sort=ask.sort):
            yield await _named(connection, rows)

    return selection.knowledge, batches()


async def trace_export(
    connection: AsyncConnection, actor: Actor, *, rows: int, file: str, unit: str | None
) -> None:
    """Keep that somebody took a list away."""
    told: dict[str, str | int] = {"rows": rows, "format": file}
    if unit:
        told["unit"] = unit
    await leave_trace(connection, Trace(actor.name, "exported", actor.scope.simulated, told))


async def _named(connection: AsyncConnection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the names of their officers, as they are called."""
    logins = [row["officer"] for row in rows if row["officer"]]
    names = await read_names(connection, logins) if logins else {}
    for row in rows:
        row["officer_name"] = names.get(row["officer"], row["officer"])
    return rows
