"""A case on its way through its internal workflow: the act, and the steps with their budgets."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.history import Dossier, read_case
from tthc.db.json_values import checked
from tthc.db.workflows import PublishedStep, Workflow, load_workflows, load_workflows_of
from tthc.domain import stepping
from tthc.domain.access import Actor, Permission, check
from tthc.domain.case import Case, Decision
from tthc.domain.errors import RuleError
from tthc.service.acts import NOW, Asked, Document, Known, perform
from tthc.service.case_document import instant
from tthc.service.workflows import budgets_of


async def begin_step(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    position: int | None = None,
    workflow: int | None = None,
    officer: str | None = None,
) -> Document:
    """The case enters a step of its workflow, the next unless told. `workflow` is asked for only
    where decisions published several.
    """
    published = await load_workflows_of(connection, checked(code))

    def decide(known: Known) -> Decision:
        flow = _followed(known.case, published, workflow)
        return stepping.begin_step(known.case, known.on, flow, position=position, officer=officer)

    request = {"act": "step", "position": position, "workflow": workflow, "officer": officer}
    return await perform(connection, actor, code, asked, request, decide)


async def read_steps(connection: AsyncConnection, actor: Actor, code: str) -> Document:
    """The steps of a case: what each may take, who had it, and whether it fell behind."""
    check(actor, Permission.READ_CASES)
    dossier = await read_case(actor, connection, checked(code))
    workflows = await load_workflows(connection, dossier.about.procedure_code)
    return show_steps(dossier, workflows, clock.now())


def show_steps(dossier: Dossier, workflows: Sequence[Workflow], now: datetime) -> Document:
    """The workflow that a case follows, step by step; the workflows to choose from before."""
    case = dossier.case
    begun = case.last("stepped")
    taken = stepping.steps_taken(case.history)
    followed = None if begun is None else int(begun.payload["workflow"])
    flow = next((one for one in workflows if one.id == followed), None)
    return {
        "case_code": case.code,
        "workflow": followed,
        "decision": None if flow is None else flow.number,
        "position": None if begun is None else int(begun.payload["position"]),
        "step": case.step,
        "is_late": any(one.is_late(now) for one in taken),
        "steps": [] if flow is None else [_line(each, taken, now) for each in flow.steps],
        "choices": [] if followed else [_choice(one) for one in workflows],
    }


def _line(
    published: PublishedStep, taken: Sequence[stepping.StepTaken], now: datetime
) -> dict[str, Any]:
    """A step as published, with each time that the case went through it."""
    times = [one for one in taken if one.position == published.position]
    return asdict(published) | {
        "taken": [
            {
                "officer": one.officer,
                "started_at": instant(one.started_at),
                "due_at": instant(one.due_at),
                "done_at": instant(one.done_at),
                "paused_at": instant(one.paused_at),
                "is_late": one.is_late(now),
            }
            for one in times
        ]
    }


def _choice(workflow: Workflow) -> dict[str, Any]:
    return {
        "workflow": workflow.id,
        "name": workflow.workflow,
        "decision": workflow.number,
        "steps": [asdict(each) for each in workflow.steps],
    }


def _followed(case: Case, published: Sequence[Workflow], wanted: int | None) -> stepping.Workflow:
    """The workflow that the case is on; one is chosen with its first step. Raises RuleError."""
    if not published:
        raise RuleError(
            "Chưa có quyết định nào công bố quy trình nội bộ của thủ tục này nên không ghi được "
            "bước xử lý: hãy nhờ quản trị nhập quy trình, hoặc ghi chú thay."
        )
    begun = case.last("stepped")
    on = None if begun is None else int(begun.payload["workflow"])
    if on is not None and wanted not in (None, on):
        raise RuleError("Hồ sơ đã theo một quy trình khác: hãy bỏ trống quy trình khi chuyển bước.")
    chosen = on if on is not None else wanted
    found = [one for one in published if chosen in (None, one.id)]
    if len(found) != 1:
        names = "; ".join(f"{one.id}: {one.workflow} ({one.number})" for one in published)
        raise RuleError(f"Hãy chọn một quy trình nội bộ của thủ tục này: {names}.")
    flow = found[0]
    return stepping.Workflow(flow.id, flow.workflow, flow.number, budgets_of(flow))
