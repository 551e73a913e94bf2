"""How long an answer may take, and the named rules by which the days are counted (rules 3)."""

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum

from tthc.domain.errors import InputError


class TermUnit(StrEnum):
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"
    WORKING_HOUR = "working_hour"
    NONE = "none"


class Mode(StrEnum):
    """When on the last working day a result is due."""

    END_OF_DAY = "end_of_day"
    HALF_DAY = "half_day"  # received in the morning, due in the morning


class StartRule(StrEnum):
    """Which day is day 0 of a term in working days."""

    RECEIPT_DAY_NOT_COUNTED = "receipt_day_not_counted"  # Civil Code Art. 147
    NEXT_WORKING_DAY_IS_DAY_0 = "next_working_day_is_day_0"  # practice in many shops


class SuspensionRule(StrEnum):
    """What a resume gives back."""

    RESTART = "restart"  # the whole term again; the default of both decrees
    SHIFT = "shift"  # the time suspended, by a dated and sourced rule alone


@dataclass(frozen=True, slots=True)
class Term:
    """A time limit: an amount of a unit, and the hour after which a file counts as tomorrow's.

    Whole amounts of days and months; working days and hours may have a fraction. 0 working days
    is "same day". The unit `none` has no due date.
    """

    amount: Decimal | int
    unit: TermUnit = TermUnit.WORKING_DAY
    cutoff: time | None = None
    whole: int = field(init=False, repr=False, compare=False)  # of the amount
    fraction: Decimal = field(init=False, repr=False, compare=False)  # what is left beyond it

    def __post_init__(self) -> None:
        amount = Decimal(self.amount)
        if not amount.is_finite() or amount < 0:
            raise InputError(f"Thời hạn {self.amount} không hợp lệ: cần một số không âm.")
        if self.unit in {TermUnit.CALENDAR_DAY, TermUnit.MONTH} and amount != int(amount):
            raise InputError(f"Thời hạn {self.amount} {self.unit} không hợp lệ: cần số nguyên.")
        object.__setattr__(self, "whole", int(amount))
        object.__setattr__(self, "fraction", amount - int(amount))

    @property
    def hours_in_seconds(self) -> Decimal | int:
        """The amount, of hours, in seconds."""
        return self.amount * 3600


@dataclass(frozen=True, slots=True)
class ClockPolicy:
    """The named rules that a regime and a unit put on the clock; a case pins them at receipt."""

    start_rule: StartRule = StartRule.RECEIPT_DAY_NOT_COUNTED
    mode: Mode = Mode.END_OF_DAY
    suspension_rule: SuspensionRule = SuspensionRule.RESTART


DEFAULT_POLICY = ClockPolicy()
