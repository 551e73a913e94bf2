"""What passes from hand to hand: many files together, and a shift."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import printing
from tthc.db.catalogue import unit_by_code
from tthc.db.facts import Knowledge
from tthc.db.json_values import checked
from tthc.db.queries.cases import list_cases
from tthc.db.queries.register import batch_rows, done_counts
from tthc.db.queries.units import narrow_to_unit
from tthc.domain.access import Actor, Permission, Scope, check
from tthc.domain.applicant import Applicant
from tthc.domain.errors import NotFoundError
from tthc.domain.events import EVENT_TYPES
from tthc.domain.letterhead import hour_and_date
from tthc.rules.forms import form
from tthc.rules.predicates import predicate
from tthc.service.acts import Document
from tthc.service.form_facts import at_place
from tthc.service.form_heads import Heading, head_form, read_persons
from tthc.service.words import day, moment, number

LEFT = (
    "open_overdue",
    "awaiting_acceptance",
    "due_soon",
)  # what a shift leaves behind, worst first
LISTED = 30  # cases of each kind that are named on paper


async def prepare_handover(connection: AsyncConnection, actor: Actor, batch: str) -> Document:
    """The slip of the files that were passed on together under one number.

    Raises NotFoundError where no file within the actor's scope was.
    """
    asked = form("handover")
    rows = await batch_rows(actor.scope, connection, checked(batch))
    if not rows:
        raise NotFoundError(f"Không có lần bàn giao “{batch}” trong phạm vi của bạn.")
    told = rows[0]
    units = await printing.read_authorities(connection, [told["from_unit_id"], told["to_unit_id"]])
    persons = await read_persons(connection, actor, [row["id"] for row in rows], asked)
    issuer = units[told["from_unit_id"]]
    names = await printing.read_names(connection, [told["actor"]])
    heading = Heading(issuer, told["effective_at"], number=batch)
    document = await head_form(connection, asked, heading, simulated=actor.scope.simulated)
    return {
        **document,
        "from": at_place(issuer.name, names.get(told["actor"], told["actor"])),
        "to": at_place(units[told["to_unit_id"]].name, told["to_officer"]),
        "at": hour_and_date(told["effective_at"]),
        "total": number(len(rows)),
        "note": told["note"],
        "rows": [
            {
                "code": row["code"],
                "procedure": row["procedure"],
                "applicant": persons.get(row["id"], Applicant()).name or "",
                "due": moment(row["due_at"]),
            }
            for row in rows
        ],
    }


async def prepare_shift(
    connection: AsyncConnection, actor: Actor, unit: str, on: date | None = None
) -> Document:
    """A person's tally of a day at a unit, and what is left over now: the handover of a shift."""
    check(actor, Permission.READ_CASES)
    asked, now = form("shift"), clock.now()
    today = on or clock.local_date(now)
    chosen = await unit_by_code(connection, checked(unit), today, simulated=actor.scope.simulated)
    scope = await narrow_to_unit(actor.scope, connection, unit, today)
    start, end = clock.start_of(today), clock.start_of(today + timedelta(days=1))
    counts = await done_counts(scope, connection, actor.name, start, end)
    authorities = await printing.read_authorities(connection, [chosen.id])
    names = await printing.read_names(connection, [actor.name])
    heading = Heading(authorities[chosen.id], now, desk=True)
    document = await head_form(connection, asked, heading, simulated=actor.scope.simulated)
    return {
        **document,
        "day": f"Ngày {day(today)}",
        "clerk": names.get(actor.name, actor.name),
        "done": [
            {"name": name, "count": number(counts[kind])}
            for kind, name in EVENT_TYPES.items()
            if kind in counts
        ],
        "left": [await _left(connection, scope, name, Knowledge(now, now)) for name in LEFT],
    }


async def _left(
    connection: AsyncConnection, scope: Scope, name: str, knowledge: Knowledge
) -> Document:
    condition = predicate(name)
    total, rows = await list_cases(scope, connection, [condition], knowledge, limit=LISTED)
    return {
        "name": condition.label,
        "total": number(total),
        "more": total - len(rows),
        "rows": [
            {
                "code": row["code"],
                "procedure": row["procedure_name"],
                "officer": row["officer"] or "",
                "due": moment(row["due_at"]),
            }
            for row in rows
        ],
    }
