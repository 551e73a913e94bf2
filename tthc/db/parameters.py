"""The values of a statement apart from its words, so that the database keeps the plan of the words.

Conditions and facts are texts with typed literals in them; the same list a moment later differs in
its cut-off alone. Read as it stands, each would be parsed and planned anew, which takes longer than
a commune's list itself.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

# A typed literal as `Cut.bind` and `any_of` write it, or a named parameter; a cast is neither.
_VALUE = re.compile(
    r"TIMESTAMPTZ '(?P<instant>[^']+)'|DATE '(?P<day>[^']+)'"
    r"|'\{(?P<units>[\d,]*)\}'::integer\[\]|(?<!:):(?P<name>[a-z_]+)"
)


def lift_values(sql: str, given: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
    """A statement with numbered parameters in place of its instants, dates and lists of units, and
    of the named parameters `given`; and their values. Equal values are one parameter.
    """
    numbers: dict[str, int] = {}
    values: list[Any] = []

    def lift(found: re.Match[str]) -> str:
        kind, literal = found.lastgroup or "", found.group()
        if kind == "name" and found[kind] not in given:
            raise ValueError(f"no value for {literal}")
        if literal not in numbers:
            values.append(given[found[kind]] if kind == "name" else _READ[kind](found[kind]))
            numbers[literal] = len(values)
        return f"${numbers[literal]}{_CASTS.get(kind, '')}"

    return _VALUE.sub(lift, sql), tuple(values)


def _read_units(listed: str) -> list[int]:
    return [int(each) for each in listed.split(",") if each]


_READ = {"instant": datetime.fromisoformat, "day": date.fromisoformat, "units": _read_units}
_CASTS = {"instant": "::timestamptz", "day": "::date", "units": "::integer[]"}
