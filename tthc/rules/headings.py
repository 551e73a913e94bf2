"""How other systems head the columns of our layouts, and name their rows."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from tthc.domain.errors import RulesFileError
from tthc.domain.vietnamese import bare
from tthc.rules.layouts import Layout, layout

WITHIN = "Trong kỳ"  # a level of headings that some sheets have and others leave out


@cache
def spellings() -> dict[str, Any]:
    """`layouts/spellings.toml` as it is written."""
    path = files("tthc.rules").joinpath("layouts/spellings.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def plain(heading: str) -> str:
    """A heading as it is compared: no marks, no numbers, none of the words that say nothing."""
    words = re.findall(r"[a-z]\w*", bare(re.sub(r"\(\d+\)", " ", heading)))
    return " ".join(word for word in words if word not in spellings()["noise"])


@cache
def columns_by_heading(name: str) -> dict[str, str]:
    """The key of a layout's column by every way to head it, from the top heading down.

    Raises RulesFileError where one heading would name two columns.
    """
    of = layout(name)
    found: dict[str, str] = {}
    for each in of.columns:
        for text in _ways(each.heading):
            if found.setdefault(text, each.key) != each.key:
                raise RulesFileError(
                    f"layouts/{name}: “{text}” chỉ cả {found[text]} và {each.key}."
                )
    for key, text in _shorter(of):
        found.setdefault(text, key)
    return found


def find_column(name: str, path: tuple[str, ...]) -> str | None:
    """The column that a path of headings, from the top down, names; None where it names none."""
    known = columns_by_heading(name)
    within = _of(WITHIN)
    tried = [path, tuple(part for part in path[:-1] if plain(part) not in within) + path[-1:]]
    return next((known[text] for text in map(_joined, tried) if text in known), None)


def is_row_heading(text: str) -> bool:
    """Whether a heading is of the column that names units or sectors."""
    return plain(text) in {plain(each) for each in spellings()["rows"]}


def is_total(label: str) -> bool:
    """Whether a row's name says that it is the total."""
    return plain(label) in {plain(each) for each in spellings()["totals"]}


def is_of_which(label: str) -> bool:
    """Whether a row's name says that it is a part of the row above."""
    return any(bare(label).startswith(bare(each)) for each in spellings()["of_which"])


def _joined(path: tuple[str, ...]) -> str:
    return " ".join(filter(None, map(plain, path)))


def _of(heading: str) -> set[str]:
    return {plain(each) for each in (heading, *spellings()["headings"].get(heading, ()))}


def _ways(heading: tuple[str, ...]) -> set[str]:
    return {" ".join(parts) for parts in product(*map(_of, heading))}


def _shorter(of: Layout) -> list[tuple[str, str]]:
    """Headings without the middle level, where that names no other column."""
    return [
        (each.key, text)
        for each in of.columns
        if WITHIN in each.heading[1:-1]
        for text in _ways((each.heading[0], each.heading[-1]))
    ]
