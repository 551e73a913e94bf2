"""Rules over the cases themselves: all or none, zero tolerance, deductions, means of classes."""

from dataclasses import dataclass
from decimal import Decimal

from tthc.domain.scoring.bands import Band, band_of
from tthc.domain.scoring.given import NOTHING_COUNTED, Given, NothingCountedError
from tthc.domain.scoring.wording import plain


@dataclass(frozen=True, slots=True)
class AllOrNothing:
    """5: the maximum if every case meets the condition, else nothing."""

    most: Decimal
    measure: str

    def points(self, given: Given) -> Decimal:
        counted = given.count(self.measure)
        return self.most if counted.numerator == counted.denominator else Decimal(0)

    def words(self) -> str:
        return f"mọi hồ sơ đều đạt: {plain(self.most)} điểm; có hồ sơ không đạt: 0 điểm"


@dataclass(frozen=True, slots=True)
class ZeroTolerance:
    """6: the maximum while no case offends, nothing from the first one on."""

    most: Decimal
    measure: str

    def points(self, given: Given) -> Decimal:
        return Decimal(0) if given.count(self.measure).numerator else self.most

    def words(self) -> str:
        return f"không có hồ sơ nào: {plain(self.most)} điểm; từ 1 hồ sơ trở lên: 0 điểm"


@dataclass(frozen=True, slots=True)
class DeductionPerCase:
    """7: each offending case takes `each` points, not below `least`, which may be negative."""

    most: Decimal
    measure: str
    each: Decimal
    least: Decimal = Decimal(0)

    def points(self, given: Given) -> Decimal:
        return max(self.least, self.most - given.count(self.measure).numerator * self.each)

    def words(self) -> str:
        return (
            f"{plain(self.most)} điểm, mỗi hồ sơ trừ {plain(self.each)} điểm, "
            f"không dưới {plain(self.least)} điểm"
        )


@dataclass(frozen=True, slots=True)
class CaseClass:
    """The cases that a definition counts, what they are called, the points of each."""

    measure: str
    label: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class MeanOfClasses:
    """15: points for each case by its class, then their mean."""

    most: Decimal
    classes: tuple[CaseClass, ...]

    def points(self, given: Given) -> Decimal:
        counts = [given.known(each.measure).numerator for each in self.classes]
        if not sum(counts):
            raise NothingCountedError(NOTHING_COUNTED)
        earned = (each.points * count for each, count in zip(self.classes, counts, strict=True))
        return sum(earned, Decimal(0)) / sum(counts)

    def words(self) -> str:
        said = "; ".join(f"{each.label}: {plain(each.points)} điểm" for each in self.classes)
        return f"bình quân của từng hồ sơ: {said}"


@dataclass(frozen=True, slots=True)
class DayClass:
    """A band of days early (above zero) or late (below), and the definition that counts it."""

    measure: str
    band: Band


@dataclass(frozen=True, slots=True)
class DaysEarlyOrLate:
    """17: points for each case by the days between result and due date, then their mean."""

    most: Decimal
    classes: tuple[DayClass, ...]

    def points_of(self, days: int) -> Decimal:
        """The points of one case so many days early, or late below zero."""
        band = band_of([each.band for each in self.classes], Decimal(days))
        if band is None:
            raise NothingCountedError(NOTHING_COUNTED)
        return band.points

    def points(self, given: Given) -> Decimal:
        mean = MeanOfClasses(
            self.most,
            tuple(CaseClass(each.measure, "", each.band.points) for each in self.classes),
        )
        return mean.points(given)

    def words(self) -> str:
        said = "; ".join(_days(each.band) for each in self.classes)
        return f"bình quân của từng hồ sơ: {said}"


def _days(band: Band) -> str:
    """`sớm từ 3 đến 6 ngày: 110 điểm`."""
    low, high = (end[0] if end else None for end in (band.low, band.high))
    points = f"{plain(band.points)} điểm"
    if low == high == 0:
        return f"đúng ngày hẹn: {points}"
    if low is not None and low > 0:
        span = f"từ {plain(low)} đến {plain(high)}" if high is not None else f"từ {plain(low)}"
        return f"sớm {span} ngày: {points}"
    assert high is not None  # bands of days below zero end before it
    nearest = plain(-high)
    span = f"từ {nearest} đến {plain(-low)}" if low is not None else f"từ {nearest}"
    return f"quá hạn {span} ngày: {points}"
