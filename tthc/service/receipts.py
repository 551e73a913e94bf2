"""How cases come in: submitted, received, solved on the spot, refused at the desk."""

from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import acts
from tthc.db.filing import read_counter
from tthc.db.history import Kept
from tthc.db.json_values import checked
from tthc.db.look_up import read_slip_pin
from tthc.db.numbers import Given
from tthc.domain import receipt
from tthc.domain.access import Actor, Permission, check
from tthc.domain.applicant import LOOKED_UP_BY
from tthc.domain.case import Case, Decision, opened
from tthc.domain.errors import ConflictError, InputError
from tthc.domain.lifecycle import Occasion
from tthc.domain.promised import Pinned
from tthc.domain.receipt import Filing
from tthc.service.acts import (
    NOW,
    Asked,
    Document,
    answer,
    case_after,
    digest_of,
    repeated,
)
from tthc.service.case_document import show_case
from tthc.service.filing import Form, about_of, code_of, filing_of
from tthc.service.numbers import draw_at_desk, drawn
from tthc.service.pins import pins_at

Begin = Callable[[Filing, Pinned, Occasion], Sequence[Decision]]


async def receive_case(
    connection: AsyncConnection, actor: Actor, form: Form, asked: Asked = NOW
) -> Document:
    """Receive a case: the slip's promise is made now, by the law of the day of receipt."""
    return await _begin(
        connection,
        actor,
        form,
        asked,
        "receive",
        lambda f, p, on: [receipt.receive(f, p, on, papers=form.papers, sets=form.sets)],
    )


async def receive_immediate_case(
    connection: AsyncConnection,
    actor: Actor,
    form: Form,
    asked: Asked = NOW,
    *,
    outcome: str = "granted",
) -> Document:
    """Record a case that was solved on the spot: received, resolved and returned in one save."""
    return await _begin(
        connection,
        actor,
        form,
        asked,
        f"immediate {outcome}",
        lambda f, p, on: receipt.receive_immediately(f, p, on, outcome=outcome),
    )


async def submit_case(
    connection: AsyncConnection, actor: Actor, form: Form, asked: Asked = NOW
) -> Document:
    """Take an online submission in; it waits for its acceptance."""
    return await _begin(
        connection, actor, form, asked, "submit", lambda f, _, on: [receipt.submit(f, on)]
    )


async def refuse_case_at_desk(
    connection: AsyncConnection,
    actor: Actor,
    form: Form,
    asked: Asked = NOW,
    *,
    reason: str,
    slip: receipt.Slip = "03",
) -> Document:
    """Record a file that the counter did not take, and why; form 02 guides to what completes it."""

    async def draw() -> Given | None:
        return await draw_at_desk(connection, actor, form.receiving_unit, slip, asked)

    async with drawn(connection, draw) as found:

        def begin(filing: Filing, _: Pinned, on: Occasion) -> list[Decision]:
            found.taken = True
            number = found.number
            return receipt.refuse_at_desk(filing, on, reason=reason, slip=slip, notice=number)

        act = f"{'guide' if slip == '02' else 'refuse'} {reason}"
        return await _begin(connection, actor, form, asked, act, begin)


async def _begin(
    connection: AsyncConnection, actor: Actor, form: Form, asked: Asked, act: str, begin: Begin
) -> Document:
    person = form.person.said() if form.person else {}
    given = {name: getattr(form, name) for name in Form.__slots__} | {"applicant": person}
    for name in ("papers", "sets"):  # a request of before they were told is still the same
        if given[name] is None:
            del given[name]
    texts = (*given.values(), *person.values(), asked.key)
    checked(" ".join(text for text in texts if isinstance(text, str)))
    if form.case_code is not None and not form.case_code.strip():
        raise InputError("Mã hồ sơ để trống: hãy bỏ hẳn để hệ thống cấp mã, hoặc ghi mã.")
    on = asked.occasion(actor)
    today = clock.local_date(on.at)
    digest = digest_of({"act": act, "at": asked.at, **given})
    counter = await read_counter(
        actor,
        connection,
        receiving_unit=form.receiving_unit,
        competent_unit=form.competent_unit,
        procedure_code=form.procedure_code,
        on=today,
        key=asked.key,
        number=form.case_code is None,
    )
    if isinstance(counter, Kept):
        return await _again(connection, form, counter, digest)
    wanted = Permission.RECEIVE_IMMEDIATE if act.startswith("immediate") else Permission.RECEIVE
    check(actor, wanted, actor.relation(counter.receiving.id, counter.competent.id))
    pinned, problem = pins_at(counter, today, channel=form.channel, case_kind=form.case_kind)
    decisions = begin(filing_of(form, counter), pinned, on)
    first, *rest = decisions
    case = opened(code_of(form, counter, today), first, simulated=actor.scope.simulated)
    if rest:
        case = case_after(case, rest)
    document = show_case(case, about_of(counter))
    if case.received_at is not None and case.due_at is None:
        document["no_due_date_because"] = problem
    return await _write(connection, actor, form, asked, case, decisions, on, digest, document)


async def _write(
    connection: AsyncConnection,
    actor: Actor,
    form: Form,
    asked: Asked,
    case: Case,
    decisions: Sequence[Decision],
    on: Occasion,
    digest: bytes,
    document: Document,
) -> Document:
    written = await acts.open_case(
        connection,
        case,
        decisions,
        on,
        applicant=form.person,
        repeatable=answer(asked.key, digest, document),
    )
    if written is not None:  # what is kept for repeated requests holds no secret
        return document | ({"slip_pin": written.slip_pin} if written.slip_pin else {})
    if asked.key is not None:
        kept = await acts.read_answer(connection, actor.name, asked.key)
        if kept:
            return await _again(connection, form, kept, digest)
    raise ConflictError(f"Mã hồ sơ “{case.code}” đã có: hãy mở hồ sơ đó, hoặc dùng mã khác.")


async def _again(connection: AsyncConnection, form: Form, kept: Kept, digest: bytes) -> Document:
    """The answer to a repeated receipt; what was kept of it holds no secret."""
    document = repeated(kept, digest)
    known = form.person.said() if form.person else {}
    if known.keys().isdisjoint(LOOKED_UP_BY):
        pin = await read_slip_pin(connection, document["case_code"])
        return document | ({"slip_pin": pin} if pin else {})
    return document
