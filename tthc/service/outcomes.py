"""How the cases to resolve in a period stand at its end: parts that sum to the whole."""

from dataclasses import dataclass

from tthc.rules.definitions import Definition, definition
from tthc.service.tallies import Tally

RESOLVED, BURDEN, ON_THE_DAY, AGEING = (
    *("on_time/resolved", "on_time/burden"),
    *("days/on_the_day", "ageing/1_5"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A period's cases by the conditions that part them, in the order of the official forms."""

    label: str
    tally: Tally
    whole: int
    parts: dict[str, int]


def counted_for_outcomes() -> list[Definition]:
    """The definitions out of whose counts an outcome is made."""
    return [definition(name) for name in (RESOLVED, BURDEN, ON_THE_DAY, AGEING)]


def read_outcome(label: str, tally: Tally) -> Outcome | None:
    """The outcome of a period, by its stored counts; None where the night did not count them.

    Every case to resolve is resolved in the period or open at its end, and nothing else: so what
    no stored count says is the difference of two that are stored.
    """
    if not {RESOLVED, BURDEN, ON_THE_DAY, AGEING} <= tally.asked.keys():
        return None
    resolved, burden = tally.figure(RESOLVED), tally.figure(BURDEN)
    on_the_day = tally.figure(ON_THE_DAY).numerator
    overdue = tally.figure(AGEING).denominator
    parts = {
        "resolved_early_in": resolved.numerator - on_the_day,
        "resolved_on_time_in": on_the_day,
        "resolved_late_in": resolved.denominator - resolved.numerator,
        "in_time_at_end": burden.denominator - resolved.denominator - overdue,
        "overdue_at_end": overdue,
    }
    return Outcome(label, tally, burden.denominator, parts)
