"""Charts as SVG for a page: geometry and words only, their look comes from the style sheet.

A chart is a picture with a table behind it, so it carries no link and no script; the page's policy
lets no style in either.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import pygal
from lxml import etree
from markupsafe import Markup
from pygal.style import Style

# The library hangs a finder of its map plugins into every later import; no map is drawn here.
sys.meta_path[:] = [each for each in sys.meta_path if type(each).__module__ != pygal.__name__]

DROPPED = ("style", "script", "desc", "title")
WIDTH, HEIGHT = 1080, 300
ROW, HEAD = 28, 44  # of a bar, and of what surrounds them
LETTERS = 13  # pixels of a text, by which the library leaves room for it
ROOM = Decimal(2)  # percent above and below a line, so that it does not stick to the edge
MOST = Decimal(100)
KEPT = 64  # drawings: of the same values always the same


@dataclass(frozen=True, slots=True)
class Point:
    """A named value in percent, as it is written beside the mark; None where there is no data."""

    name: str
    percent: Decimal | None
    said: str


def draw_line(title: str, series: Sequence[tuple[str, Sequence[Point]]], mark: str) -> Markup:
    """A rate over time. Each series has a point, or one without data, for every name; the name
    `mark` has a line through it.
    """
    return _line(title, tuple((name, tuple(points)) for name, points in series), mark)


@lru_cache(KEPT)
def _line(title: str, series: tuple[tuple[str, tuple[Point, ...]], ...], mark: str) -> Markup:
    known = [one.percent for _, points in series for one in points if one.percent is not None]
    low = max(Decimal(0), min(known, default=Decimal(0)) - ROOM)
    chart = pygal.Line(
        **_common(HEIGHT),
        show_legend=len(series) > 1,
        legend_at_bottom=True,
        range=(float(low), float(min(MOST, max(known, default=MOST)) + ROOM / 2)),
        max_scale=6,
        dots_size=4,
        allow_interruptions=True,
        show_x_guides=True,
    )
    chart.x_labels = [one.name for one in series[0][1]]
    chart.x_labels_major = [mark]
    for name, points in series:
        chart.add(name, [_value(one) for one in points])
    return _picture(chart, title)


def draw_bars(title: str, points: Sequence[Point]) -> Markup:
    """Rates side by side, in the order given from the top down."""
    return _bars(title, tuple(points))


@lru_cache(KEPT)
def _bars(title: str, points: tuple[Point, ...]) -> Markup:
    chart = pygal.HorizontalBar(
        **_common(ROW * len(points) + HEAD),
        show_legend=False,
        range=(0, 130),  # the text of a whole bar stands beside it
        spacing=4,
    )
    chart.y_labels = [0, 25, 50, 75, 100]
    chart.x_labels = [one.name for one in reversed(points)]
    chart.add("", [_value(one) for one in reversed(points)])
    return _picture(chart, title)


def _common(height: int) -> dict[str, object]:
    return {
        "width": WIDTH,
        "height": height,
        "js": (),
        "css": (),
        "print_values": True,
        "print_values_position": "top",
        "margin": 8,
        "style": Style(label_font_size=LETTERS, value_font_size=LETTERS, legend_font_size=LETTERS),
        "truncate_label": 60,
        "disable_xml_declaration": True,
        "no_prefix": True,
        "value_formatter": lambda value: f"{value:g}".replace(".", ","),
    }


def _value(point: Point) -> dict[str, object] | None:
    if point.percent is None:
        return None
    return {"value": float(point.percent), "formatter": lambda _: point.said}


def _is_dropped(element: etree._Element) -> bool:
    """Comments, looks, scripts, and what only a script shows."""
    if not isinstance(element.tag, str):
        return True
    overlay = element.get("class") == "plot tooltip-overlay"
    return overlay or etree.QName(element).localname in DROPPED


def _picture(chart: pygal.graph.graph.Graph, title: str) -> Markup:
    """The drawing for the inside of a page, with a name for who does not see it."""
    root = etree.fromstring(chart.render())
    for element in list(root.iter()):
        if _is_dropped(element):
            element.getparent().remove(element)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", f"{title}; số liệu ở bảng ngay dưới")
    etree.cleanup_namespaces(root)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704  # made by the library, whose texts are escaped
