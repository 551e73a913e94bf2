"""From how many cases a unit is ranked: a dated setting, so that a place of the past stays."""

from datetime import date
from functools import cache

from tthc.rules.files import RULES, read_toml


@cache
def _settings() -> tuple[tuple[date, int], ...]:
    found = read_toml(RULES / "ranking.toml")["ranking"]
    return tuple(sorted((one["valid_from"], int(one["least_cases"])) for one in found))


def least_cases(on: date) -> int:
    """How many cases a rate must stand on to be ranked, as it was set on a date."""
    return next((cases for since, cases in reversed(_settings()) if since <= on), 1)
