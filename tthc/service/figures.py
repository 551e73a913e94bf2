"""Show figures: by definition, as the partition, and as the very cases behind them."""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.queries.cases import list_cases
from tthc.db.queries.figures import DIMENSIONS, count_partition
from tthc.db.queries.narrowing import ANY, Narrowing
from tthc.db.queries.published import find_published
from tthc.db.queries.units import narrow_to_unit, widen_to_forerunners
from tthc.domain.access import Scope
from tthc.domain.errors import InputError
from tthc.domain.period import Period
from tthc.rules import predicates
from tthc.rules.conditions import read_conditions
from tthc.rules.definitions import definition
from tthc.rules.periods import read_period
from tthc.service.figure_rows import answer_rows, describe_definition
from tthc.service.tallies import TODAY

REAL = Scope(simulated=False)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the ledger: by a reader of which scope, of which unit, at which cut-off,
    split how. `own`: of the unit alone, without those below it. `standing` today: with all that
    these units alone stand for today.
    """

    scope: Scope = REAL
    unit: str | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None
    by: tuple[str, ...] = ()
    own: bool = False
    standing: str | None = None

    def knowledge(self, period: Period | None = None) -> Knowledge:
        """The cut-offs; unless asked otherwise now, or a past period's end."""
        now = clock.now()
        as_of = self.as_of
        if as_of is None:
            as_of = now
            if period:
                as_of = min(now, clock.start_of(period.end) - timedelta(microseconds=1))
        return Knowledge(as_of, self.known_at or now)


def read_dimensions(text: str | None) -> tuple[str, ...]:
    """`unit,channel` as dimensions. Raises InputError naming those that exist."""
    chosen = tuple(part.strip() for part in text.split(",")) if text else ()
    for name in chosen:
        if name not in DIMENSIONS:
            raise InputError(f"Không chia được theo “{name}”; chọn trong: {', '.join(DIMENSIONS)}.")
    return tuple(dict.fromkeys(chosen))


def choose_period(name: str | None, start: date | None, end: date | None) -> Period:
    """A named period, or [start, end). Raises InputError."""
    if name:
        return read_period(name)
    if start is None or end is None or not start < end:
        raise InputError("Cần một kỳ: --period month:2026-03, hoặc --from và --to (--from trước).")
    return Period("", "", start, end)


async def show_figures(
    connection: AsyncConnection, name: str, period: Period, question: Question
) -> dict[str, Any]:
    """A definition's figures, live from the ledger; at the very cut-offs of a publication, those
    that were published.
    """
    asked = definition(name)
    knowledge = question.knowledge(period)
    scope = await scope_of(connection, question, knowledge)
    published = await find_published(scope, connection, asked, period, knowledge)
    return {
        "definition": describe_definition(asked),
        "period": {
            "name": period.name if period.scheme else None,
            "from": period.start.isoformat(),
            "to": period.end.isoformat(),
            **cut_offs(knowledge),
        },
        "world": world_of(question),
        "published": published and {"version": published.version, "digest": published.digest},
        "rows": await answer_rows(
            scope, connection, asked, period, knowledge, question.by, published
        ),
    }


async def show_partition(connection: AsyncConnection, question: Question) -> dict[str, Any]:
    """Every case known at the cut-off in exactly one bucket; `unclassified` must be 0."""
    knowledge = question.knowledge()
    scope = await scope_of(connection, question, knowledge)
    rows = await count_partition(scope, connection, knowledge, question.by)
    unclassified = sum(
        row["total"] - sum(row[name] for name in predicates.partition()) for row in rows
    )
    return {
        **cut_offs(knowledge),
        "world": world_of(question),
        "rows": rows,
        "unclassified": unclassified,
    }


async def show_cases(
    connection: AsyncConnection,
    where: str,
    question: Question,
    *,
    period: Period | None = None,
    limit: int = 50,
    cursor: str | None = None,
    narrowing: Narrowing = ANY,
) -> dict[str, Any]:
    """The cases that meet every named condition, those due first before the others."""
    conditions, axis = read_conditions(where)
    knowledge = question.knowledge(period)
    scope = await scope_of(connection, question, knowledge)
    total, rows = await list_cases(
        scope,
        connection,
        conditions,
        knowledge,
        period=period,
        axis=axis,
        limit=limit,
        after=read_cursor(cursor),
        narrowing=narrowing,
    )
    more = len(rows) == limit
    return {
        "total": total,
        "items": [case_item(row) for row in rows],
        "next_cursor": write_cursor(rows[-1]) if more else None,
        **cut_offs(knowledge),
        "world": world_of(question),
    }


def case_item(row: dict[str, Any]) -> dict[str, Any]:
    """A case as a list shows it, without personal data."""
    letter = None
    if row["letter_issued_at"]:
        letter = {
            "number": row["letter_number"],
            "issued_at": _instant(row["letter_issued_at"]),
            "sent_at": _instant(row["letter_sent_at"]),
        }
    return {
        "case_code": row["code"],
        "procedure_code": row["procedure_code"],
        "procedure_name": row["procedure_name"],
        "receiving_unit": row["receiving_unit"],
        "competent_unit": row["competent_unit"],
        "officer": row["officer"],
        "channel": row["channel"],
        "received_at": _instant(row["received_at"]),
        "due_at": _instant(row["due_at"]),
        "resolved_at": _instant(row["resolved_at"]),
        "late_working_days": row["late_working_days"],
        "letter": letter,
    }


async def scope_of(connection: AsyncConnection, question: Question, knowledge: Knowledge) -> Scope:
    """The reader's scope, asked for the units that the question names."""
    on = clock.local_date(knowledge.as_of)
    scope = await narrow_to_unit(question.scope, connection, question.unit, on, own=question.own)
    if question.standing == TODAY and scope.asked_unit_ids is not None:
        return await widen_to_forerunners(scope, connection)
    return scope


def cut_offs(knowledge: Knowledge) -> dict[str, Any]:
    return {"as_of": _instant(knowledge.as_of), "known_at": _instant(knowledge.known_at)}


def world_of(question: Question) -> str:
    return "simulated" if question.scope.simulated else "real"


def _instant(instant: datetime | None) -> str | None:
    return instant.astimezone(clock.VIETNAM).isoformat() if instant else None


def write_cursor(row: dict[str, Any]) -> str:
    """Where the page after a row begins."""
    key = json.dumps([row["sort_key"], row["id"]])
    return base64.urlsafe_b64encode(key.encode()).decode()


def read_cursor(cursor: str | None) -> tuple[str, int] | None:
    """The sort key and id of the last row seen. Raises InputError for what is no cursor."""
    if not cursor:
        return None
    try:
        due, case_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if due not in {"infinity", "-infinity"}:
            datetime.fromisoformat(due)
        return str(due), int(case_id)
    except (ValueError, TypeError):
        raise InputError("Trang tiếp theo không còn; hãy mở lại danh sách từ đầu.") from None
