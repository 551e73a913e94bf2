"""A rubric: lĩnh vực → tiêu chí → tiêu chí thành phần, dated and sourced."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tthc.domain.scoring.combining import Rule
from tthc.domain.scoring.policy import Empty


@dataclass(frozen=True, slots=True)
class Leaf:
    """A tiêu chí thành phần, its code as printed.

    `by_level`: its rule with the thresholds of a level; where `rule` is None, only those levels
    are scored. `measures`: the definitions that it reads, the main one first; `offends`: that the
    main one counts cases that cost points. `unconfirmed`: why its values are not confirmed.
    """

    code: str
    title: str
    most: Decimal
    shape: str
    rule: Rule | None
    by_level: Mapping[str, Rule]
    surveyed: bool
    evidence: str
    empty: Empty
    measures: tuple[str, ...]
    offends: bool
    source: str
    unconfirmed: str | None = None
    veto: bool = False
    split: str | None = None

    def rule_of(self, level: str) -> Rule | None:
        """The rule for a unit of a level; None where the leaf has no subject there."""
        return self.by_level.get(level, self.rule)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A tiêu chí with its parts."""

    code: str
    title: str
    most: Decimal
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A lĩnh vực đánh giá; a block of bonuses and penalties has a `least` and is beside the sum."""

    code: str
    title: str
    most: Decimal
    criteria: tuple[Criterion, ...]
    least: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """What a unit is called from so many points on."""

    start: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Gates:
    """What a unit must reach: a total, and a share of each criterion's maximum, in percent."""

    total: Decimal
    each_percent: Decimal
    source: str
    unconfirmed: str | None = None


@dataclass(frozen=True, slots=True)
class Rubric:
    """A set of criteria as one decision has it; `blocks` are the peers that it ranks apart.

    `schemes`: the periods it is scored for. `digest` is of its text.
    """

    id: str
    version: int
    title: str
    source: str
    most: Decimal
    blocks: tuple[str, ...]
    schemes: tuple[str, ...]
    decimals: int
    areas: tuple[Area, ...]
    digest: str
    valid_from: date | None = None
    valid_to: date | None = None
    grades: tuple[Grade, ...] = ()
    gates: Gates | None = None
    unconfirmed: str | None = None

    def criteria(self) -> Iterator[Criterion]:
        for area in self.areas:
            yield from area.criteria

    def leaves(self) -> Iterator[Leaf]:
        for criterion in self.criteria():
            yield from criterion.leaves

    def measures(self) -> tuple[str, ...]:
        """The definitions that it reads."""
        return tuple(dict.fromkeys(name for leaf in self.leaves() for name in leaf.measures))
