"""Plausible bugs of scoring, planted one by one: the worked examples or properties catch each.

1 a rate is rounded before it is compared · 2 a closed end is read as open · 3 a floor is
exclusive · 4 a target is not a cap · 5 zero tolerance begins at two · 6 a deduction has no floor ·
7 parts of a step count as steps · 8 the average leaves the unit itself out · 9 ties get a place of
their own · 10 an empty denominator is 0 % · 11 the mean of sectors is not weighted.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.law.test_scoring import EXAMPLES, rule_and_lines
from tthc.domain.scoring import bands, cases, combining, given, peers, ratio
from tthc.domain.scoring.policy import Empty, score

Plant = Callable[[pytest.MonkeyPatch], None]
D = Decimal


def wrong() -> list[Any]:
    """The shapes whose worked examples fail."""
    failed = []
    for example in EXAMPLES:
        rule, lines = rule_and_lines(example)
        for inputs, points in lines:
            try:
                found = score(rule, inputs, Empty(example.get("empty", "none"))).points
            except ArithmeticError:
                found = None
            if found != (None if points == "-" else D(points)):
                failed.append(example["shape"])
    return failed


def rounds_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        given.Count,
        "percent",
        property(lambda me: round(D(100) * me.numerator / D(me.denominator), 2)),
    )


def opens_ends(patch: pytest.MonkeyPatch) -> None:
    holds = bands.Band.holds
    patch.setattr(
        bands.Band, "holds", lambda me, value: holds(me, value) and value not in (me.start, me.to)
    )


def floors_exclusively(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        ratio.LinearWithFloor,
        "points",
        lambda me, one: me.most * p / 100 if (p := one.percent(me.measure)) > me.floor else D(0),
    )


def uncaps(patch: pytest.MonkeyPatch) -> None:
    # the outer limit of `score` would hide it where the target is reached
    patch.setattr(
        ratio.CappedLinear, "points", lambda me, one: me.most * one.percent(me.measure) / 100
    )


def tolerates_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        cases.ZeroTolerance,
        "points",
        lambda me, one: D(0) if one.count(me.measure).numerator > 1 else me.most,
    )


def deducts_without_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        cases.DeductionPerCase,
        "points",
        lambda me, one: me.most - one.count(me.measure).numerator * me.each,
    )


def counts_parts_of_steps(patch: pytest.MonkeyPatch) -> None:
    points = ratio.BelowTarget.points
    patch.setattr(
        ratio.BelowTarget, "points", lambda me, one: points(replace(me, whole=False), one)
    )


def leaves_itself_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        given.Given,
        "average",
        lambda me, name: sum(me.others(name), D(0)) / len(me.others(name)),
    )


def parts_ties(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        peers, "place_of", lambda own, others: 1 + sum(1 for other in others if other >= own)
    )


def divides_by_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(given.Given, "count", given.Given.known)
    patch.setattr(
        given.Count,
        "percent",
        property(lambda me: D(100) * me.numerator / D(me.denominator or 1)),
    )


def forgets_weights(patch: pytest.MonkeyPatch) -> None:
    points = combining.ByPart.points

    def unweighted(me: combining.ByPart, one: given.Given) -> Decimal:
        parts = {
            name: given.Count(
                100 * count.numerator // (count.denominator or 1), min(count.denominator, 1) * 100
            )
            for name, count in one.parts.get(me.measure, {}).items()
        }
        return points(me, replace(one, parts={me.measure: parts}))

    patch.setattr(combining.ByPart, "points", unweighted)


@contextmanager
def planted(plant: Plant) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        yield


def test_without_a_bug_all_examples_hold() -> None:
    assert wrong() == []


@pytest.mark.parametrize(
    ("plant", "shape"),
    [
        (rounds_first, 2),
        (opens_ends, 4),
        (floors_exclusively, 2),
        (uncaps, 3),
        (tolerates_one, 6),
        (deducts_without_end, 7),
        (counts_parts_of_steps, 8),
        (leaves_itself_out, 11),
        (parts_ties, 13),
        (divides_by_nothing, 1),
        (forgets_weights, 21),
    ],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_a_planted_bug_is_caught(plant: Plant, shape: int) -> None:
    with planted(plant):
        assert shape in wrong()
