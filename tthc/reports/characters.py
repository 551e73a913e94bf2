"""Which characters the forms' face can print, and what stands for the others.

A form must not fail because of an emoji in a name, and PDF/A forbids a missing glyph.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
FACE = "Liberation Serif"
UNKNOWN = "□"
LONG = re.compile(r"\S{41,}")  # no line of a slip holds more in one piece
PIECE = 20
BREAK = "\N{ZERO WIDTH SPACE}"
_NEVER = frozenset({"Cc", "Cf", "Cs"})  # controls, reversals of direction
_PRIVATE = "Co"  # means something in one face alone: forbidden where a text must be readable
_MARKS = frozenset({"Mn", "Me"})  # accents and variants that found no letter


def printable(value: Any) -> Any:  # noqa: ANN401  # any JSON document
    """A document with every text as it can be printed: composed, without control characters,
    with places where endless words may be broken.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {key: printable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [printable(one) for one in value]
    return value


@cache
def coverage() -> frozenset[str]:
    """The characters that regular, bold, italic and bold italic all have."""
    found = []
    for file in sorted(FONTS.glob("*.ttf")):
        with TTFont(file, lazy=True) as font:
            found.append(set(font.getBestCmap()))
    return frozenset(map(chr, set.intersection(*found)))


def _text(text: str) -> str:
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    return LONG.sub(_broken, "".join(map(_character, composed)))


def _broken(found: re.Match[str]) -> str:
    """A word without a space, with places where a line may end."""
    word = found.group()
    return BREAK.join(word[start : start + PIECE] for start in range(0, len(word), PIECE))


@cache
def _character(one: str) -> str:
    if one == "\n":
        return one
    kind = unicodedata.category(one)
    if kind in _NEVER or (kind in _MARKS and one not in coverage()):
        return ""
    if kind == _PRIVATE:
        return UNKNOWN
    if one in coverage():
        return one
    alike = unicodedata.normalize("NFKC", one)
    return alike if set(alike) <= coverage() else UNKNOWN
