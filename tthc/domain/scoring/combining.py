"""Rules made of others: tiers of conditions, the least of several, weighted sums, parts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from tthc.domain.scoring.given import (
    NOTHING_COUNTED,
    Count,
    Given,
    NothingCountedError,
    NotScoredError,
)
from tthc.domain.scoring.wording import plain


class Rule(Protocol):
    """A rule: its maximum, the points of a unit, and itself in words.

    `points` raises NotScoredError where there is no score, with the reason.
    """

    @property
    def most(self) -> Decimal: ...

    def points(self, given: Given) -> Decimal: ...

    def words(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Condition:
    """A rate from a value on or below one, or a count of cases up to one or from one on."""

    measure: str
    label: str
    start: Decimal | None = None
    below: Decimal | None = None
    cases_to: int | None = None
    cases_from: int | None = None

    def holds(self, given: Given) -> bool:
        if self.cases_to is not None:
            return given.known(self.measure).numerator <= self.cases_to
        if self.cases_from is not None:
            return given.known(self.measure).numerator >= self.cases_from
        percent = given.percent(self.measure)
        return (self.start is None or percent >= self.start) and (
            self.below is None or percent < self.below
        )

    def words(self) -> str:
        if self.cases_to is not None:
            return f"{self.label}: không quá {self.cases_to} hồ sơ"
        if self.cases_from is not None:
            return f"{self.label}: từ {self.cases_from} hồ sơ"
        start = f"từ {plain(self.start)} %" if self.start is not None else ""
        below = f"dưới {plain(self.below)} %" if self.below is not None else ""
        return f"{self.label} {start}{' đến ' if start and below else ''}{below}"


@dataclass(frozen=True, slots=True)
class Tier:
    """Points where all the conditions hold."""

    points: Decimal
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Tiers:
    """16: the first tier whose conditions all hold: a rate and no offending case, for example.

    Without `otherwise` what no tier names is undefined, and said to be, or `undecided` why.
    """

    most: Decimal
    tiers: tuple[Tier, ...]
    otherwise: Decimal | None = None
    undecided: str = "văn bản không quy định điểm cho trường hợp này"

    def points(self, given: Given) -> Decimal:
        for tier in self.tiers:
            if all(condition.holds(given) for condition in tier.conditions):
                return tier.points
        if self.otherwise is None:
            raise NotScoredError(self.undecided)
        return self.otherwise

    def words(self) -> str:
        said = [
            f"{' và '.join(each.words() for each in tier.conditions)}: {plain(tier.points)} điểm"
            for tier in self.tiers
        ]
        if self.otherwise is not None:
            said.append(f"còn lại: {plain(self.otherwise)} điểm")
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class Minimum:
    """24: the least of what several rules give."""

    most: Decimal
    rules: tuple[Rule, ...]

    def points(self, given: Given) -> Decimal:
        return min(rule.points(given) for rule in self.rules)

    def words(self) -> str:
        return "lấy điểm thấp nhất của: " + "; ".join(f"({each.words()})" for each in self.rules)


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """24: several rules, each with its weight."""

    most: Decimal
    rules: tuple[tuple[Decimal, Rule], ...]

    def points(self, given: Given) -> Decimal:
        return sum((weight * rule.points(given) for weight, rule in self.rules), Decimal(0))

    def words(self) -> str:
        return " + ".join(f"{plain(weight)} × ({rule.words()})" for weight, rule in self.rules)


@dataclass(frozen=True, slots=True)
class ByPart:
    """21: the rate sector by sector (or procedure by procedure), each by its own threshold, then
    the mean weighted by cases, or the least.
    """

    most: Decimal
    measure: str
    usual: Rule
    special: Mapping[str, Rule]
    least: bool = False

    def points(self, given: Given) -> Decimal:
        given.count(self.measure)
        parts = given.parts.get(self.measure)
        if parts is None:
            raise NotScoredError("chưa có số liệu theo từng lĩnh vực")
        counted = {name: count for name, count in parts.items() if count.denominator}
        if not counted:
            raise NothingCountedError(NOTHING_COUNTED)
        scored = [
            (count.denominator, self._rule(name).points(self._alone(given, count)))
            for name, count in counted.items()
        ]
        if self.least:
            return min(points for _, points in scored)
        cases = sum(denominator for denominator, _ in scored)
        return sum((points * part for part, points in scored), Decimal(0)) / cases

    def _rule(self, name: str) -> Rule:
        return self.special.get(name, self.usual)

    def _alone(self, given: Given, count: Count) -> Given:
        return replace(given, figures={**given.figures, self.measure: count})

    def words(self) -> str:
        how = "lấy thấp nhất" if self.least else "bình quân theo số hồ sơ"
        said = "; ".join(f"{name}: {rule.words()}" for name, rule in self.special.items())
        return f"từng phần ({how}) — chung: {self.usual.words()}; {said}"


def capped(points: Decimal, least: Decimal, most: Decimal) -> Decimal:
    """18: a block of bonuses or penalties, kept between its ends."""
    return min(most, max(least, points))
