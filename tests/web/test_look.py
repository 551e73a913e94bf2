"""The colours of the stylesheet against WCAG 2.2 AA, and the bar."""

import re
from decimal import Decimal

import pytest

from tthc.rules import predicates
from tthc.web.desk.assets import assets
from tthc.web.desk.bar import LEAST, WIDTH, draw_bar

CSS = next(text for name, (_, text) in assets().items() if name.startswith("look-"))
TEXT = [
    *((ink, "paper") for ink in ("ink", "muted", "accent", "overdue", "amber")),
    *(("ink", "mark"), ("ink", "soft"), ("muted", "soft"), ("accent", "soft"), ("amber", "soft")),
]


def colours(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{([^}]*)\}", CSS)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found | (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark)) if scheme == "dark" else {}
    )


def luminance(colour: str) -> Decimal:
    parts = [Decimal(int(colour[place : place + 2], 16)) / 255 for place in (1, 3, 5)]
    linear = [
        part / Decimal("12.92")
        if part <= Decimal("0.04045")
        else ((part + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
        for part in parts
    ]
    weights = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))
    return sum((w * part for w, part in zip(weights, linear, strict=True)), Decimal(0))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_legible(scheme: str, ink: str, ground: str) -> None:
    known = colours(scheme)
    dark, light = sorted((luminance(known[ink]), luminance(known[ground])))
    ratio = (light + Decimal("0.05")) / (dark + Decimal("0.05"))
    assert ratio >= Decimal("4.5"), f"{ink} on {ground}: {ratio:.2f}"


def test_nothing_comes_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_the_bar_is_whole_and_no_piece_is_invisible() -> None:
    counts = dict.fromkeys(predicates.partition(), 0) | {"early": 999_999, "open_overdue": 1}
    pieces = draw_bar(counts)
    assert [piece.name for piece in pieces] == ["early", "open_overdue"]
    assert sum(piece.width for piece in pieces) == WIDTH
    assert pieces[1].width == LEAST
    assert pieces[1].start == pieces[0].width
    every = draw_bar(dict.fromkeys(predicates.partition(), 7))
    assert {piece.name for piece in every} == set(predicates.partition())
    assert sum(piece.width for piece in every) == WIDTH
    assert draw_bar({}) == []
