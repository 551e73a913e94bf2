"""The days on which the units of the country changed."""

from datetime import date
from functools import cache
from typing import NamedTuple

from tthc.rules.files import RULES, read_toml


class Reorganisation(NamedTuple):
    """A day from which other units stand, and what happened."""

    on: date
    label: str
    source: str


@cache
def reorganisations() -> tuple[Reorganisation, ...]:
    """All that are known, the first one first."""
    found = read_toml(RULES / "reorganisations.toml")["reorganisation"]
    return tuple(sorted(Reorganisation(**each) for each in found))
