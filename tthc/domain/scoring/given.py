"""What a unit brings to a rule: its figures, its peers' rates, what a person entered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

HUNDRED = Decimal(100)
NOTHING_COUNTED = "không có hồ sơ nào thuộc mẫu số trong kỳ"


class NotScoredError(Exception):
    """There is no score, because …; its text says why. Never shown as a refusal."""


class NothingCountedError(NotScoredError):
    """Nothing to divide by: the leaf's policy for an empty denominator decides."""


@dataclass(frozen=True, slots=True)
class Count:
    """A figure: two counts; `reason` where the datum itself is unknown."""

    numerator: int
    denominator: int
    reason: str | None = None

    @property
    def percent(self) -> Decimal:
        """Not rounded: 94,996 % has not reached 95 %."""
        return HUNDRED * self.numerator / Decimal(self.denominator)


@dataclass(frozen=True, slots=True)
class Entered:
    """What a person or a survey says of a leaf, with its evidence."""

    points: Decimal | None = None
    items: frozenset[str] = frozenset()
    on: date | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of one unit in one period.

    `figures` by the definition's id; `peers`: the percents of the other units of its block, of
    those that have one, by definition; `parts`: its figures sector by sector or procedure by
    procedure; `end`: the day after the period.
    """

    figures: Mapping[str, Count] = field(default_factory=dict)
    peers: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Count]] = field(default_factory=dict)
    entered: Entered | None = None
    end: date | None = None

    def known(self, measure: str) -> Count:
        """A figure, though its denominator may be empty. Raises NotScoredError without data."""
        found = self.figures.get(measure)
        if found is None:
            raise NotScoredError(f"chưa có số liệu {measure}")
        if found.reason:
            raise NotScoredError(found.reason)
        return found

    def count(self, measure: str) -> Count:
        """A figure with something to divide by. Raises NothingCountedError."""
        found = self.known(measure)
        if found.denominator == 0:
            raise NothingCountedError(NOTHING_COUNTED)
        return found

    def percent(self, measure: str) -> Decimal:
        return self.count(measure).percent

    def average(self, measure: str) -> Decimal:
        """The mean of the block's percents, the unit's own among them. Raises NotScoredError."""
        others = self.others(measure)
        return (self.percent(measure) + sum(others, Decimal(0))) / (len(others) + 1)

    def others(self, measure: str) -> tuple[Decimal, ...]:
        """The peers' percents. Raises NotScoredError where the unit is alone."""
        found = self.peers.get(measure, ())
        if not found:
            raise NotScoredError("không có đơn vị cùng khối có số liệu để so sánh")
        return found
