"""Online submissions that wait: accepted, which starts their main clock, or declined."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.filing import Counter, read_counter
from tthc.db.history import About, Dossier
from tthc.domain import receipt
from tthc.domain.access import Actor
from tthc.domain.case import Decision
from tthc.domain.lifecycle import numbered
from tthc.domain.promised import Pinned
from tthc.service.acts import NOW, Asked, Document, Known, perform
from tthc.service.numbers import Book, perform_numbered
from tthc.service.pins import pins_at


async def accept_case(
    connection: AsyncConnection, actor: Actor, code: str, asked: Asked = NOW
) -> Document:
    """Accept a submission: its main clock starts, under the law of this day."""

    async def pin(dossier: Dossier) -> Pinned:
        case, on = dossier.case, clock.local_date(asked.at or clock.now())
        return await look_up(
            connection,
            actor,
            dossier.about,
            on,
            channel=case.channel,
            case_kind=case.case_kind,
        )

    def decide(known: Known) -> Decision:
        return receipt.accept(known.case, known.pinned, known.on)

    return await perform(connection, actor, code, asked, {"act": "accept"}, decide, pin=pin)


async def decline_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    reason: str,
    notice: str | None = None,
) -> Document:
    """Decline a submission before its acceptance."""

    def decide(known: Known, number: str | None) -> Decision:
        return receipt.decline(known.case, known.pinned, known.on, reason=reason, notice=number)

    request = {"act": "decline", "reason": reason} | numbered(notice)
    book = Book("03", by_shop=True)
    return await perform_numbered(connection, actor, code, asked, request, decide, book, notice)


async def look_up(
    connection: AsyncConnection,
    actor: Actor,
    about: About,
    on: date,
    *,
    channel: str,
    case_kind: str | None,
    procedure_code: str | None = None,
) -> Pinned:
    """What applies to a case of these units and this procedure that is received on a date."""
    counter = await read_counter(
        actor,
        connection,
        receiving_unit=about.receiving_unit,
        competent_unit=about.competent_unit,
        procedure_code=procedure_code or about.procedure_code,
        on=on,
        key=None,
        number=False,
    )
    assert isinstance(counter, Counter)
    pinned, _ = pins_at(counter, on, channel=channel, case_kind=case_kind)
    return pinned
