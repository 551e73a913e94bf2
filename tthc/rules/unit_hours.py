"""Decisions on a unit's own hours: files, and the tables that the database keeps of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tthc.domain.errors import RulesFileError, TthcError
from tthc.domain.hours import week
from tthc.domain.term import Mode, StartRule
from tthc.domain.unit_hours import OwnHours
from tthc.rules.calendars import DecisionText
from tthc.rules.files import parse_toml

HOURS = ("week", "reception", "days_off", "days_worked")
DATES = ("decided_on", "valid_from", "valid_to")
KEYS = {"title", "units", "mode", "start_rule", *DATES, *HOURS}


@dataclass(frozen=True, slots=True)
class HoursFile:
    """A decision on the hours of some units; `tables` are its tables of hours and days."""

    units: tuple[str, ...]
    hours: OwnHours
    tables: Mapping[str, Any]


def parse_hours(given: DecisionText) -> HoursFile:
    """A decision from the text of its file. Raises RulesFileError, which names it."""
    name = f"{given.version}.toml"
    entry = parse_toml(name, given.text)
    try:
        return _decision(given, entry)
    except KeyError as missing:
        raise RulesFileError(f"Tệp giờ làm việc {name}: thiếu mục {missing}.") from None
    except (TthcError, TypeError, ValueError, AttributeError) as problem:
        raise RulesFileError(f"Tệp giờ làm việc {name}: {problem}") from None


def own_hours(
    version: str, title: str, source: str, dates: Mapping[str, date | None], entry: dict[str, Any]
) -> OwnHours:
    """A decision from its parts, as a file or a row of the database has them."""
    decided_on, valid_from = dates["decided_on"], dates["valid_from"]
    assert decided_on is not None
    assert valid_from is not None
    mode, rule = entry.get("mode"), entry.get("start_rule")
    return OwnHours(
        version=version,
        title=title,
        source=source,
        decided_on=decided_on,
        valid_from=valid_from,
        valid_to=dates["valid_to"],
        week=week(entry["week"]) if "week" in entry else None,
        reception=week(entry["reception"]) if "reception" in entry else None,
        days_off=_days(entry.get("days_off", {})),
        days_worked=_days(entry.get("days_worked", {})),
        mode=Mode(mode) if mode else None,
        start_rule=StartRule(rule) if rule else None,
    )


def _decision(given: DecisionText, entry: dict[str, Any]) -> HoursFile:
    unknown = set(entry) - KEYS
    if unknown:
        raise RulesFileError(f"không có mục {', '.join(sorted(unknown))}")
    units = entry["units"]
    if not isinstance(units, list) or not units or not all(isinstance(u, str) for u in units):
        raise RulesFileError('units phải là danh sách mã đơn vị, ví dụ ["H26.135"]')
    dates = {"valid_to": None} | {name: entry[name] for name in DATES if name != "valid_to"}
    dates |= {"valid_to": entry["valid_to"]} if "valid_to" in entry else {}
    for name, day in dates.items():
        if day is not None and type(day) is not date:
            raise RulesFileError(f"{name} phải là một ngày, ví dụ 2026-09-01")
    hours = own_hours(given.version, str(entry["title"]), given.source or "", dates, entry)
    tables = {name: entry[name] for name in HOURS if name in entry}
    return HoursFile(tuple(dict.fromkeys(units)), hours, tables)


def _days(table: Mapping[str, str]) -> dict[date, str]:
    return {date.fromisoformat(day): str(name) for day, name in table.items()}
