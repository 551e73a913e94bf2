"""Open cases whose due dates a change moves: shown page by page, or written act by act."""

import heapq
from bisect import bisect_right
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import recalculation as sql
from tthc.db.json_values import as_text
from tthc.db.moved_cases import move_cases
from tthc.domain.explanation import Changed
from tthc.domain.recalculation import Impact, Moved
from tthc.service.acts import Document
from tthc.service.case_document import instant

AT_ONCE = 10_000  # cases written by one statement
LISTED = ("due_at", "promised_due_at", "statutory_due_at")


@dataclass(frozen=True, slots=True)
class Act:
    """What changed by which decision, for what reason, by whom and when open cases are moved."""

    changed: Changed
    decision: str
    reason: str
    by: str
    at: datetime


async def write_moved(
    connection: AsyncConnection,
    found: AsyncIterator[Moved],
    act: Act,
) -> Impact:
    """An audited act on each case found."""
    impact = Impact()
    given: list[tuple[int, int]] = []
    texts: list[tuple[str, str]] = []

    async def flush() -> None:
        if given:
            written = await move_cases(connection, given, texts, actor=act.by, now=act.at)
            assert written == len(given)
        given.clear()
        texts.clear()

    async for moved in found:
        impact.add(moved, act.at)
        payload = {
            "changed": act.changed,
            "decision": act.decision,
            "reason": act.reason,
            "calendar_before": moved.version,
            "due_at_before": moved.before["due_at"],
        }
        texts.append((as_text(payload), as_text({**moved.after, **moved.pins})))
        given += [(case_id, len(texts)) for case_id in moved.case_ids]
        if len(given) >= AT_ONCE:
            await flush()
    await flush()
    return impact


class Page:
    """The first cases after a cursor, by id, out of a stream in any order."""

    def __init__(self, limit: int, cursor: int) -> None:
        self.limit, self.cursor = limit, cursor
        self.rows: list[tuple[int, int, Moved]] = []
        self._order = 0
        self._more = False

    def add(self, moved: Moved) -> None:
        self._order += 1
        first = bisect_right(moved.case_ids, self.cursor)
        fresh = [
            (each, self._order, moved) for each in moved.case_ids[first : first + self.limit + 1]
        ]
        if fresh:
            merged = heapq.nsmallest(self.limit + 1, [*self.rows, *fresh])
            self._more = self._more or len(merged) > self.limit
            self.rows = merged[: self.limit]

    @property
    def next_cursor(self) -> int | None:
        return self.rows[-1][0] if self.rows and self._more else None

    async def named(self, connection: AsyncConnection, as_of: datetime) -> list[Document]:
        """The cases by what people call them, with their dates before and after."""
        names = await sql.name_cases(connection, [case_id for case_id, _, _ in self.rows])
        return [
            {
                "case_code": names[case_id].code,
                "procedure_code": names[case_id].procedure_code,
                "competent_unit": names[case_id].competent_unit,
                "received_at": instant(names[case_id].received_at),
                **{f"{name}_before": instant(moved.before[name]) for name in LISTED},
                **{f"{name}_after": instant(moved.after[name]) for name in LISTED},
                "overdue_before": moved.was_overdue(as_of),
                "overdue_after": moved.is_overdue(as_of),
            }
            for case_id, _, moved in self.rows
        ]
