"""What is believable for a province: the shares of `mix.toml`."""

import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

Mix = dict[str, Any]
TWO_LEVELS = date(2025, 7, 1)  # since then there are no districts (Decree 118/2025)


def load_mix() -> Mix:
    text = files(__package__).joinpath("mix.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def level_shares(mix: Mix, day: date) -> dict[str, float]:
    """How a day's cases fall among the levels that there are on it."""
    shares: dict[str, float] = mix["levels"]["before" if day < TWO_LEVELS else "after"]
    return shares


def sector_weight(mix: Mix, level: str, sector: str) -> tuple[str, float] | None:
    """The listed sector that a procedure's sector begins with, and its weight at a level."""
    for row in mix["sectors"]:
        if row["level"] == level:
            for beginning, weight in row["weights"].items():
                if sector.startswith(beginning):
                    return beginning, float(weight)
    return None


def is_excluded(mix: Mix, sector: str) -> bool:
    return sector.startswith(tuple(mix["excluded"]["sectors"]))


def department_of(mix: Mix, sector: str) -> int | None:
    """The place in the list of the department that does a sector; None: no department does."""
    for place, department in enumerate(mix["departments"]):
        if sector.startswith(tuple(department["sectors"])):
            return place
    return None
