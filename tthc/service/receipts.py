"""How cases come in: submitted, received, refused at the desk; accepted or declined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import acts
from tthc.db.filing import Counter, read_counter
from tthc.db.history import About, Dossier, Kept
from tthc.db.json_values import checked
from tthc.db.look_up import read_slip_pin
from tthc.db.numbers import Given
from tthc.domain import receipt
from tthc.domain.access import Actor, Permission, check
from tthc.domain.applicant import LOOKED_UP_BY, Applicant
from tthc.domain.case import Case, Decision, opened
from tthc.domain.errors import ConflictError, InputError
from tthc.domain.lifecycle import Occasion, numbered
from tthc.domain.promised import Pinned
from tthc.domain.receipt import Filing
from tthc.service.acts import (
    NOW,
    Asked,
    Document,
    Known,
    answer,
    case_after,
    digest_of,
    perform,
    repeated,
)
from tthc.service.case_document import show_case
from tthc.service.numbers import Book, draw_at_desk, drawn, perform_numbered
from tthc.service.pins import pins_at

Begin = Callable[[Filing, Pinned, Occasion], Sequence[Decision]]


@dataclass(frozen=True, slots=True)
class Form:
    """What the clerk's form, or a program, says of a new case; codes as the state issues them.

    `competent_unit` is the receiving unit where it is not said; without a `case_code` one is
    given. `papers` are those handed in, a line each, in so many `sets`. `out_of_territory` is
    worked out from whom the shop serves where it is not said.
    """

    procedure_code: str
    receiving_unit: str
    channel: str
    competent_unit: str | None = None
    case_code: str | None = None
    case_kind: str | None = None
    officer: str | None = None
    parent_case_code: str | None = None
    out_of_territory: bool | None = None
    applicant: Applicant | str | None = None
    papers: str | None = None
    sets: int | None = None

    @property
    def person(self) -> Applicant | None:
        """The applicant; a text is a name."""
        return Applicant(name=self.applicant) if isinstance(self.applicant, str) else self.applicant


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
    decisions = begin(_filing(form, counter), pinned, on)
    first, *rest = decisions
    case = opened(_code(form, counter, today), first, simulated=actor.scope.simulated)
    if rest:
        case = case_after(case, rest)
    document = show_case(case, _about(counter))
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


def _filing(form: Form, counter: Counter) -> Filing:
    out = counter.out_of_territory if form.out_of_territory is None else form.out_of_territory
    return Filing(
        receiving_unit_id=counter.receiving.id,
        competent_unit_id=counter.competent.id,
        procedure_id=counter.procedure.id,
        level=counter.competent.level,
        channel=form.channel,
        case_kind=form.case_kind,
        online_level=counter.online_level,
        out_of_territory=out,
        officer=form.officer,
        parent_case_code=form.parent_case_code,
    )


def _about(counter: Counter) -> About:
    return About(
        procedure_code=counter.procedure.code,
        procedure_name=counter.procedure.name,
        sector=counter.procedure.sector,
        receiving_unit=counter.receiving.code,
        competent_unit=counter.competent.code,
        competent_unit_name=counter.competent.name,
        competent_level=counter.competent.level,
        receiving_level=counter.receiving.level,
        receiving_unit_name=counter.receiving.name,
    )


def _code(form: Form, counter: Counter, today: date) -> str:
    if form.case_code is not None:
        return form.case_code.strip()
    return f"{counter.receiving.code}-{today:%y%m%d}-{counter.number:06d}"
