"""Apology letters over HTTP: drafted on a case, then approved, issued and sent."""

from datetime import date, datetime
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor
from tthc.service import letters
from tthc.service.acts import Asked, Document
from tthc.service.repeats import do_once
from tthc.web.access import SECURITY, needs
from tthc.web.api.acts import Approval, Draft, Issue, Sending
from tthc.web.api.cases import Key, answer
from tthc.web.api.described import READING, WRITING, shown
from tthc.web.api.examples import APPROVAL, DRAFT, ISSUE, SENDING

LetterId = Annotated[int, PathParameter(ge=1, le=2**62)]


@get("/cases/{code:str}/letters", guards=[needs("read")], security=SECURITY, responses=READING)
async def read_letters(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
) -> dict[str, Any]:
    """The letters of a case, drafts too."""
    return {"case_code": code, "letters": await letters.list_letters(ledger, actor, code)}


@post("/cases/{code:str}/letters", guards=[needs("write")], security=SECURITY, responses=WRITING)
async def draft_letter(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
    data: Annotated[Draft, shown(draft=DRAFT)],
    key: Key = None,
) -> Document:
    """Draft an apology with its reason, cause and new date; not a letter yet."""
    asked = {"act": "draft_letter", "code": code, **asdict(data)}
    return await do_once(
        *(writing, actor, key, asked),
        lambda: letters.draft_letter(
            *(writing, actor, code, Asked(data.drafted_at)),
            reason=data.reason,
            cause=data.cause,
            new_due=_due(data.new_due),
        ),
    )


@post(
    "/letters/{letter_id:int}/approve",
    status_code=200,
    guards=[needs("write")],
    security=SECURITY,
    responses=WRITING,
)
async def approve_letter(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    letter_id: LetterId,
    data: Annotated[Approval, shown(approve=APPROVAL)],
    key: Key = None,
) -> Document:
    """A leader agrees to a draft, which may then be issued; answers the letter."""
    asked = {"act": "approve_letter", "letter": letter_id, **asdict(data)}
    return await do_once(
        *(writing, actor, key, asked),
        lambda: letters.approve_letter(
            writing, actor, letter_id, Asked(data.approved_at), approver=data.approver
        ),
    )


@post(
    "/letters/{letter_id:int}/issue",
    status_code=200,
    guards=[needs("write")],
    security=SECURITY,
    responses=WRITING,
)
async def issue_letter(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    letter_id: LetterId,
    data: Annotated[Issue, shown(issue=ISSUE)],
    key: Key = None,
) -> Response[Document]:
    """Number and sign a draft; answers its case."""
    asked = Asked(data.issued_at, None, key)
    return answer(
        await letters.issue_letter(
            writing, actor, letter_id, asked, number=data.number, signer=data.signer
        )
    )


@post(
    "/letters/{letter_id:int}/send",
    status_code=200,
    guards=[needs("write")],
    security=SECURITY,
    responses=WRITING,
)
async def send_letter(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    letter_id: LetterId,
    data: Annotated[Sending, shown(send=SENDING)],
    key: Key = None,
) -> Response[Document]:
    """Send an issued letter to the citizen; answers its case."""
    asked = Asked(data.sent_at, None, key)
    return answer(await letters.send_letter(writing, actor, letter_id, asked, channel=data.channel))


def _due(text: str) -> date | datetime:
    """The new date, or the instant of it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.read_instant(text)
