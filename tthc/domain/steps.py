"""Internal steps of a procedure, each with a budget of its own, and what a case took for them.

A step that takes longer is behind ("chậm tiến độ"); that says nothing about the case itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tthc.domain.calendar import Calendar
from tthc.domain.due import due_of
from tthc.domain.term import DEFAULT_POLICY, ClockPolicy, Term, TermUnit
from tthc.domain.verdict import Due
from tthc.domain.wording import amount


@dataclass(frozen=True, slots=True)
class StepBudget:
    """A step of a workflow: who does what within how long; None where no time is counted."""

    order: int
    name: str
    performer: str
    term: Term | None


@dataclass(frozen=True, slots=True)
class SumMismatch:
    """Steps that do not add up to the term of their procedure, both in the same unit."""

    procedure_code: str
    unit: TermUnit
    stated: Decimal
    sum_of_steps: Decimal

    def __str__(self) -> str:
        return (
            f"Thủ tục {self.procedure_code}: các bước cộng lại "
            f"{amount(self.sum_of_steps, self.unit)} nhưng thời hạn ghi "
            f"{amount(self.stated, self.unit)}."
        )


def step_due(
    calendar: Calendar,
    budget: StepBudget,
    started_at: datetime,
    policy: ClockPolicy = DEFAULT_POLICY,
) -> Due | None:
    """When a step that began at an instant should be done; None where no time is counted."""
    return None if budget.term is None else due_of(calendar, budget.term, started_at, policy)


def is_step_late(overdue_at: datetime | None, done_at: datetime | None, as_of: datetime) -> bool:
    """Whether a step took, or at an instant is taking, longer than its budget; `overdue_at` is
    the first instant that is too late.
    """
    return overdue_at is not None and (done_at or as_of) >= overdue_at


def sum_mismatch(
    procedure_code: str, term: Term, budgets: Sequence[StepBudget]
) -> SumMismatch | None:
    """How the budgets of the steps depart from the procedure's term; None when they add up.

    Days are never turned into hours, so steps in another unit than the term's are not compared.
    """
    counted = [budget.term for budget in budgets if budget.term is not None]
    if not counted or any(step.unit is not term.unit for step in counted):
        return None
    total = _total(counted)
    if total == Decimal(term.amount):
        return None
    return SumMismatch(procedure_code, term.unit, Decimal(term.amount), total)


def _total(terms: Iterable[Term]) -> Decimal:
    return sum((Decimal(term.amount) for term in terms), Decimal(0))
