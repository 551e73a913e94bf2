"""Every shape of rule with thresholds and figures at random: doing better never costs a point, and
nothing ever gives more than the maximum or less than the floor. Which figure is the better one is
said here shape by shape, independently of the rules.

Planted by hand and caught: a weighted sum whose weights are left out; a mean of classes that
divides by one class too few; a checklist that counts an item twice; a block of penalties that isn't
capped.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from tests.law.test_scoring_wholes import rubric_of
from tthc.domain.scoring import cases, combining, entered, peers, ratio
from tthc.domain.scoring.bands import Band
from tthc.domain.scoring.combining import Rule
from tthc.domain.scoring.given import Count, Entered, Given
from tthc.domain.scoring.policy import Empty, Outcome, score
from tthc.domain.scoring.total import total

D, M, N = Decimal, "m", "n"
ZERO = D(0)
END = date(2026, 1, 1)


class Pair(NamedTuple):
    """A rule, what is given at first, what is better, and the least that there can be."""

    rule: Rule
    worse: Given
    better: Given
    least: Decimal = ZERO


Draw = Callable[[st.SearchStrategy[Any]], Any]
maxima = st.decimals(1, 40, places=1)
percents = st.decimals(1, 99, places=2)
steps = st.decimals(D("0.1"), 5, places=1)
floors = st.decimals(-5, 0, places=1)


def of(numerator: int, denominator: int, others: tuple[Decimal, ...] = ()) -> Given:
    return Given({M: Count(numerator, denominator)}, {M: others})


def rates(draw: Draw) -> tuple[int, int, int]:
    """Fewer, more, and of how many."""
    size = draw(st.integers(1, 400))
    fewer, more = sorted(draw(st.tuples(st.integers(0, size), st.integers(0, size))))
    return fewer, more, size


def pair(
    draw: Draw, rule: Rule, *, falls: bool = False, least: Decimal = ZERO, ranks: bool = False
) -> Pair:
    """The rule with more that meets the condition (`falls`: with fewer that offend)."""
    fewer, more, size = rates(draw)
    others = tuple(draw(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=6)))
    first, second = (more, fewer) if falls else (fewer, more)
    given = others if ranks else ()
    return Pair(rule, of(first, size, given), of(second, size, given), least)


def rising_bands(draw: Draw, most: Decimal) -> tuple[Band, ...]:
    low, high = sorted(draw(st.tuples(percents, percents.filter(lambda each: each != 50))))
    middle = draw(st.decimals(0, most, places=1))
    if low == high:
        return (Band(most, start=low), Band(ZERO, below=low))
    return (Band(most, above=high), Band(middle, start=low, to=high), Band(ZERO, below=low))


def classes(draw: Draw, number: int) -> tuple[list[Decimal], dict[str, Count], dict[str, Count]]:
    """Points of classes, the best first; cases, and the same with some in a better class."""
    points = sorted(draw(st.lists(st.decimals(0, 9, places=1), min_size=number, max_size=number)))
    counts = draw(st.lists(st.integers(0, 30), min_size=number, max_size=number).filter(any))
    place = draw(st.sampled_from([at for at, each in enumerate(counts) if each]))
    moved, better = draw(st.integers(0, counts[place])), list(counts)
    better[place] -= moved
    better[draw(st.integers(0, place))] += moved
    size = sum(counts)

    def told(each: list[int]) -> dict[str, Count]:
        return {f"c{at}": Count(one, size) for at, one in enumerate(each)}

    return points[::-1], told(counts), told(better)


def two(draw: Draw) -> tuple[Given, Given]:
    """Two figures, the one or the other of which gets better."""
    (a, more_a, size_a), (b, more_b, size_b) = rates(draw), rates(draw)
    worse = Given({M: Count(a, size_a), N: Count(b, size_b)})
    return worse, Given({M: Count(more_a, size_a), N: Count(more_b, size_b)})


def below_target(draw: Draw, most: Decimal) -> Pair:
    least, target, step, each = (draw(one) for one in (floors, percents, steps, steps))
    whole = draw(st.booleans())
    rule = ratio.BelowTarget(most, M, target, step, each, least, whole)
    return pair(draw, rule, least=least)


def deduction(draw: Draw, most: Decimal) -> Pair:
    least = draw(floors)
    rule = cases.DeductionPerCase(most, M, draw(steps), least)
    return pair(draw, rule, falls=True, least=least)


def inverse(draw: Draw, most: Decimal) -> Pair:
    least, reference = draw(floors), draw(st.none() | percents)
    rule = peers.InverseSteps(most, M, draw(steps), draw(steps), least, reference)
    return pair(draw, rule, falls=True, least=least, ranks=True)


def above_average(draw: Draw, most: Decimal) -> Pair:
    base = draw(st.decimals(0, most, places=1))
    rule = peers.AboveAverage(most, M, base, draw(steps), draw(steps))
    return pair(draw, rule, ranks=True, least=base)


def ranks(draw: Draw, most: Decimal) -> Pair:
    first = draw(st.integers(1, 4))
    bands = (Band(most, to=D(first)), Band(ZERO, above=D(first)))
    return pair(draw, peers.RankBands(most, M, bands), ranks=True)


def checklist(draw: Draw, most: Decimal) -> Pair:
    keys = draw(st.lists(st.sampled_from("abcdef"), min_size=1, unique=True))
    each = (most / len(keys)).quantize(D("0.01"), ROUND_DOWN)  # as rubrics print them
    rule = entered.Checklist(most, tuple(entered.Item(key, key, each) for key in keys))
    some = frozenset(draw(st.sets(st.sampled_from(keys))))
    more = some | draw(st.sets(st.sampled_from([*keys, "x"])))
    worse, better = (Given(entered=Entered(items=each)) for each in (some, more))
    return Pair(rule, worse, better)


def deadline(draw: Draw, most: Decimal) -> Pair:
    half = draw(st.decimals(0, most, places=1))
    last = D(draw(st.integers(1, 20)))
    bands = (Band(most, to=ZERO), Band(half, above=ZERO, to=last), Band(ZERO, above=last))
    rule = entered.Deadline(most, draw(st.integers(0, 30)), bands)
    days = sorted(draw(st.tuples(*[st.integers(-60, 60)] * 2)), reverse=True)
    later, sooner = (Entered(on=END + timedelta(days=each)) for each in days)
    return Pair(rule, Given(entered=later, end=END), Given(entered=sooner, end=END))


def mean(draw: Draw, most: Decimal) -> Pair:
    points, worse, better = classes(draw, 3)
    kinds = tuple(cases.CaseClass(f"c{at}", "", each) for at, each in enumerate(points))
    rule = cases.MeanOfClasses(max(most, points[0]), kinds)
    return Pair(rule, Given(worse), Given(better), points[-1])


def tiers(draw: Draw, most: Decimal) -> Pair:
    from_, more = D(draw(st.integers(10, 60))), most / 2
    none = combining.Condition(N, "quá hạn", cases_to=draw(st.integers(0, 2)))
    high = combining.Tier(most, (combining.Condition(M, "trực tuyến", start=from_), none))
    low = combining.Condition(M, "trực tuyến", start=from_ / 2, below=from_)
    rule = combining.Tiers(most, (high, combining.Tier(more, (low, none))), ZERO)
    (few, many, size), (late, later, all_) = rates(draw), rates(draw)
    worse = Given({M: Count(few, size), N: Count(later, all_)})
    return Pair(rule, worse, Given({M: Count(many, size), N: Count(late, all_)}))


def days(draw: Draw, most: Decimal) -> Pair:
    points, worse, better = classes(draw, 4)
    spans = [(D(3), None), (D(1), D(2)), (ZERO, ZERO), (None, D(-1))]
    kinds = tuple(
        cases.DayClass(f"c{at}", Band(each, start=start, to=to))
        for at, (each, (start, to)) in enumerate(zip(points, spans, strict=True))
    )
    rule = cases.DaysEarlyOrLate(max(most, points[0]), kinds)
    return Pair(rule, Given(worse), Given(better), points[-1])


def by_part(draw: Draw, most: Decimal) -> Pair:
    usual = ratio.CappedLinear(most, M, draw(percents))
    special = {"Đất đai": ratio.LinearWithFloor(most, M, draw(percents))}
    rule = combining.ByPart(most, M, usual, special, draw(st.booleans()))
    (a, more_a, size_a), (b, more_b, size_b) = rates(draw), rates(draw)

    def told(land: int, other: int) -> Given:
        parts = {"Đất đai": Count(land, size_a), "Hộ tịch": Count(other, size_b)}
        return replace(of(land + other, size_a + size_b), parts={M: parts})

    return Pair(rule, told(a, b), told(more_a, more_b))


def given_points(draw: Draw, rule: Rule) -> Pair:
    values = sorted(draw(st.tuples(*[st.decimals(0, rule.most, places=2)] * 2)))
    worse, better = (Given(entered=Entered(each, evidence="12/BC")) for each in values)
    return Pair(rule, worse, better)


def several(draw: Draw, most: Decimal) -> Pair:
    rules = (ratio.Linear(most, M), ratio.CappedLinear(most, N, draw(percents)))
    weight = draw(st.decimals(0, 1, places=2))
    weighted = combining.WeightedSum(most, ((weight, rules[0]), (1 - weight, rules[1])))
    rule = draw(st.sampled_from([combining.Minimum(most, rules), weighted]))
    return Pair(rule, *two(draw))


SHAPES: dict[int, Callable[[Draw, Decimal], Pair]] = {
    1: lambda draw, most: pair(draw, ratio.Linear(most, M)),
    2: lambda draw, most: pair(draw, ratio.LinearWithFloor(most, M, draw(percents))),
    3: lambda draw, most: pair(draw, ratio.CappedLinear(most, M, draw(percents))),
    4: lambda draw, most: pair(draw, ratio.Steps(most, M, rising_bands(draw, most))),
    5: lambda draw, most: pair(draw, cases.AllOrNothing(most, M)),
    6: lambda draw, most: pair(draw, cases.ZeroTolerance(most, M), falls=True),
    7: deduction,
    8: below_target,
    9: checklist,
    10: lambda draw, most: pair(draw, peers.AgainstAverage(most, M), ranks=True),
    11: above_average,
    12: inverse,
    13: ranks,
    14: deadline,
    15: mean,
    16: tiers,
    17: days,
    21: by_part,
    22: lambda draw, most: given_points(draw, entered.Surveyed(most)),
    23: lambda draw, most: given_points(draw, entered.Manual(most)),
    24: several,
}


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=30)
@over(data=st.data())
def test_better_never_costs_and_nothing_exceeds_the_maximum(
    shape: int, data: st.DataObject
) -> None:
    found = SHAPES[shape](data.draw, data.draw(maxima))
    # the rule itself: `score` would cut off what exceeds the maximum
    low, high = (found.rule.points(each) for each in (found.worse, found.better))
    assert found.least <= low <= high <= found.rule.most


@over(st.lists(st.decimals(-30, 30, places=2), min_size=2, max_size=2), percents, percents)
def test_blocks_of_bonuses_and_gates(beside: list[Decimal], one: Decimal, other: Decimal) -> None:
    """18 and 19: more beside the sum, or in it, neither lowers it nor undoes a gate."""
    example = {
        "main": [100, 100],
        "block": {"max": 5, "least": -5},
        "gates": {"total": 80, "each_percent": 50},
    }
    rubric = rubric_of(example)
    found = []
    for more in sorted(beside):
        given = {"0": max(one, other), "1": min(one, other), "beside": more, "veto": ZERO}
        most = {each.code: each.most for each in rubric.leaves()}
        found.append(
            total(rubric, {code: Outcome(each, most[code]) for code, each in given.items()})
        )
    low, high = found
    assert low.points <= high.points <= low.points + 10
    assert high.points <= high.most == 200
    assert abs(low.points - one - other) <= 5
    assert bool(low.passed) <= bool(high.passed)


@over(maxima)
def test_an_empty_denominator(most: Decimal) -> None:
    """20: full, nothing, left out or no score; never more than the maximum."""
    nothing = of(0, 0)
    found = {each: score(ratio.Linear(most, M), nothing, each) for each in Empty}
    assert {name: each.points for name, each in found.items()} == {
        Empty.FULL: most,
        Empty.ZERO: 0,
        Empty.RESCALED: None,
        Empty.NONE: None,
    }
    assert [name for name, each in found.items() if not each.applies] == [Empty.RESCALED]


def test_all_the_shapes_are_there() -> None:
    assert {*SHAPES, 18, 19, 20} == set(range(1, 25))
