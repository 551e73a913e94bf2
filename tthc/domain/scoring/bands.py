"""Bands of values with ends that are open or closed explicitly."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tthc.domain.scoring.wording import plain


@dataclass(frozen=True, slots=True)
class Band:
    """Values that get these points: ≥ `start` or > `above`, ≤ `to` or < `below`."""

    points: Decimal
    start: Decimal | None = None
    above: Decimal | None = None
    to: Decimal | None = None
    below: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        return (
            (self.start is None or value >= self.start)
            and (self.above is None or value > self.above)
            and (self.to is None or value <= self.to)
            and (self.below is None or value < self.below)
        )

    @property
    def low(self) -> tuple[Decimal, bool] | None:
        """The lower end and whether the band holds it; None where it is unbounded."""
        if self.start is not None:
            return self.start, True
        return (self.above, False) if self.above is not None else None

    @property
    def high(self) -> tuple[Decimal, bool] | None:
        """The upper end and whether the band holds it; None where it is unbounded."""
        if self.to is not None:
            return self.to, True
        return (self.below, False) if self.below is not None else None

    def words(self, unit: str) -> str:
        """The band in words: `từ 90 % đến dưới 95 %: 1 điểm`."""
        low = high = ""
        if self.low is not None:
            low = f"{'từ' if self.low[1] else 'trên'} {plain(self.low[0])}{unit}"
        if self.high is not None:
            high = f"{'đến' if self.high[1] else 'dưới'} {plain(self.high[0])}{unit}"
        if self.low is not None and self.low == self.high:
            both = f"{plain(self.low[0])}{unit}"
        elif not high:
            both = f"{low} trở lên" if low.startswith("từ") else low
        elif low:
            both = f"{low} {'' if self.high and self.high[1] else 'đến '}{high}"
        else:
            both = f"{high} trở xuống" if self.high and self.high[1] else high
        return f"{both}: {plain(self.points)} điểm"


def band_of(bands: Sequence[Band], value: Decimal) -> Band | None:
    """The band that holds a value; checked bands leave no value out."""
    return next((band for band in bands if band.holds(value)), None)


def band_problem(
    bands: Sequence[Band], least: Decimal | None = None, most: Decimal | None = None
) -> tuple[int, str] | None:
    """The first band that overlaps another or leaves a gap before it, and what is wrong.

    `least` and `most` are where values begin and end, None for no limit.
    """
    first = Decimal("-Infinity")
    order = sorted(range(len(bands)), key=lambda at: bands[at].low or (first, True))
    reached = None  # the end reached so far, and whether it is held
    for step, at in enumerate(order):
        low, high = bands[at].low, bands[at].high
        if low and high and (low[0] > high[0] or (low[0] == high[0] and not low[1] & high[1])):
            return at, "khoảng này không chứa giá trị nào"
        if step:
            problem = _seam(reached, low)
        elif low and (least is None or low[0] > least or low == (least, False)):
            problem = f"thiếu khoảng dưới {plain(low[0])}"
        else:
            problem = None
        if problem:
            return at, problem
        reached = high
    if reached and (most is None or reached[0] < most or reached == (most, False)):
        return order[-1], f"thiếu khoảng trên {plain(reached[0])}"
    return None


def _seam(reached: tuple[Decimal, bool] | None, low: tuple[Decimal, bool] | None) -> str | None:
    """What is wrong between the end of a band and the beginning of the next."""
    if reached is None or low is None or low[0] < reached[0]:
        return "khoảng này chồng lên khoảng khác"
    if low[0] > reached[0]:
        return f"thiếu khoảng từ {plain(reached[0])} đến {plain(low[0])}"
    if low[1] and reached[1]:
        return f"giá trị {plain(low[0])} thuộc hai khoảng"
    if not low[1] and not reached[1]:
        return f"giá trị {plain(low[0])} không thuộc khoảng nào"
    return None
