from datetime import datetime
from decimal import Decimal

from tthc.domain.calendar import VIETNAM, Calendar
from tthc.domain.steps import StepBudget, is_step_late, step_due, sum_mismatch
from tthc.domain.term import Term, TermUnit

# Decision 2028/QĐ-UBND (Cao Bằng), procedure 1.003999: steps 0.5+0.5+4+1+0.5+3, stated 10.5
CAO_BANG = [
    StepBudget(n, f"Bước {n}", "", Term(Decimal(days)))
    for n, days in enumerate(("0.5", "0.5", "4", "1", "0.5", "3"), start=1)
] + [StepBudget(7, "Trả kết quả", "", None)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def test_steps_that_do_not_add_up_are_reported() -> None:
    found = sum_mismatch("1.003999", Term(Decimal("10.5")), CAO_BANG)
    assert found
    assert (found.stated, found.sum_of_steps) == (Decimal("10.5"), Decimal("9.5"))
    assert "1.003999" in str(found)
    assert sum_mismatch("1.003999", Term(Decimal("9.50")), CAO_BANG) is None


def test_days_are_never_added_to_hours() -> None:
    mixed = [*CAO_BANG, StepBudget(8, "Ký", "", Term(4, TermUnit.WORKING_HOUR))]
    assert sum_mismatch("1.003999", Term(3), mixed) is None
    assert sum_mismatch("1.003999", Term(3), CAO_BANG[-1:]) is None


def test_a_step_may_be_behind_while_its_case_is_on_time() -> None:
    calendar, began = Calendar(), at("2026-03-02T09:00")
    commune = step_due(calendar, StepBudget(1, "Xã", "UBND xã", Term(2)), began)
    assert commune
    assert commune.due_at == at("2026-03-04T17:00")
    done = at("2026-03-05T16:00")
    assert is_step_late(commune.overdue_at, done, done)
    whole = step_due(calendar, StepBudget(0, "Hồ sơ", "", Term(10)), began)
    assert whole
    assert not is_step_late(whole.overdue_at, at("2026-03-16T16:00"), done)


def test_an_unfinished_step_is_behind_once_its_budget_is_used_up() -> None:
    quarter = step_due(Calendar(), CAO_BANG[0], at("2026-03-02T09:00"))
    assert quarter
    assert quarter.due_at == at("2026-03-02T14:30")
    assert not is_step_late(quarter.overdue_at, None, at("2026-03-02T14:30"))
    assert is_step_late(quarter.overdue_at, None, at("2026-03-02T14:31"))


def test_a_step_without_a_budget_is_never_behind() -> None:
    assert step_due(Calendar(), CAO_BANG[-1], at("2026-03-02T09:00")) is None
    assert not is_step_late(None, None, at("2030-01-01T00:00"))
