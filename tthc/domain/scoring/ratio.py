"""Rules over one rate: linear, with a floor, to a target, in steps, deducted below a target."""

from dataclasses import dataclass
from decimal import Decimal

from tthc.domain.scoring.bands import Band, band_of
from tthc.domain.scoring.given import HUNDRED, Given, NotScoredError
from tthc.domain.scoring.wording import plain


@dataclass(frozen=True, slots=True)
class Linear:
    """1: the rate's share of the maximum."""

    most: Decimal
    measure: str

    def points(self, given: Given) -> Decimal:
        return self.most * given.percent(self.measure) / HUNDRED

    def words(self) -> str:
        return f"{plain(self.most)} điểm × tỷ lệ"


@dataclass(frozen=True, slots=True)
class LinearWithFloor:
    """2: the rate's share of the maximum from a floor on, nothing below it."""

    most: Decimal
    measure: str
    floor: Decimal

    def points(self, given: Given) -> Decimal:
        percent = given.percent(self.measure)
        return self.most * percent / HUNDRED if percent >= self.floor else Decimal(0)

    def words(self) -> str:
        return (
            f"từ {plain(self.floor)} % trở lên: {plain(self.most)} điểm × tỷ lệ; "
            f"dưới {plain(self.floor)} %: 0 điểm"
        )


@dataclass(frozen=True, slots=True)
class CappedLinear:
    """3: the maximum from a target on, below it in proportion."""

    most: Decimal
    measure: str
    target: Decimal

    def points(self, given: Given) -> Decimal:
        return self.most * min(Decimal(1), given.percent(self.measure) / self.target)

    def words(self) -> str:
        return (
            f"đạt {plain(self.target)} % trở lên: {plain(self.most)} điểm; "
            f"thấp hơn: {plain(self.most)} điểm × tỷ lệ / {plain(self.target)} %"
        )


@dataclass(frozen=True, slots=True)
class Steps:
    """4: bands of the rate, their ends open or closed explicitly."""

    most: Decimal
    measure: str
    bands: tuple[Band, ...]

    def points(self, given: Given) -> Decimal:
        band = band_of(self.bands, given.percent(self.measure))
        if band is None:
            raise NotScoredError("bộ tiêu chí không nêu điểm cho tỷ lệ này")
        return band.points

    def words(self) -> str:
        return "; ".join(band.words(" %") for band in self.bands)


@dataclass(frozen=True, slots=True)
class BelowTarget:
    """8: for each `step` percent below the target, `each` points less, not below `least`.

    `whole`: a step that is not complete takes nothing.
    """

    most: Decimal
    measure: str
    target: Decimal
    step: Decimal
    each: Decimal
    least: Decimal = Decimal(0)
    whole: bool = True

    def points(self, given: Given) -> Decimal:
        missing = max(Decimal(0), self.target - given.percent(self.measure)) / self.step
        if self.whole:
            missing //= 1
        return max(self.least, self.most - missing * self.each)

    def words(self) -> str:
        return (
            f"đạt {plain(self.target)} %: {plain(self.most)} điểm; cứ thiếu {plain(self.step)} % "
            f"trừ {plain(self.each)} điểm, không dưới {plain(self.least)} điểm"
        )
