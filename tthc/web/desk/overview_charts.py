"""The overview's two charts, each with a title that says what it shows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from tthc.reports.charts import Point, draw_bars, draw_line
from tthc.rules.reorganisations import reorganisations
from tthc.service.overview import Overview
from tthc.service.tallies import THEN, Figure
from tthc.service.trend import Month
from tthc.service.words import number, percent

MANY = 18  # months whose years are written short, so that their names stand apart
TWO = 2  # a line or a comparison needs


class Chart(NamedTuple):
    """A drawing, what it shows in a sentence, and how it is to be read."""

    title: str
    about: str
    drawing: Markup


def draw_trend(overview: Overview) -> Chart | None:
    """The headline's twelve months; None where fewer than two were counted."""
    known = [each for each in overview.trend if each.figure and each.figure.percent]
    if len(known) < TWO:
        return None
    first, last = known[0], known[-1]
    months = overview.trend[overview.trend.index(first) :]  # nothing is drawn before
    definition = overview.headline.definition
    title = (
        f"{definition.code}: {_percent(first)} tháng {_name(first)}, "
        f"{_percent(last)} tháng {_name(last)}"
    )
    changed = reorganisations()[-1].on
    mark = f"{changed.month}/{changed.year}"
    units = "đơn vị của từng thời kỳ" if overview.view.standing == THEN else "đơn vị hiện nay"
    before = [each.period.start < changed for each in months]
    if any(before) and not all(before):
        series = [
            (f"trước {mark}, theo {units}", _points(months, keep=before)),
            (f"từ {mark}, theo {units}", _points(months, keep=[not each for each in before])),
        ]
    else:
        series = [(units, _points(months, keep=[True] * len(months)))]
    about = f"Tính theo {units}"
    if len(series) == TWO:
        about += f"; nét đứt là ngày {changed:%d/%m/%Y}, sắp xếp đơn vị hành chính"
    marked = f"{changed:%-m/%y}" if len(months) > MANY else mark
    return Chart(title, about, draw_line(title, series, marked))


def draw_units(overview: Overview) -> Chart | None:
    """The ranked units with the lowest headline rates; None where fewer than two are ranked."""
    headline, shown = overview.view.headline, overview.lines.lowest
    if len(shown) < TWO:
        return None
    whole = overview.headline
    title = (
        f"Thấp nhất: {shown[0].name} {_said(shown[0].figures[headline])}; "
        f"toàn bộ {percent(whole.percent)}"
    )
    ranked = overview.lines.ranked
    about = f"{len(shown)} đơn vị thấp nhất trong {ranked} đơn vị đủ số hồ sơ để xếp hạng"
    points = [
        Point(
            each.name, Decimal(each.figures[headline].percent or 0), _said(each.figures[headline])
        )
        for each in shown
    ]
    return Chart(title, about, draw_bars(title, points))


def _points(months: Sequence[Month], *, keep: Sequence[bool]) -> list[Point]:
    named = _short if len(months) > MANY else _name
    return [
        Point(named(each), Decimal(each.figure.percent), each.figure.percent.replace(".", ","))
        if kept and each.figure and each.figure.percent
        else Point(named(each), None, "")
        for each, kept in zip(months, keep, strict=True)
    ]


def _name(month: Month) -> str:
    return f"{month.period.start.month}/{month.period.start.year}"


def _short(month: Month) -> str:
    return f"{month.period.start.month}/{month.period.start:%y}"


def _percent(month: Month) -> str:
    return percent(month.figure.percent if month.figure else None)


def _said(figure: Figure) -> str:
    counts = f"{number(figure.numerator)}/{number(figure.denominator)}"
    return f"{percent(figure.percent)} · {counts}"
