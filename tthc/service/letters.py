"""Apology letters: drafted, approved, issued, sent, and the re-appointment that cites one."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import letters
from tthc.db.history import read_case
from tthc.db.json_values import checked
from tthc.db.printing import read_names
from tthc.domain import apology, reappointment
from tthc.domain.access import Actor, Permission, Role
from tthc.domain.apology import Letter
from tthc.domain.case import Decision
from tthc.domain.errors import ConflictError, InputError, RuleError
from tthc.rules.causes import causes, check_cause
from tthc.service.acts import NOW, Asked, Document, Known, check_act, perform
from tthc.service.case_document import instant
from tthc.service.numbers import Book, perform_numbered
from tthc.service.pins import pins_of


async def draft_letter(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    reason: str,
    cause: str,
    new_due: date | datetime,
) -> Document:
    """Draft an apology with its reason, its coded cause and the new date; not a letter yet."""
    check_cause(cause)
    dossier = await read_case(actor, connection, checked(code))
    check_act(actor, Permission.DRAFT_LETTER, dossier)
    on = asked.occasion(actor)
    draft = apology.draft(
        dossier.case,
        pins_of(dossier),
        on,
        reason=checked(reason),
        cause=cause,
        new_due=new_due,
    )
    assert dossier.case.id is not None
    letter_id = await letters.add_draft(connection, dossier.case.id, draft, on)
    letter = Letter(letter_id, draft.reason, draft.cause, draft.new_due_at)
    return show_letter(code, letter)


async def approve_letter(
    connection: AsyncConnection,
    actor: Actor,
    letter_id: int,
    asked: Asked = NOW,
    *,
    approver: str | None = None,
) -> Document:
    """A leader agrees to a draft. A program says who did; a person approves in their own name."""
    code, letter = await letters.read_letter(actor.scope, connection, letter_id)
    dossier = await read_case(actor, connection, code)
    case, on = dossier.case, asked.occasion(actor)
    check_act(actor, Permission.APPROVE_LETTER, dossier)
    own = (await read_names(connection, [actor.name])).get(actor.name, actor.name)
    name = checked((approver or own).strip())
    if actor.role is not Role.PROGRAM and name != own:
        raise InputError("Chỉ được duyệt dự thảo với tên của chính mình: hãy bỏ trống tên.")
    apology.approve(case, letter, pins_of(dossier), on)
    if not await letters.mark_approved(connection, letter_id, on.at, name):
        raise ConflictError("Dự thảo này vừa được người khác duyệt: hãy mở lại văn bản.")
    return show_letter(code, replace(letter, approver=name, approved_at=on.at))


async def issue_letter(
    connection: AsyncConnection,
    actor: Actor,
    letter_id: int,
    asked: Asked = NOW,
    *,
    number: str | None = None,
    signer: str | None = None,
) -> Document:
    """Number and sign a draft: now it is a letter. Returns its case.

    Without a number it gets the unit's next one; who approved it signs, unless told. People issue
    what a leader approved; a program may take over what was signed on paper.
    """
    code, letter = await letters.read_letter(actor.scope, connection, letter_id)
    if actor.role is not Role.PROGRAM and not letter.approved_at and not letter.issued_at:
        check_act(actor, Permission.ISSUE_LETTER, await read_case(actor, connection, code))
        raise RuleError("Dự thảo chưa được lãnh đạo duyệt: hãy duyệt trước khi ký ban hành.")
    issued: list[Decision] = []

    def decide(known: Known, given: str | None) -> Decision:
        issued.append(
            apology.issue(
                known.case, letter, known.pinned, known.on, number=given or "", signer=signer
            )
        )
        return issued[0]

    request = {"act": "issue_letter", "letter": letter_id, "number": number, "signer": signer}
    document = await perform_numbered(
        connection, actor, code, asked, request, decide, Book("04"), number
    )
    for one in issued:
        told = {**one.change, **(one.payload or {})}
        await letters.mark_issued(
            connection,
            letter_id,
            one.effective_at,
            number=told["letter_number"],
            signer=told["signer"],
        )
    return document


async def send_letter(
    connection: AsyncConnection,
    actor: Actor,
    letter_id: int,
    asked: Asked = NOW,
    *,
    channel: str,
) -> Document:
    """Send an issued letter to the citizen. Returns its case."""
    code, letter = await letters.read_letter(actor.scope, connection, letter_id)
    sent: list[Decision] = []

    def decide(known: Known) -> Decision:
        sent.append(apology.send(known.case, letter, known.on, channel=channel))
        return sent[0]

    request = {"act": "send_letter", "letter": letter_id, "channel": channel}
    document = await perform(connection, actor, code, asked, request, decide)
    for one in sent:
        await letters.mark_sent(connection, letter_id, one.effective_at, channel=channel.strip())
    return document


async def extend_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    letter_number: str | None = None,
) -> Document:
    """Change the due date to the issued letter's, once: the one-stop clerk's act.

    `letter_number` is the letter cited; the case's own where it is not said.
    """
    dossier = await read_case(actor, connection, checked(code))
    assert dossier.case.id is not None
    cited = next(
        (
            one
            for one in await letters.letters_of(connection, dossier.case.id)
            if one.issued_at and letter_number in (None, one.number)
        ),
        None,
    )

    def decide(known: Known) -> Decision:
        return reappointment.extend(known.case, cited, known.pinned, known.on)

    request = {"act": "extend", "letter_number": letter_number}
    return await perform(connection, actor, code, asked, request, decide)


async def list_letters(connection: AsyncConnection, actor: Actor, code: str) -> list[Document]:
    """The letters of a case, drafts too."""
    dossier = await read_case(actor, connection, checked(code))
    assert dossier.case.id is not None
    return [show_letter(code, one) for one in await letters.letters_of(connection, dossier.case.id)]


def show_letter(code: str, letter: Letter) -> dict[str, Any]:
    """A letter's document."""
    passed = {"sent": letter.sent_at, "issued": letter.issued_at, "approved": letter.approved_at}
    state = next((name for name, at in passed.items() if at), "draft")
    return {
        "id": letter.id,
        "case_code": code,
        "state": state,
        "reason": letter.reason,
        "cause": letter.cause,
        "cause_name": causes().get(letter.cause, letter.cause),
        "new_due_at": instant(letter.new_due_at),
        "approver": letter.approver,
        "approved_at": instant(letter.approved_at),
        "number": letter.number,
        "signer": letter.signer,
        "issued_at": instant(letter.issued_at),
        "sent_at": instant(letter.sent_at),
        "sent_by": letter.sent_by,
    }
