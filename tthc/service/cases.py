"""Reading one case: as it stands, and everything that was recorded of it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.history import read_case
from tthc.db.json_values import checked
from tthc.domain.access import Actor
from tthc.domain.receipt import guidance
from tthc.service.acts import Document
from tthc.service.applicants import read_masked
from tthc.service.case_document import show_dossier, show_event
from tthc.service.sent import show_sent


async def list_events(connection: AsyncConnection, actor: Actor, code: str) -> list[Document]:
    """Everything that was ever recorded of a case, in the order of its recording."""
    dossier = await read_case(actor, connection, checked(code))
    return [show_event(one) for one in dossier.events]


async def show_with_events(connection: AsyncConnection, actor: Actor, code: str) -> Document:
    """A case as it stands with everything that was recorded of it, and nothing of its applicant."""
    dossier = await read_case(actor, connection, checked(code))
    return {**show_dossier(dossier), "events": [show_event(one) for one in dossier.events]}


async def open_case(connection: AsyncConnection, actor: Actor, code: str) -> Document:
    """A case as it stands, with its applicant masked and what the portal's senders list."""
    dossier = await read_case(actor, connection, checked(code))
    assert dossier.case.id is not None
    applicant = await read_masked(connection, dossier.case.id)
    sent = await show_sent(connection, dossier.case)
    return {**show_dossier(dossier), "applicant": applicant, "sent": sent}


async def read_slip(connection: AsyncConnection, actor: Actor, code: str) -> str:
    """The form that the counter hands over for a case as it came in."""
    case = (await read_case(actor, connection, checked(code))).case
    if case.received_at is not None:
        return "01"
    return "02" if guidance(case) else "03"
