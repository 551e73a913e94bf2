"""Points that people enter: checklists, dates of submission, surveys, points with evidence."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from tthc.domain.scoring.bands import Band, band_of
from tthc.domain.scoring.given import Entered, Given, NotScoredError
from tthc.domain.scoring.wording import plain


@dataclass(frozen=True, slots=True)
class Item:
    """A thing of a checklist: its key, what it is, its points."""

    key: str
    label: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Checklist:
    """9: the sum of what is there."""

    most: Decimal
    items: tuple[Item, ...]

    def points(self, given: Given) -> Decimal:
        there = _entered(given).items
        return sum((item.points for item in self.items if item.key in there), Decimal(0))

    def words(self) -> str:
        return "; ".join(f"{item.label}: {plain(item.points)} điểm" for item in self.items)


@dataclass(frozen=True, slots=True)
class Deadline:
    """14: bands by the days after a deadline, itself so many days after the period's end."""

    most: Decimal
    days_after_end: int
    bands: tuple[Band, ...]

    def points(self, given: Given) -> Decimal:
        on = _entered(given).on
        if on is None or given.end is None:
            raise NotScoredError("chưa có ngày nộp")
        due = given.end - timedelta(days=1) + timedelta(days=self.days_after_end)
        band = band_of(self.bands, Decimal((on - due).days))
        if band is None:
            raise NotScoredError("bộ tiêu chí không nêu điểm cho ngày nộp này")
        return band.points

    def words(self) -> str:
        said = "; ".join(band.words(" ngày") for band in self.bands)
        return f"theo số ngày chậm so với hạn ({self.days_after_end} ngày sau kỳ): {said}"


@dataclass(frozen=True, slots=True)
class Surveyed:
    """22: points of a survey, imported."""

    most: Decimal

    def points(self, given: Given) -> Decimal:
        return _within(self.most, given, "chưa có kết quả điều tra xã hội học")

    def words(self) -> str:
        return f"theo kết quả điều tra xã hội học, tối đa {plain(self.most)} điểm"


@dataclass(frozen=True, slots=True)
class Manual:
    """23: points that a person gives with evidence; `least` below zero for a deduction."""

    most: Decimal
    least: Decimal = Decimal(0)

    def points(self, given: Given) -> Decimal:
        points = _within(self.most, given, "chờ đơn vị tự chấm kèm tài liệu kiểm chứng", self.least)
        if not _entered(given).evidence.strip():
            raise NotScoredError("điểm đã nhập chưa có tài liệu kiểm chứng")
        return points

    def words(self) -> str:
        return f"chấm theo tài liệu kiểm chứng, tối đa {plain(self.most)} điểm"


def _entered(given: Given) -> Entered:
    if given.entered is None:
        raise NotScoredError("chờ đơn vị nhập kèm tài liệu kiểm chứng")
    return given.entered


def _within(most: Decimal, given: Given, missing: str, least: Decimal = Decimal(0)) -> Decimal:
    points = given.entered.points if given.entered else None
    if points is None:
        raise NotScoredError(missing)
    if not least <= points <= most:
        raise NotScoredError(f"điểm đã nhập ngoài khoảng {plain(least)} đến {plain(most)}")
    return points
