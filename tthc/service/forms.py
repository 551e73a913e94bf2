"""The forms of one case: what each says, gathered as a document that can be printed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import letters, printing
from tthc.db.catalogue import unit_by_code
from tthc.db.history import Dossier, read_case
from tthc.db.json_values import checked
from tthc.db.look_up import read_slip_pin
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor
from tthc.domain.apology import Letter
from tthc.domain.applicant import Applicant
from tthc.domain.errors import NotFoundError, RuleError
from tthc.domain.traces import Trace
from tthc.rules.forms import check_paper, form
from tthc.service.acts import Document
from tthc.service.control_sheet import control_sheet
from tthc.service.form_facts import Facts, Said
from tthc.service.form_heads import head_form, person_of, read_persons
from tthc.service.form_letters import apology, stop_notice
from tthc.service.form_slips import receipt_slip, refusal, supplement_request

CONTENTS: dict[str, Callable[[Facts], Said]] = {
    "01": receipt_slip,
    "02": supplement_request,
    "03": refusal,
    "04": apology,
    "05": stop_notice,
    "06": control_sheet,
}
UNITS = ("from_unit_id", "to_unit_id")  # whom the events of a case name
NOBODY = frozenset({"06"})  # forms that print no person


async def prepare_form(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    number: str,
    *,
    paper: str | None = None,
    letter_id: int | None = None,
) -> Document:
    """A form of a case as a document; `letter_id` chooses among the letters of form 04.

    Raises RuleError, which says what is missing, where the form does not apply to the case.
    """
    asked = form(number)
    if number not in CONTENTS:
        raise NotFoundError(f"{asked.title} không phải mẫu của một hồ sơ.")
    dossier = await read_case(actor, connection, checked(code))
    case = dossier.case
    assert case.id is not None
    chosen = await _letter(connection, case.id, letter_id) if number == "04" else None
    facts = await _facts(connection, dossier, chosen)
    if number == "01":
        facts = replace(facts, slip_pin=await read_slip_pin(connection, case.code))
    said = CONTENTS[number](facts)
    document = await head_form(
        connection, asked, said.heading, simulated=case.simulated, paper=paper, draft=said.draft
    )
    persons = {} if number in NOBODY else await read_persons(connection, actor, [case.id], asked)
    person = persons.get(case.id, Applicant())
    return {
        **document,
        "footer": document["footer"] or case.code,
        "code": case.code,
        "applicant": person_of(person),
        "content": f"{person.content}\n{facts.content}" if person.content else facts.content,
        **said.document,
    }


async def choose_paper(
    connection: AsyncConnection, actor: Actor, unit: str, number: str, paper: str
) -> Document:
    """Set the paper on which a unit prints a form from now on."""
    asked = form(number)
    check_paper(asked, paper)
    now = clock.now()
    on = clock.local_date(now)
    found = await unit_by_code(connection, unit, on, simulated=actor.scope.simulated)
    await printing.choose_paper(connection, found.id, number, paper, by=actor.name, at=now)
    told = {"unit": found.code, "form": number, "paper": paper}
    trace = Trace(actor.name, "paper_chosen", actor.scope.simulated, told)
    await leave_trace(connection, trace)
    return {"unit": found.code, "form": number, "title": asked.title, "paper": paper}


async def _facts(connection: AsyncConnection, dossier: Dossier, letter: Letter | None) -> Facts:
    case, about = dossier.case, dossier.about
    ids = {case.receiving_unit_id, case.competent_unit_id}
    for one in case.history:
        ids |= {one.payload[key] for key in UNITS if isinstance(one.payload.get(key), int)}
    kind = None
    if case.case_kind:
        kind = await printing.read_kind_name(connection, about.procedure_code, case.case_kind)
    units = await printing.read_authorities(connection, ids)
    names = await printing.read_names(connection, (one.actor for one in dossier.events))
    return Facts(dossier, units, letter, kind, names, clock.now())


async def _letter(connection: AsyncConnection, case_id: int, letter_id: int | None) -> Letter:
    """The letter asked for; else the issued one, else the newest draft."""
    found = await letters.letters_of(connection, case_id)
    if letter_id is not None:
        found = [one for one in found if one.id == letter_id]
    if not found:
        raise RuleError(
            "Hồ sơ không có văn bản xin lỗi này: hãy soạn văn bản xin lỗi trước khi in."
        )
    never = datetime.min.replace(tzinfo=clock.VIETNAM)
    return max(found, key=lambda one: (one.issued_at or never, one.id))
