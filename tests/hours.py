"""Decisions on a unit's own hours, as files say them."""

import json
from typing import Any

from tthc.domain.hours import WEEKDAYS
from tthc.rules.calendars import DecisionText

OFFICE = [["07:30", "11:30"], ["13:00", "17:00"]]
LONGER = [["07:30", "11:30"], ["13:00", "17:30"]]


def days(slots: list[list[str]], *names: str) -> dict[str, list[list[str]]]:
    """A week with these slots, Monday to Friday unless told."""
    return dict.fromkeys(names or WEEKDAYS[:5], slots)


def decision(
    version: str = "gio-rieng",
    *,
    units: tuple[str, ...] = ("00004",),
    decided_on: str = "2026-07-01",
    valid_from: str = "2026-08-01",
    **said: Any,
) -> DecisionText:
    """A decision's file; values are texts, tables are of hours or of days."""
    lines = [
        'title = "Giờ làm việc của phường"',
        f"units = {json.dumps(units)}",
        f"decided_on = {decided_on}",
        f"valid_from = {valid_from}",
    ]
    tables = {name: value for name, value in said.items() if isinstance(value, dict)}
    for name, value in said.items():
        if name not in tables:
            lines.append(f"{name} = {value if name == 'valid_to' else json.dumps(value)}")
    for name, table in tables.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    return DecisionText(version, "\n".join(lines))
