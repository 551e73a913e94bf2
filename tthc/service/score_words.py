"""A leaf's score in words: why it is what it is, and what would change it."""

from decimal import Decimal

from tthc.domain.scoring.distance import Distance
from tthc.domain.scoring.given import Count, Given
from tthc.domain.scoring.policy import Outcome
from tthc.domain.scoring.rubric import Leaf
from tthc.domain.scoring.wording import short
from tthc.rules.definitions import definition
from tthc.service.scoring import compares
from tthc.service.words import number

NOT_COMPARABLE = "không so sánh được"


def why(leaf: Leaf, given: Given, outcome: Outcome) -> str:
    """Why a leaf has these points, or why it can't be scored."""
    if outcome.points is None:
        start = "Chưa chấm được" if outcome.applies else "Không áp dụng"
        return f"{start}: {outcome.reason}."
    if outcome.reason:
        return f"{_first_upper(outcome.reason)}."
    lost = outcome.most - outcome.points
    if not leaf.measures:
        return f"Điểm đã nhập: {short(outcome.points)}."
    if not lost:
        return f"Đạt điểm tối đa: {_counted(leaf, given)}."
    return f"Mất {short(lost)} điểm: {_counted(leaf, given)}."


def towards(distance: Distance | None, leaf: Leaf) -> str | None:
    """The distance to the next better score in a sentence."""
    if distance is None:
        return None
    reached = f"là được {short(distance.points)} điểm"
    if leaf.offends:
        return f"Bớt {number(distance.turned)} hồ sơ thì {reached.removeprefix('là ')}."
    if distance.added is not None and distance.turned is not None:
        return (
            f"Thêm {number(distance.added)} hồ sơ đạt nữa, hoặc {number(distance.turned)} hồ sơ "
            f"đã tính mà thành đạt, {reached}."
        )
    if distance.turned is not None:
        return f"Nếu {number(distance.turned)} hồ sơ đã tính thành đạt {reached}."
    return f"Thêm {number(distance.added)} hồ sơ đạt nữa {reached}."


def _counted(leaf: Leaf, given: Given) -> str:
    said = _cases(leaf, given)
    if compares(leaf):
        values = given.peers.get(leaf.measures[0], ())
        own = given.figures[leaf.measures[0]].percent
        average = (own + sum(values, Decimal(0))) / (len(values) + 1)
        said += f"; bình quân của khối {short(average)} % ({len(values) + 1} đơn vị)"
    return said


def _cases(leaf: Leaf, given: Given) -> str:
    figures = [given.figures.get(name, Count(0, 0)) for name in leaf.measures]
    if len(figures) > 1:
        return "; ".join(
            f"{definition(name.partition('#')[0]).title}: {number(each.numerator)}"
            for name, each in zip(leaf.measures, figures, strict=True)
        )
    (figure,) = figures
    if leaf.offends:
        return f"{number(figure.numerator)} trong {number(figure.denominator)} hồ sơ"
    missed = figure.denominator - figure.numerator
    return (
        f"{number(figure.numerator)}/{number(figure.denominator)} hồ sơ đạt "
        f"({short(figure.percent)} %), {number(missed)} hồ sơ không đạt"
    )


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def gained(now: int | None, before: int | None) -> dict[str, object]:
    """Last year's place and how many were gained (lost below zero), or that nothing compares."""
    if now is None or before is None:
        return {"last_year": before, "gained": None, "words": NOT_COMPARABLE}
    places_gained = before - now
    if not places_gained:
        return {"last_year": before, "gained": 0, "words": "giữ nguyên thứ hạng"}
    word = "tăng" if places_gained > 0 else "giảm"
    return {
        "last_year": before,
        "gained": places_gained,
        "words": f"{word} {abs(places_gained)} bậc",
    }
