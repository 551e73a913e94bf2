"""Histories of cases written straight into the ledger, and their fold in plain Python."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from tthc.domain.events import Event, seal_all

# columns of `cases` that a test's history may decide
INSTANTS = (
    *("submitted_at", "received_at", "due_at", "overdue_at", "suspended_at", "resolved_at"),
    *("returned_at", "ended_at", "letter_issued_at", "letter_sent_at", "first_due_at"),
    *("re_promised_at", "fee_paid_at", "step_due_at", "step_overdue_at", "step_late_at"),
    *("promised_due_at", "promised_overdue_at", "statutory_due_at", "statutory_overdue_at"),
)


def event(
    code: str,
    seq: int,
    kind: str,
    effective_at: datetime,
    change: dict[str, Any],
    *,
    recorded_at: datetime | None = None,
    replaces: int | None = None,
) -> Event:
    """An event that changes these columns."""
    text = json.dumps(change, default=lambda instant: instant.isoformat())
    recorded = recorded_at or effective_at
    return Event(
        *(code, seq, kind, effective_at, effective_at, recorded),
        *("test", replaces, None, text),
    )


def fold(events: Sequence[Event], as_of: datetime, known_at: datetime) -> dict[str, Any] | None:
    """The row at a cut-off: the merge of what was effective, recorded and not replaced."""
    known = [each for each in events if each.recorded_at <= known_at]
    replaced = {each.replaces for each in known}
    live = [each for each in known if each.effective_at <= as_of and each.seq not in replaced]
    row: dict[str, Any] = {}
    for each in sorted(live, key=lambda each: (each.effective_at, each.seq)):
        row |= json.loads(each.change)
    if row.get("submitted_at") is None:
        return None
    return {
        name: datetime.fromisoformat(value) if name in INSTANTS and value else value
        for name, value in row.items()
    }


async def write_history(
    connection: asyncpg.Connection, events: Sequence[Event], *, simulated: bool = False
) -> int:
    """Insert a case and its events as the application would; returns its id."""
    forever = max(each.effective_at for each in events)
    known = max(each.recorded_at for each in events)
    row = fold(events, forever, known)
    assert row is not None
    links = seal_all(b"", events)
    row |= {
        "code": events[0].case_code,
        "simulated": simulated,
        "imported": False,
        "version": len(events),
        "head": links[-1],
        "last_effective_at": forever,
        "last_recorded_at": known,
    }
    names = ", ".join(row)
    marks = ", ".join(f"${place}" for place in range(1, len(row) + 1))
    case_id: int = await connection.fetchval(
        f"INSERT INTO cases ({names}) VALUES ({marks}) RETURNING id", *row.values()
    )
    await connection.executemany(
        "INSERT INTO case_events (case_id, seq, type, occurred_at, effective_at, recorded_at, "
        "actor, replaces, payload, change, hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
        [
            (
                *(case_id, each.seq, each.type, each.occurred_at, each.effective_at),
                *(each.recorded_at, each.actor, each.replaces, each.payload, each.change, link),
            )
            for each, link in zip(events, links, strict=True)
        ],
    )
    return case_id
