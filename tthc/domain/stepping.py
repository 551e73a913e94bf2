"""A case on its way through the steps of its workflow: begun, held against their budgets, ended.

One step is in hand at a time: it ends when the next begins or the case is over. Its clock is the
case's own engine, from when it began: it stands still while the case is suspended. Whatever moves
it is written with the act that did (`keep_pace`), so that a replay never reads a budget again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from tthc.domain.case import Case, Decision, Recorded, State, refolded, suspensions_of
from tthc.domain.deadline import promise
from tthc.domain.errors import RuleError
from tthc.domain.lifecycle import Occasion, allow, required
from tthc.domain.promised import Pinned
from tthc.domain.steps import StepBudget, is_step_late
from tthc.domain.term import Term, TermUnit
from tthc.domain.verdict import Due

PAUSES = frozenset({"suspended", "charged"})
ENDS = frozenset({"resolved", "withdrawn", "stopped", "closed"})
PACE = ("step_due_at", "step_overdue_at", "step_late_at")


@dataclass(frozen=True, slots=True)
class Workflow:
    """The internal workflow that a case follows, and the decision that published it."""

    id: int
    name: str
    decision: str | None
    steps: tuple[StepBudget, ...]


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step of a case: who held it, from when to when, and the first instant too late for it."""

    position: int
    officer: str | None
    started_at: datetime
    done_at: datetime | None
    due_at: datetime | None
    overdue_at: datetime | None
    paused_at: datetime | None

    def is_late(self, as_of: datetime) -> bool:
        return is_step_late(self.overdue_at, self.done_at or self.paused_at, as_of)


def begin_step(
    case: Case,
    on: Occasion,
    workflow: Workflow,
    *,
    position: int | None = None,
    officer: str | None = None,
) -> Decision:
    """The case enters a step of its workflow, the next one unless told; the one before ends.

    A step may be done again. From the second step on the case is in progress.
    """
    allow(case, "stepped", on)
    before = case.last("stepped")
    at_step = 0 if before is None else int(before.payload["position"])
    budget = _budget(workflow, position or at_step + 1)
    if budget.order == at_step:
        raise RuleError(f"Hồ sơ đang ở bước {at_step} rồi: hãy chọn bước khác.")
    change: dict[str, Any] = {"step": f"{budget.order}. {budget.name}"[:200]}
    if officer is not None:
        change["officer"] = required(officer, "tên người xử lý")
    if budget.order > 1:
        change["state"] = State.IN_PROGRESS
    term = budget.term
    payload = {
        "workflow": workflow.id,
        "position": budget.order,
        "amount": None if term is None else str(term.amount),
        "unit": None if term is None else term.unit.value,
    }
    return Decision("stepped", on.at, change, payload)


def keep_pace(case: Case, pinned: Pinned, decision: Decision) -> Decision:
    """The decision with what it does to the step in hand; `case` is as it was before."""
    if decision.replaces is not None or not (case.step or decision.type == "stepped"):
        return decision
    begun = recorded_step(case.history, decision)
    pace = _pace(case, pinned, decision.type, decision.effective_at, begun)
    return replace(decision, change={**decision.change, **pace}) if pace else decision


def repaced(
    case: Case, history: Sequence[Recorded], pinned_at: Callable[[Recorded], Pinned]
) -> list[Recorded]:
    """A mended history with the pace of its steps decided anew, act by act."""
    if not any(one.role == "stepped" for one in history):
        return list(history)
    found: list[Recorded] = []
    for one in history:
        change = {name: value for name, value in one.change.items() if name not in PACE}
        plain = replace(one, change=change)
        pinned = pinned_at(one)
        if found:
            before = refolded(case, found, case.version)
            begun = plain if one.role == "stepped" else _last_step(found)
            if begun is not None:
                change |= _pace(before, pinned, one.role, one.effective_at, begun)
        found.append(replace(one, change=change))
    return found


def steps_taken(history: Sequence[Recorded]) -> list[StepTaken]:
    """The steps that a case went through, in their order; the last is in hand unless done."""
    found: list[StepTaken] = []
    for one in history:
        if found and found[-1].done_at is None:
            last = found[-1]
            if one.role == "stepped" or one.role in ENDS:
                found[-1] = replace(last, done_at=one.effective_at, paused_at=None)
            elif one.role in PAUSES:
                found[-1] = replace(last, paused_at=one.effective_at)
            elif one.role == "resumed":
                found[-1] = replace(last, **_dues(one.change), paused_at=None)
            elif "officer" in one.change:
                found[-1] = replace(last, officer=one.change["officer"])
        if one.role == "stepped":
            officer = one.change.get("officer")
            dues = _dues(one.change)
            position = int(one.payload["position"])
            found.append(
                StepTaken(position, officer, one.effective_at, None, paused_at=None, **dues)
            )
    return found


def recorded_step(history: Sequence[Recorded], decision: Decision) -> Recorded:
    """The beginning of the step that is in hand once a decision took effect."""
    if decision.type == "stepped":
        payload = decision.payload or {}
        return Recorded(0, "stepped", "stepped", decision.effective_at, payload, decision.change)
    begun = _last_step(history)
    assert begun is not None
    return begun


def _last_step(history: Sequence[Recorded]) -> Recorded | None:
    return next((one for one in reversed(history) if one.role == "stepped"), None)


def _pace(
    case: Case, pinned: Pinned, act: str, at: datetime, begun: Recorded
) -> dict[str, datetime | None]:
    """The columns that an act decides of the step in hand: its due date, and the lateness of the
    one that it ends or pauses.
    """
    found: dict[str, datetime | None] = {}
    if act == "stepped" or act in PAUSES or act in ENDS:
        if case.step_late_at is None and is_step_late(case.step_overdue_at, at, at):
            found["step_late_at"] = case.step_overdue_at
        found |= _columns(_due(case, pinned, begun, at) if act == "stepped" else None)
    elif act == "resumed":
        found |= _columns(_due(case, pinned, begun, at))
    return found


def _due(case: Case, pinned: Pinned, begun: Recorded, at: datetime) -> Due | None:
    """When the step should be done: its budget from its beginning, moved by what stood still."""
    term = _term(begun.payload)
    if term is None:
        return None
    resumed = Recorded(0, "resumed", "resumed", at, {}, {"suspended_at": None})
    pauses = [
        one
        for one in suspensions_of((*case.history, resumed), closed=True)
        if one.started_at >= begun.effective_at
    ]
    made = promise(
        pinned.calendar, term, begun.effective_at, policy=pinned.policy, suspensions=pauses
    )
    return made.current


def _term(payload: Mapping[str, Any]) -> Term | None:
    if payload.get("unit") is None or payload.get("amount") is None:
        return None
    return Term(Decimal(payload["amount"]), TermUnit(payload["unit"]))


def _budget(workflow: Workflow, position: int) -> StepBudget:
    for one in workflow.steps:
        if one.order == position:
            return one
    last = max(one.order for one in workflow.steps)
    raise RuleError(
        f"Quy trình này có {last} bước, không có bước {position}: xong bước cuối thì hãy ghi có "
        "kết quả."
    )


def _columns(due: Due | None) -> dict[str, datetime | None]:
    return {
        "step_due_at": due.due_at if due else None,
        "step_overdue_at": due.overdue_at if due else None,
    }


def _dues(change: Mapping[str, Any]) -> dict[str, Any]:
    return {"due_at": change.get("step_due_at"), "overdue_at": change.get("step_overdue_at")}
