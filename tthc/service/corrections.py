"""Putting right what was recorded wrongly, and saying why a case was late."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import letters
from tthc.db.catalogue import procedure_by_code, unit_by_code
from tthc.db.history import Dossier, read_case
from tthc.db.printing import read_names
from tthc.domain import correction, progress
from tthc.domain.access import Actor, check_unit
from tthc.domain.case import Decision
from tthc.domain.correction import Mending
from tthc.domain.errors import RuleError
from tthc.domain.promised import Pinned
from tthc.rules.causes import check_cause
from tthc.service.acts import NOW, Asked, Document, Known, perform
from tthc.service.case_document import show_dossier
from tthc.service.pins import pins_of
from tthc.service.submissions import look_up


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be put right: the event (the last, unless told), when it really happened, and
    what it really said; the procedure by its code.
    """

    reason: str
    approver: str
    seq: int | None = None
    effective_at: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


async def correct_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    correction_asked: Correction,
    asked: Asked = NOW,
) -> Document:
    """Mend a recorded act with a reason and an approver; what followed from it is mended too."""
    own = await read_names(connection, [actor.name])
    if correction_asked.approver.strip() == own.get(actor.name):
        raise RuleError("Người phê duyệt phải khác người đính chính: hãy trình người khác duyệt.")
    values = dict(correction_asked.values)
    if (cause := values.get("cause")) is not None:
        check_cause(str(cause))
    procedure_code = values.pop("procedure_code", None)
    seq = correction_asked.seq
    mended: list[Decision] = []

    async def pin(dossier: Dossier) -> Pinned:
        wrong = correction.target(dossier.case, _seq(dossier, seq))
        if wrong.role != "received" or dossier.case.regime is None:
            return pins_of(dossier)
        on = clock.local_date(correction_asked.effective_at or wrong.effective_at)
        if procedure_code is not None:
            procedure = await procedure_by_code(connection, str(procedure_code), on)
            values["procedure_id"] = procedure.id
        return await look_up(
            connection,
            actor,
            dossier.about,
            on,
            channel=values.get("channel", dossier.case.channel),
            case_kind=values.get("case_kind", dossier.case.case_kind),
            procedure_code=procedure_code,
        )

    def decide(known: Known) -> list[Decision]:
        history = known.case.history
        mending = Mending(
            seq if seq is not None else history[-1].seq,
            correction_asked.reason,
            correction_asked.approver,
            correction_asked.effective_at,
            values,
        )
        calendar_of = known.calendars.version
        mended.extend(correction.correct(known.case, known.pinned, known.on, mending, calendar_of))
        return mended

    request: dict[str, Any] = {
        "act": "correct",
        "seq": seq,
        "effective_at": correction_asked.effective_at,
        "values": dict(correction_asked.values),
        "reason": correction_asked.reason,
    }
    document = await perform(connection, actor, code, asked, request, decide, pin=pin)
    for one in mended:
        await _mend_letter(connection, one)
    if procedure_code is not None and mended:
        return show_dossier(await read_case(actor, connection, code))
    return document


async def explain_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    unit: str,
    text: str,
) -> Document:
    """Attach a unit's explanation (giải trình) to a late case."""
    on = clock.local_date(asked.at or clock.now())
    found = await unit_by_code(connection, unit, on, simulated=actor.scope.simulated)
    check_unit(actor, found.id)

    def decide(known: Known) -> Decision:
        return progress.explain(known.case, known.on, unit_id=found.id, text=text)

    request = {"act": "explain", "unit": unit, "text": text}
    return await perform(connection, actor, code, asked, request, decide)


async def note_on_case(
    connection: AsyncConnection, actor: Actor, code: str, asked: Asked = NOW, *, text: str
) -> Document:
    """Write a remark; it changes nothing about the case."""

    def decide(known: Known) -> Decision:
        return progress.note(known.case, known.on, text=text)

    return await perform(connection, actor, code, asked, {"act": "note", "text": text}, decide)


def _seq(dossier: Dossier, seq: int | None) -> int:
    return dossier.case.history[-1].seq if seq is None else seq


async def _mend_letter(connection: AsyncConnection, decision: Decision) -> None:
    payload, change = decision.payload or {}, decision.change
    if payload.get("corrects") in ("letter_issued", "letter_sent") and "letter_id" in payload:
        await letters.mend(
            connection,
            int(payload["letter_id"]),
            number=change.get("letter_number"),
            issued_at=change.get("letter_issued_at"),
            sent_at=change.get("letter_sent_at"),
        )
