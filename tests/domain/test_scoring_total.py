"""From leaves to the whole: rescaling, blocks of bonuses (18), gates (19), grades, rounding."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from tthc.domain.scoring.policy import Outcome
from tthc.domain.scoring.rubric import Rubric
from tthc.domain.scoring.total import Total, total
from tthc.rules.rubric_reading import read_rubric

D = Decimal
LEAF = """
[[area.criterion.leaf]]
code = "{code}"
title = "Tiêu chí"
max = {most}
{more}evidence = "Văn bản"
shape = "manual"
"""
HEAD = """
id = "thu"
version = 1
title = "Thử"
source = "qd-25-2021"
max = 100
decimals = 2
blocks = ["communes"]
schemes = ["year"]
grades = [{ from = 90, label = "Tốt" }, { from = 0, label = "Khá" }]
[gates]
total = 80
each_percent = 50
source = "qd-25-2021"
[[area]]
code = "I"
title = "Phần chính"
max = 100
"""
CRITERION = '[[area.criterion]]\ncode = "{code}"\ntitle = "Tiêu chí"\nmax = {most}\n'
BONUS = '[[area]]\ncode = "II"\ntitle = "Thưởng, phạt"\nmax = 5\nleast = -5\n'


def leaf(code: str, most: float, more: str = "") -> str:
    return LEAF.format(code=code, most=most, more=more)


TEXT = (
    HEAD
    + CRITERION.format(code="1", most=60)
    + leaf("1.1", 40)
    + leaf("1.2", 20)
    + CRITERION.format(code="2", most=40)
    + leaf("2.1", 40)
    + BONUS
    + CRITERION.format(code="3", most=10)
    + leaf("3.1", 10, "least = -10\n")
    + CRITERION.format(code="4", most=0)
    + leaf("4", 0, "least = -1\nveto = true\n")
)
RUBRIC: Rubric = read_rubric("thu.toml", TEXT)
MOST = {each.code: each.most for each in RUBRIC.leaves()}


def summed(**points: Any) -> Total:
    given = {"1.1": 40, "1.2": 20, "2.1": 40, "3.1": 0, "4": 0}
    given |= {code.strip("_").replace("_", "."): each for code, each in points.items()}
    return total(
        RUBRIC,
        {
            code: Outcome(None if each is None else D(str(each)), MOST[code])
            for code, each in given.items()
        },
    )


def test_full_marks() -> None:
    found = summed()
    assert (found.points, found.most, found.grade, found.passed) == (D(100), D(100), "Tốt", True)


@pytest.mark.parametrize(
    ("bonus", "points"), [(3, 93), (5, 95), (10, 95), (-3, 87), (-5, 85), (-10, 85)]
)
def test_a_block_of_bonuses_and_penalties_is_capped(bonus: int, points: int) -> None:
    assert summed(_1_2=10, _3_1=bonus).points == points


def test_a_bonus_never_lifts_the_sum_above_the_maximum() -> None:
    assert summed(_3_1=5).points == 100


@pytest.mark.parametrize(
    ("points", "passed", "failures"),
    [
        ({"_1_1": 20, "_1_2": 20}, True, ()),
        ({"_1_1": "19.99", "_1_2": 20}, False, ("tổng điểm dưới 80",)),
        ({"_2_1": 20}, True, ()),
        ({"_2_1": "19.99"}, False, ("tiêu chí 2 dưới 50 % điểm tối đa", "tổng điểm dưới 80")),
        ({"_4": -1}, False, ("bị loại vì tiêu chí 4",)),
        ({"_2_1": None}, None, ()),
        ({"_2_1": None, "_4": -1}, False, ("bị loại vì tiêu chí 4",)),
        ({"_2_1": None, "_1_1": 0}, False, ("tiêu chí 1 dưới 50 % điểm tối đa",)),
    ],
)
def test_gates(points: dict[str, Any], passed: bool | None, failures: tuple[str, ...]) -> None:  # noqa: FBT001  # the expected value
    found = summed(**points)
    assert (found.passed, found.failures) == (passed, failures)


def test_a_gate_is_not_passed_by_rounding() -> None:
    assert summed(_2_1="19.999").points == 80
    assert summed(_2_1="19.999").passed is False


def test_what_does_not_apply_is_left_out_and_the_rest_rescaled() -> None:
    outcomes = {
        "1.1": Outcome(D(30), D(40)),
        "1.2": Outcome(None, D(20), "không áp dụng", applies=False),
        "2.1": Outcome(D(40), D(40)),
        "4": Outcome(D(0), D(0)),
    }
    found = total(RUBRIC, outcomes)  # 70 of 80 is 87.5 of 100
    assert (found.points, found.scored_most, found.missing) == (D("87.5"), D(100), ())


def test_what_has_no_score_is_missing_and_gives_no_grade() -> None:
    found = summed(_1_1=None)
    assert (found.points, found.scored_most, found.missing, found.grade) == (
        D(60),
        D(60),
        ("1.1",),
        None,
    )


def test_the_sum_is_rounded_once_at_the_end() -> None:
    # 13.335 + 13.335 + 13.335 = 40.005, half up 40.01; rounded one by one it would be 40.02
    assert summed(_1_1="13.335", _1_2="13.335", _2_1="13.335").points == D("40.01")


def test_a_levels_lower_maximum_lowers_the_whole() -> None:
    outcomes = {code: Outcome(most, most) for code, most in MOST.items()}
    outcomes["1.2"] = Outcome(D(5), D(5))
    found = total(RUBRIC, outcomes | {"3.1": Outcome(D(0), D(10))})
    assert (found.points, found.most, found.scored_most) == (D(85), D(85), D(85))


@over(
    st.fixed_dictionaries(
        {
            code: st.one_of(
                st.none(),
                st.decimals(-10 if code == "3.1" else 0, most, places=3),
                st.just("left out"),
            )
            for code, most in MOST.items()
        }
    )
)
def test_the_sum_never_exceeds_the_maximum(points: dict[str, Any]) -> None:
    outcomes = {
        code: Outcome(None, MOST[code], applies=False)
        if each == "left out"
        else Outcome(each, MOST[code])
        for code, each in points.items()
    }
    found = total(RUBRIC, outcomes)
    assert found.points <= found.most == 100
    assert found.scored_most <= found.most
