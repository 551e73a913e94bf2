"""Internal workflows: their steps, and where these do not add up to what is promised."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.workflows import PublishedStep, Workflow, load_workflows
from tthc.domain.steps import StepBudget, SumMismatch, sum_mismatch
from tthc.domain.term import Term, TermUnit


async def describe_workflows(connection: AsyncConnection, code: str) -> list[dict[str, Any]]:
    """The workflows of a procedure with their steps; `problem` says where they do not add up."""
    return [show_workflow(each) for each in await load_workflows(connection, code)]


async def check_workflows(connection: AsyncConnection) -> dict[str, Any]:
    """Every workflow whose steps do not add up to the total that it states.

    Those that state no total, or whose times are of several units or can't be read, are listed
    as not compared: days are never turned into hours.
    """
    workflows = await load_workflows(connection)
    mismatches, skipped = [], []
    for each in workflows:
        name: dict[str, Any] = {"procedure_code": each.procedure_code}
        name |= {"workflow": each.workflow, "decision": each.number}
        if (why := _not_compared(each)) is not None:
            skipped.append({**name, "why": why})
        elif (found := _mismatch(each)) is not None:
            sums = {"stated": found.stated, "sum_of_steps": found.sum_of_steps}
            mismatches.append({**name, **sums, "unit": found.unit, "says": str(found)})
    return {
        "workflows": len(workflows),
        "compared": len(workflows) - len(skipped),
        "mismatches": mismatches,
        "not_compared": skipped,
    }


def show_workflow(workflow: Workflow) -> dict[str, Any]:
    """A workflow as published; `problem` says where its steps do not add up."""
    found = None if _not_compared(workflow) else _mismatch(workflow)
    return {**asdict(workflow), "problem": None if found is None else str(found)}


def _mismatch(workflow: Workflow) -> SumMismatch | None:
    term = _term(workflow.amount, workflow.unit)
    assert term is not None
    return sum_mismatch(workflow.procedure_code, term, [_budget(one) for one in workflow.steps])


def _not_compared(workflow: Workflow) -> str | None:
    """Why a workflow's steps and its total can't be held against each other."""
    if workflow.unit is None:
        return f"Tổng thời gian ghi “{workflow.published}” nên không đối chiếu được."
    counted = 0
    for one in workflow.steps:
        if one.unit is None and any(sign.isdigit() for sign in one.published.split("Bước")[0]):
            return f"Bước {one.position} ghi “{one.published}”: không đọc được thành thời hạn."
        if one.unit not in (None, TermUnit.NONE, workflow.unit):
            return f"Bước {one.position} ghi “{one.published}”, khác đơn vị với tổng thời gian."
        counted += one.amount is not None
    return None if counted else "Không bước nào ghi thời gian."


def budgets_of(workflow: Workflow) -> tuple[StepBudget, ...]:
    """The steps of a workflow with what the clock may count of them."""
    return tuple(_budget(one) for one in workflow.steps)


def _budget(step: PublishedStep) -> StepBudget:
    term = _term(step.amount, step.unit)
    return StepBudget(step.position, step.name, step.performer, term)


def _term(amount: Decimal | None, unit: str | None) -> Term | None:
    return None if amount is None or unit is None else Term(amount, TermUnit(unit))
