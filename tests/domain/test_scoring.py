"""Properties of distances, bands and places; of the shapes themselves: test_scoring_shapes.py."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from tthc.domain.scoring.bands import Band, band_of, band_problem
from tthc.domain.scoring.cases import DeductionPerCase, ZeroTolerance
from tthc.domain.scoring.combining import Rule
from tthc.domain.scoring.distance import distance
from tthc.domain.scoring.given import Count, Given
from tthc.domain.scoring.peers import AboveAverage, AgainstAverage, InverseSteps, RankBands
from tthc.domain.scoring.policy import Empty, score
from tthc.domain.scoring.ratio import BelowTarget, CappedLinear, Linear, LinearWithFloor, Steps

M = "m"
D = Decimal
BANDS = (
    Band(D(2), start=D(95)),
    Band(D(1), start=D(90), below=D(95)),
    Band(D(0), below=D(90)),
)
PLACES = (Band(D(3), to=D(2)), Band(D(2), above=D(2), to=D(4)), Band(D(1), above=D(4)))
RISING: list[Rule] = [
    Linear(D(20), M),
    LinearWithFloor(D(1), M, D(95)),
    CappedLinear(D(12), M, D(50)),
    Steps(D(2), M, BANDS),
    BelowTarget(D(3), M, D(95), D(1), D("0.5"), D(-1)),
    BelowTarget(D(3), M, D(95), D(1), D("0.5"), whole=False),
    AgainstAverage(D(2), M),
    AboveAverage(D(5), M, D(3), D("0.5"), D("0.25")),
    RankBands(D(3), M, PLACES),
]
FALLING: list[Rule] = [
    ZeroTolerance(D(1), M),
    DeductionPerCase(D(2), M, D("0.5"), D(-2)),
    InverseSteps(D(3), M, D(1), D(1), D(-1), D(5)),
    InverseSteps(D(3), M, D(1), D(1)),
]
PEERS = {M: (D(90), D(80), D(80), D(70), D(60))}
SIZES = st.integers(1, 400)


def points(rule: Rule, numerator: int, denominator: int) -> Decimal:
    found = score(rule, Given({M: Count(numerator, denominator)}, PEERS), Empty.NONE).points
    assert found is not None
    return found


@pytest.mark.parametrize("rule", [*RISING, *FALLING], ids=lambda rule: type(rule).__name__)
@settings(max_examples=20)
@over(size=st.integers(1, 120), share=st.fractions(0, 1))
def test_the_distance_is_the_least_number_of_cases(rule: Rule, size: int, share: object) -> None:
    numerator = int(size * share)  # type: ignore[operator]  # a fraction
    offends = rule in FALLING
    found = distance(
        rule, M, Given({M: Count(numerator, size)}, PEERS), Empty.NONE, offends=offends
    )
    now = points(rule, numerator, size)
    sign = -1 if offends else 1
    better = [
        cases
        for cases in range(1, (numerator if offends else size - numerator) + 1)
        if points(rule, numerator + sign * cases, size) > now
    ]
    if now == rule.most:
        assert found is None
    elif better:
        assert found
        assert found.turned == better[0]
        assert found.points == points(rule, numerator + sign * better[0], size)
    else:
        assert found is None or found.turned is None
    if found and found.added:
        assert points(rule, numerator + found.added, size + found.added) > now
        assert points(rule, numerator + found.added - 1, size + found.added - 1) <= now


def test_twelve_more_cases_on_time_reach_95_percent() -> None:
    # 228 of 252 are 90.48 %; (228 + k) / (252 + k) ≥ 0.95 from k = 228 on; turned: ⌈239.4⌉ − 228
    found = distance(
        Steps(D(2), M, BANDS), M, Given({M: Count(228, 252)}), Empty.NONE, offends=False
    )
    assert found
    assert (found.points, found.added, found.turned) == (D(2), 228, 12)


def test_a_distance_is_to_points_that_show() -> None:
    # 802 of 830 are 0.9663 of a point; 0.97 as printed; 0.975 is reached by 7.25 more that turn
    given = Given({M: Count(802, 830)})
    found = distance(Linear(D(1), M), M, given, Empty.NONE, offends=False, decimals=2)
    assert found
    assert (found.points, found.turned) == (D("0.98"), 8)


def test_the_one_late_case_without_a_letter_that_costs_the_point() -> None:
    found = distance(ZeroTolerance(D(1), M), M, Given({M: Count(1, 12)}), Empty.FULL, offends=True)
    assert found
    assert (found.points, found.added, found.turned) == (D(1), None, 1)


@over(st.permutations(BANDS), st.decimals(0, 100, places=4))
def test_checked_bands_hold_every_value_once(bands: list[Band], value: Decimal) -> None:
    assert band_problem(bands, D(0), D(100)) is None
    assert sum(band.holds(value) for band in bands) == 1
    assert band_of(bands, value)


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ([Band(D(1), start=D(90))], "thiếu khoảng dưới 90"),
        ([Band(D(1), above=D(0))], "thiếu khoảng dưới 0"),
        ([Band(D(1), below=D(100))], "thiếu khoảng trên 100"),
        ([Band(D(1), to=D(99))], "thiếu khoảng trên 99"),
        ([Band(D(1), to=D(50)), Band(D(2), above=D(60))], "thiếu khoảng từ 50 đến 60"),
        ([Band(D(1), to=D(50)), Band(D(2), start=D(50))], "giá trị 50 thuộc hai khoảng"),
        ([Band(D(1), below=D(50)), Band(D(2), above=D(50))], "giá trị 50 không thuộc khoảng nào"),
        ([Band(D(1), to=D(60)), Band(D(2), start=D(50))], "khoảng này chồng lên khoảng khác"),
        ([Band(D(1)), Band(D(2), start=D(50))], "khoảng này chồng lên khoảng khác"),
        ([Band(D(1), start=D(60), to=D(50))], "khoảng này không chứa giá trị nào"),
        ([Band(D(1), above=D(50), to=D(50))], "khoảng này không chứa giá trị nào"),
    ],
)
def test_wrong_bands(bands: list[Band], said: str) -> None:
    problem = band_problem(bands, D(0), D(100))
    assert problem
    assert problem[1] == said


def test_a_unit_that_is_level_shares_the_place() -> None:
    rule = RankBands(D(3), M, PLACES)
    alone = Given({M: Count(80, 100)}, {M: (D(90), D(80), D(79), D(78))})
    assert score(rule, alone, Empty.NONE).points == 3
    third = replace(alone, figures={M: Count(79, 100)}, peers={M: (D(90), D(80), D(80), D(78))})
    assert score(rule, third, Empty.NONE).points == 2
