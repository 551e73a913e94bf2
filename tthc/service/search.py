"""Finding a case: by its code, or by whose it is."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import printing
from tthc.db.json_values import checked
from tthc.db.search import find_by_person, find_code, read_found
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Permission, check, may
from tthc.domain.applicant import Applicant, mask
from tthc.domain.case import STATE_NAMES, State
from tthc.domain.errors import InputError
from tthc.domain.traces import Trace

SHOWN = 50  # the newest cases of a search; whoever wants others says more
LONGEST = 200  # signs
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the one case with this code, or cases of persons, masked.

    `more`: there are others, older. `by_code_only`: the reader may not look for persons.
    """

    code: str | None = None
    rows: list[dict[str, Any]] = field(default_factory=list)
    more: bool = False
    by_code_only: bool = False


async def search_cases(connection: AsyncConnection, actor: Actor, asked: str) -> Found:
    """The case of a code; else the cases whose person's name or telephone it is a piece of.

    Looking for a person leaves a trace with the cases that it showed. Raises InputError where
    too little or too much is asked.
    """
    check(actor, Permission.READ_CASES)
    typed = checked(" ".join(asked.split()))
    if len(typed) > LONGEST:
        raise InputError(
            f"Dài {len(typed)} ký tự, nhiều nhất là {LONGEST}: hãy gõ một mã, tên hoặc số."
        )
    code = await find_code(actor.scope, connection, typed)
    if code is not None:
        return Found(code)
    if not may(actor.role, Permission.READ_IDENTITY):
        return Found(by_code_only=True)
    if sum(sign.isalnum() for sign in typed) < SHORTEST:
        raise InputError(
            "Gõ ngắn quá: hãy gõ mã hồ sơ, ít nhất 2 chữ của tên, hoặc 3 số cuối của điện thoại."
        )
    ids = await find_by_person(actor.scope, connection, typed, limit=SHOWN + 1)
    shown = tuple(ids[:SHOWN])
    told = {"rows": len(shown)}
    await leave_trace(
        connection, Trace(actor.name, "searched", actor.scope.simulated, told, case_ids=shown)
    )
    return Found(rows=await _rows(connection, actor, list(shown)), more=len(ids) > SHOWN)


async def _rows(connection: AsyncConnection, actor: Actor, ids: list[int]) -> list[dict[str, Any]]:
    rows = await read_found(actor.scope, connection, ids)
    persons = await printing.read_persons(connection, ids)
    names = await printing.read_names(connection, [row["officer"] for row in rows])
    now = clock.now()
    return [
        row
        | {
            "state_name": STATE_NAMES[State(row["state"])],
            "officer_name": names.get(row["officer"], row["officer"]),
            "person": mask(persons.get(row["id"], Applicant())),
            "is_late": row["overdue_at"] is not None
            and row["overdue_at"]
            <= (row["resolved_at"] or row["suspended_at"] or row["ended_at"] or now),
        }
        for row in rows
    ]
