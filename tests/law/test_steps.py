"""The situations of steps.toml: a case on its way through its internal workflow, over HTTP."""

import tomllib
from datetime import datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.law.journeys import Journey, RefusedError
from tests.law.lives import local, make_procedure
from tests.law.test_life import march, seen
from tthc.service.integrity import verify_ledger

CASES = tomllib.loads(Path(__file__).with_name("steps.toml").read_text(encoding="utf-8"))["case"]
NUMBERS = count()


async def publish_workflow(owner: AsyncConnection, procedure: str, steps: list[Any]) -> int:
    """A workflow of these budgets for a procedure; an empty one counts no time."""
    flow = await owner.scalar(
        text(
            "INSERT INTO procedure_workflows (procedure_code, source_id, workflow, published) "
            "VALUES (:code, 'nd-118-2025', :name, 'x') RETURNING id"
        ),
        {"code": procedure, "name": str(next(NUMBERS))},
    )
    for position, budget in enumerate(steps, 1):
        amount, unit = budget or (None, None)
        await owner.execute(
            text(
                "INSERT INTO procedure_steps VALUES (:flow, :position, :name, 'Chuyên viên', 'x', "
                ":amount, :unit)"
            ),
            {
                "flow": flow,
                "position": position,
                "name": f"Bước {position}",
                "amount": None if amount is None else Decimal(str(amount)),
                "unit": unit,
            },
        )
    assert isinstance(flow, int)
    return flow


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
async def test_situation(
    site: httpx.AsyncClient,
    owners: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    case: dict[str, Any],
) -> None:
    async with owners.begin() as owner:
        code = f"S.{next(NUMBERS)}"
        procedure = await make_procedure(owner, case["term"], code=code)
        if case["steps"]:
            await publish_workflow(owner, procedure, case["steps"])
    life = Journey(site, monkeypatch, procedure)
    if "suspension_rule" in case:
        life.under(case["suspension_rule"])
    *before, last = case["acts"]
    for act in before:
        await life.play(act)
    if "refused" in case:
        was = life.document
        with pytest.raises(RefusedError, match=case["refused"]):
            await life.play(last)
        assert await life.is_unchanged(was)
    else:
        await life.play(last)
    for name, value in case.get("expect", {}).items():
        wanted = local(value) if isinstance(value, datetime) else value
        assert seen(life.document, name) == wanted, name
    shown = (await site.get(f"/api/v1/cases/{life.code}/steps")).json()
    behind = [each["position"] for each in shown["steps"] if any_late(each)]
    if "late" in case:
        assert behind == case["late"]
    async with owners.connect() as ledger:
        for question in case.get("holds", []):
            assert await life.holds(ledger, *question), question
        for question in case.get("fails", []):
            assert not await life.holds(ledger, *question), question
        told = await verify_ledger(ledger, life.code)
        assert told["ok"], told


def any_late(step: dict[str, Any]) -> bool:
    return any(time["is_late"] for time in step["taken"])


async def test_of_several_workflows_one_is_chosen(
    site: httpx.AsyncClient, owners: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first step names the workflow, the others follow it."""
    async with owners.begin() as owner:
        procedure = await make_procedure(owner, [5, "working_day"], code="S.two")
        one = await publish_workflow(owner, procedure, [[1, "working_day"], [1, "working_day"]])
        other = await publish_workflow(owner, procedure, [[2, "working_day"], [2, "working_day"]])
    life = Journey(site, monkeypatch, procedure)
    await life.play({"at": march(3, 9), "act": "receive"})
    step = {"at": march(3, 10), "act": "next_step"}
    with pytest.raises(RefusedError, match="Hãy chọn một quy trình"):
        await life.play(step)
    choices = (await site.get(f"/api/v1/cases/{life.code}/steps")).json()["choices"]
    assert [each["workflow"] for each in choices] == [one, other]
    await life.play(step | {"workflow": other})
    assert seen(life.document, "step_due_at") == march(5, 17)
    later = {"at": march(3, 11), "act": "next_step"}
    with pytest.raises(RefusedError, match="đã theo một quy trình khác"):
        await life.play(later | {"workflow": one})
    await life.play(later)
    assert life.document["step"] == "2. Bước 2"


async def test_a_figure_counts_steps_that_fell_behind(
    site: httpx.AsyncClient, owners: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """steps/late: those behind of those that were worked through step by step, and no data where
    none was; each number opens into its cases.
    """
    async with owners.begin() as owner:
        procedure = await make_procedure(owner, [10, "working_day"], code="S.figure")
        await publish_workflow(owner, procedure, [[1, "working_day"], []])
    asked = {"definition": "steps/late", "by": "procedure", "period": "month:2026-03"}
    at = {"as_of": "2026-04-01T00:00:00+07:00"}
    lives = [Journey(site, monkeypatch, procedure) for _ in range(3)]
    for life in lives:
        await life.play({"at": march(3, 9), "act": "receive"})

    async def counts() -> list[Any]:
        rows = (await site.get("/api/v1/figures", params=asked | at)).json()["rows"]
        mine = [row for row in rows if row["procedure"] == procedure]
        return [(row["numerator"], row["denominator"]) for row in mine]

    assert await counts() == []
    for life, done in zip(lives[:2], (4, 6), strict=True):
        await life.play({"at": march(3, 10), "act": "next_step"})
        await life.play({"at": march(done, 9), "act": "next_step"})
    assert await counts() == [(1, 2)]
