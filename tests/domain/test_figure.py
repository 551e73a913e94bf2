from decimal import Decimal

import pytest

from tthc.domain.figure import percent


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        (385, 390, "98.72"),
        (443, 450, "98.44"),
        (315, 420, "75.00"),
        (5, 9, "55.56"),
        (6, 10, "60.00"),
        (95, 100, "95.00"),
        (999, 1000, "99.90"),
        (19255, 19944, "96.55"),
        (1, 20000, "0.01"),  # 0.005 rounds up
        (19999, 20000, "100.00"),  # 99.995 as well: the counts beside it tell
        (0, 7, "0.00"),
    ],
)
def test_two_decimals_half_up(numerator: int, denominator: int, expected: str) -> None:
    assert percent(numerator, denominator) == Decimal(expected)


def test_nothing_to_divide_by_is_no_data() -> None:
    assert percent(0, 0) is None
