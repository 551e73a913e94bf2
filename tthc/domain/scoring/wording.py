"""How points, percents and distances are written in Vietnamese."""

from decimal import ROUND_HALF_UP, Decimal


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half up, as in every figure; done once, at the end."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A number without idle zeros, with a decimal comma: 0,25."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",").replace("-", "−")


def short(value: Decimal) -> str:
    """A number of at most two decimals."""
    return plain(rounded(value, 2))
