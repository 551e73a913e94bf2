"""Internal workflows, held against the totals that their decisions state."""

from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.service.workflows import check_workflows, describe_workflows

CAO_BANG = "1.003999"


async def test_cao_bang_s_steps_fall_short_of_the_term(connection: AsyncConnection) -> None:
    [found] = (await check_workflows(connection))["mismatches"]
    assert (found["procedure_code"], found["decision"]) == (CAO_BANG, "2028/QĐ-UBND")
    assert (found["stated"], found["sum_of_steps"]) == (Decimal("10.5"), Decimal("9.5"))
    [shown] = await describe_workflows(connection, CAO_BANG)
    assert shown["problem"] == found["says"]
    assert [step["amount"] for step in shown["steps"]][-1] is None  # "Không tính thời gian"


async def test_every_workflow_is_compared_or_says_why_not(connection: AsyncConnection) -> None:
    found = await check_workflows(connection)
    assert found["workflows"] == found["compared"] + len(found["not_compared"]) == 58
    assert found["compared"] >= 30
    assert all(one["why"].endswith(".") for one in found["not_compared"])


async def test_a_changed_step_is_noticed(owner: AsyncConnection) -> None:
    await owner.execute(
        text(
            "UPDATE procedure_steps SET amount = amount + 1 WHERE position = 1 AND workflow_id = "
            "(SELECT id FROM procedure_workflows WHERE procedure_code = '2.001661')"
        )
    )
    found = {one["procedure_code"]: one for one in (await check_workflows(owner))["mismatches"]}
    assert found["2.001661"]["sum_of_steps"] == Decimal(9)


async def test_days_and_hours_are_not_held_against_each_other(owner: AsyncConnection) -> None:
    await owner.execute(
        text(
            "UPDATE procedure_steps SET unit = 'working_hour' WHERE position = 1 AND workflow_id = "
            f"(SELECT id FROM procedure_workflows WHERE procedure_code = '{CAO_BANG}')"
        )
    )
    found = await check_workflows(owner)
    assert not found["mismatches"]
    [skipped] = [one for one in found["not_compared"] if one["procedure_code"] == CAO_BANG]
    assert "khác đơn vị" in skipped["why"]
