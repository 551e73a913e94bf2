"""20: what holds where nothing was counted."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tthc.domain.scoring.combining import Rule
from tthc.domain.scoring.given import Given, NothingCountedError, NotScoredError


class Empty(StrEnum):
    """What an empty denominator means: full points, none, left out and rescaled, no score."""

    FULL = "full"
    ZERO = "zero"
    RESCALED = "rescaled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A leaf's points, not rounded; None with the reason where it can't be scored.

    `most` is the maximum of the rule that was used; `applies` is false where the leaf is left out
    and the rest is rescaled.
    """

    points: Decimal | None
    most: Decimal
    reason: str = ""
    applies: bool = True


def score(rule: Rule, given: Given, empty: Empty) -> Outcome:
    """A unit's points by one rule, never above its maximum, or why there are none."""
    try:
        return Outcome(min(rule.most, rule.points(given)), rule.most)
    except NothingCountedError as nothing:
        reason = str(nothing)
        match empty:
            case Empty.FULL:
                return Outcome(rule.most, rule.most, f"{reason}: được điểm tối đa")
            case Empty.ZERO:
                return Outcome(Decimal(0), rule.most, f"{reason}: 0 điểm")
            case Empty.RESCALED:
                return Outcome(None, rule.most, reason, applies=False)
            case Empty.NONE:
                return Outcome(None, rule.most, reason)
    except NotScoredError as problem:
        return Outcome(None, rule.most, str(problem))
