"""Internal workflows of procedures, as decisions publish them."""

from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

WORKFLOWS = """
SELECT w.id, w.procedure_code, w.workflow, w.published, w.amount, w.unit, s.title, s.number
FROM procedure_workflows w JOIN sources s ON s.id = w.source_id
WHERE coalesce(w.procedure_code = CAST(:code AS text), true)
ORDER BY w.procedure_code, w.source_id, w.id
"""
STEPS = """
SELECT s.workflow_id, s.position, s.name, s.performer, s.published, s.amount, s.unit
FROM procedure_steps s JOIN procedure_workflows w ON w.id = s.workflow_id
WHERE coalesce(w.procedure_code = CAST(:code AS text), true)
ORDER BY s.workflow_id, s.position
"""


# of the procedure of a case that the reader sees
OF_CASE = """
SELECT p.code FROM cases c JOIN procedures p ON p.id = c.procedure_id WHERE c.code = :case
"""


@dataclass(frozen=True, slots=True)
class PublishedStep:
    """A step; `amount` and `unit` are None where no time is counted or it can't be read."""

    position: int
    name: str
    performer: str
    published: str
    amount: Decimal | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Workflow:
    """An internal workflow, what it states for the whole, and the decision that says so."""

    id: int
    procedure_code: str
    workflow: str
    published: str
    amount: Decimal | None
    unit: str | None
    source: str
    number: str | None
    steps: list[PublishedStep] = field(default_factory=list)


async def load_workflows(connection: AsyncConnection, code: str | None = None) -> list[Workflow]:
    """The workflows of a procedure, or of all."""
    found: dict[int, Workflow] = {}
    for row in await connection.execute(text(WORKFLOWS), {"code": code}):
        found[row.id] = Workflow(*row)
    for row in await connection.execute(text(STEPS), {"code": code}):
        found[row.workflow_id].steps.append(PublishedStep(*row[1:]))
    return list(found.values())


async def load_workflows_of(connection: AsyncConnection, case_code: str) -> list[Workflow]:
    """The workflows of a case's procedure; none where the reader sees no such case."""
    code = await connection.scalar(text(OF_CASE), {"case": case_code})
    return [] if code is None else await load_workflows(connection, code)
