"""Rules against peers: their average, steps above and below it, places in a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tthc.domain.scoring.bands import Band, band_of
from tthc.domain.scoring.given import Given, NotScoredError
from tthc.domain.scoring.wording import plain


@dataclass(frozen=True, slots=True)
class AgainstAverage:
    """10: the maximum at or above the peers' average, else `under`."""

    most: Decimal
    measure: str
    under: Decimal = Decimal(0)

    def points(self, given: Given) -> Decimal:
        reached = given.percent(self.measure) >= given.average(self.measure)
        return self.most if reached else self.under

    def words(self) -> str:
        return (
            f"bằng hoặc cao hơn bình quân của khối: {plain(self.most)} điểm; "
            f"thấp hơn: {plain(self.under)} điểm"
        )


@dataclass(frozen=True, slots=True)
class AboveAverage:
    """11: `base` up to the peers' average; each whole `step` above it adds `each`, capped."""

    most: Decimal
    measure: str
    base: Decimal
    step: Decimal
    each: Decimal

    def points(self, given: Given) -> Decimal:
        above = given.percent(self.measure) - given.average(self.measure)
        steps = max(Decimal(0), above) // self.step
        return min(self.most, self.base + steps * self.each)

    def words(self) -> str:
        return (
            f"đến mức bình quân của khối: {plain(self.base)} điểm; cao hơn thì cứ thêm "
            f"{plain(self.step)} điểm phần trăm được thêm {plain(self.each)} điểm, "
            f"tối đa {plain(self.most)} điểm"
        )


@dataclass(frozen=True, slots=True)
class InverseSteps:
    """12: the lower the better: each whole `step` above the reference takes `each`, floored.

    The reference is a value of the rubric, or the peers' average where it gives none.
    """

    most: Decimal
    measure: str
    step: Decimal
    each: Decimal
    least: Decimal = Decimal(0)
    reference: Decimal | None = None

    def points(self, given: Given) -> Decimal:
        percent = given.percent(self.measure)
        reference = given.average(self.measure) if self.reference is None else self.reference
        steps = max(Decimal(0), percent - reference) // self.step
        return max(self.least, self.most - steps * self.each)

    def words(self) -> str:
        limit = "mức bình quân của khối" if self.reference is None else f"{plain(self.reference)} %"
        return (
            f"không quá {limit}: {plain(self.most)} điểm; cứ cao hơn {plain(self.step)} điểm "
            f"phần trăm trừ {plain(self.each)} điểm, không dưới {plain(self.least)} điểm"
        )


@dataclass(frozen=True, slots=True)
class RankBands:
    """13: points by the place among the peers; those who are level share a place."""

    most: Decimal
    measure: str
    bands: tuple[Band, ...]

    def points(self, given: Given) -> Decimal:
        own = given.percent(self.measure)
        band = band_of(self.bands, Decimal(place_of(own, given.others(self.measure))))
        if band is None:
            raise NotScoredError("bộ tiêu chí không nêu điểm cho thứ hạng này")
        return band.points

    def words(self) -> str:
        said = "; ".join(band.words("") for band in self.bands)
        return f"theo thứ hạng trong khối: {said}"


def place_of(own: Decimal, others: Sequence[Decimal]) -> int:
    """The place among others, the greatest first; equal values share one, and the next ones lose
    as many places.
    """
    return 1 + sum(1 for other in others if other > own)
