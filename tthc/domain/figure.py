"""A figure is two counts; the ratio appears at the edge, in decimals, rounded half up, once."""

from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def percent(numerator: int, denominator: int) -> Decimal | None:
    """100 × numerator / denominator with two decimals; None where there is nothing to divide by.

    No data is neither 0 % nor 100 % (metrics, heading).
    """
    if denominator == 0:
        return None
    ratio = Decimal(100) * numerator / Decimal(denominator)
    return ratio.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
