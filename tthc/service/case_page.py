"""One case as a person sees it: the promise and why, what happened, letters, steps, what to do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import letters, printing
from tthc.db.history import Dossier, read_case
from tthc.db.json_values import checked
from tthc.db.workflows import load_workflows
from tthc.domain.access import Actor, Permission, check
from tthc.domain.calendar import VIETNAM
from tthc.domain.case import Case, State
from tthc.domain.receipt import answer_left, guidance
from tthc.service.acts import Document
from tthc.service.applicants import read_masked
from tthc.service.case_document import show_dossier, show_event
from tthc.service.clock import explain_dossier
from tthc.service.destinations import list_destinations
from tthc.service.held_points import held_points
from tthc.service.letters import show_letter
from tthc.service.pins import pins_of
from tthc.service.possible import possible_acts
from tthc.service.sent import show_sent
from tthc.service.steps import show_steps
from tthc.service.transfers import show_control_sheet
from tthc.service.words import CHANNELS, answer_time
from tthc.service.workflows import show_workflow

# what an act said, in the order in which it is told; some with what it is
TOLD = {
    "papers": "",
    "reason": "",
    "content": "",
    "grounds": "Căn cứ: ",
    "text": "",
    "notice": "Số: ",
    "note": "",
    "channel": "",
    "letter_number": "Số: ",
}


@dataclass(frozen=True, slots=True)
class CasePage:
    """What a page about a case shows. `standing`: how far it is from its due date, in words."""

    case: Document
    standing: str
    is_late: bool
    is_soon: bool
    why: Document
    events: list[Document]
    letters: list[Document]
    handovers: list[Document]
    workflows: list[dict[str, Any]]
    steps: Document
    applicant: dict[str, Any] | None
    sent: Document | None
    acts: list[Permission]
    forms: list[str]
    held_points: list[Document]
    destinations: list[str]


async def read_case_page(connection: AsyncConnection, actor: Actor, code: str) -> CasePage:
    """Everything about a case; its person masked. Raises NotFoundError beyond one's scope."""
    check(actor, Permission.READ_CASES)
    dossier = await read_case(actor, connection, checked(code))
    case, now = dossier.case, clock.now()
    assert case.id is not None
    found = await letters.letters_of(connection, case.id)
    names = await printing.read_names(connection, (one.actor for one in dossier.events))
    late = case.is_late(now)
    days = _days_left(case, dossier, now)
    workflows = await load_workflows(connection, dossier.about.procedure_code)
    acts = possible_acts(actor, dossier, found, now)
    return CasePage(
        case=show_dossier(dossier) | {"receiving_unit_name": dossier.about.receiving_unit_name},
        standing=_answer_time(dossier, now)
        if case.state is State.SUBMITTED
        else _standing(case, days, late=late),
        is_late=late,
        is_soon=not late and case.resolved_at is None and days is not None and days <= 1,
        why=explain_dossier(dossier),
        events=[_told(show_event(one), names) for one in dossier.events],
        letters=[show_letter(code, one) for one in found],
        handovers=await show_control_sheet(connection, actor, code),
        workflows=[show_workflow(one) for one in workflows],
        steps=show_steps(dossier, workflows, now),
        applicant=await read_masked(connection, case.id),
        sent=await show_sent(connection, case),
        acts=[act for act in acts if workflows or act is not Permission.STEP],
        forms=_forms(case, has_letter=bool(found)),
        held_points=await held_points(connection, actor.scope, case, now),
        destinations=await list_destinations(connection, actor) if Permission.MOVE in acts else [],
    )


def _told(event: Document, names: dict[str, str]) -> Document:
    """An event with who did it by name, and what was said in it."""
    payload = event["payload"]
    said = [
        f"{what}{CHANNELS.get(payload[key], payload[key]) if key == 'channel' else payload[key]}"
        for key, what in TOLD.items()
        if payload.get(key)
    ]
    if payload.get("sets"):
        said.insert(0, f"{payload['sets']} bộ hồ sơ")
    if payload.get("slip"):
        said.insert(0, f"Đã hướng dẫn bổ sung, hoàn thiện (mẫu số {payload['slip']})")
    if event["change"].get("step"):
        said.insert(0, f"Bước {event['change']['step']}")
    return event | {"by": names.get(event["actor"], event["actor"]), "said": said}


def _days_left(case: Case, dossier: Dossier, now: datetime) -> int | None:
    """Working days to the due date, negative after it; None where none is due or known."""
    if case.due_at is None:
        return None
    calendar = pins_of(dossier).calendar
    today = (case.resolved_at or case.suspended_at or now).astimezone(VIETNAM).date()
    due_on = case.due_at.astimezone(VIETNAM).date()
    if due_on >= today:
        return calendar.working_days_between(today, due_on)
    return -calendar.working_days_between(due_on, today)


def _answer_time(dossier: Dossier, now: datetime) -> str:
    """What is left of the time to answer a submission."""
    left = answer_left(dossier.case.submitted_at, pins_of(dossier), now)
    return f"chờ tiếp nhận, {answer_time(left)} để trả lời" if left is not None else ""


def _standing(case: Case, days: int | None, *, late: bool) -> str:
    if case.received_at is None or case.state in (State.WITHDRAWN, State.STOPPED):
        return ""
    if days is None or case.due_at is None:
        return "không có ngày hẹn trả" if case.suspended_at is None else "thời hạn đang tạm dừng"
    if late:
        letter = "đã" if case.letter_issued_at else "chưa"
        by = f"quá hạn {-days} ngày làm việc" if days < 0 else "mới quá hạn"
        return f"{by}, {letter} có văn bản xin lỗi"
    if case.resolved_at is not None:
        return "có kết quả trong hạn"
    if case.suspended_at is not None:
        return "thời hạn đang tạm dừng"
    return "đến hạn hôm nay" if days <= 0 else f"còn {days} ngày làm việc"


def _forms(case: Case, *, has_letter: bool) -> list[str]:
    """The forms that apply to it as it stands."""
    guided = guidance(case) is not None
    applies = {
        "01": case.received_at is not None,
        "02": guided or case.last("suspended") is not None,
        "03": (case.state is State.DECLINED and not guided) or case.outcome == "refused",
        "04": has_letter,
        "05": bool(case.last("stopped") or case.last("closed")),
        "06": case.received_at is not None,
    }
    return [number for number, does in applies.items() if does]
