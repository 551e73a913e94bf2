"""Calendars as versioned, sourced data: what was known about working days on a date."""

import re
from datetime import date
from functools import cache, reduce
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

from tthc.domain.amendment import CalendarDecision, amended
from tthc.domain.calendar import Calendar
from tthc.domain.errors import NotFoundError, RulesFileError, TthcError
from tthc.domain.hours import week
from tthc.rules.files import RULES, read_toml, toml_files
from tthc.rules.sources import source

CALENDARS = RULES / "calendars"
KEYS = {"title", "source", "decided_on", "confirmed", "whole_years", "days_off", "days_worked"}


def calendar(code: str = "vn", known_on: date | None = None) -> Calendar:
    """A calendar as it was known at the end of a date; without one, the newest version.

    Decisions whose own date is unknown count as known at all times.
    """
    known = [
        one
        for one in decisions(code)
        if known_on is None or one.decided_on is None or one.decided_on <= known_on
    ]
    return _after(code, len(known))


def calendar_version(code: str, version: str) -> Calendar:
    """A calendar as it stood with one decision just laid over it: what a case has pinned."""
    for count, one in enumerate(decisions(code), start=1):
        if one.version == version:
            return _after(code, count)
    raise NotFoundError(f"Lịch {code} không có phiên bản {version}.")


@cache
def _after(code: str, count: int) -> Calendar:
    """A calendar after its first decisions, laid out once for everyone."""
    return reduce(amended, decisions(code)[:count], _bare(code))


@cache
def decisions(code: str = "vn") -> tuple[CalendarDecision, ...]:
    """The decisions that make a calendar, in the order in which they are laid."""
    found = [read_decision(file) for file in toml_files(CALENDARS / _known(code))]
    return tuple(sorted(found, key=lambda one: (one.decided_on or date.min, one.version)))


def read_decision(file: Path | Traversable) -> CalendarDecision:
    """A decision from a file of the form of those under `calendars/vn/`."""
    entry = read_toml(file)
    try:
        unknown = set(entry) - KEYS
        if unknown:
            raise RulesFileError(f"không có mục {', '.join(sorted(unknown))}")
        decided_on = entry.get("decided_on")
        if decided_on is not None and type(decided_on) is not date:
            raise RulesFileError("decided_on phải là một ngày, ví dụ 2025-12-25")
        years = entry.get("whole_years", [])
        if not isinstance(years, list) or not all(type(year) is int for year in years):
            raise RulesFileError("whole_years phải là danh sách năm, ví dụ [2028]")
        return CalendarDecision(
            version=file.name.removesuffix(".toml"),
            title=entry["title"],
            source=source(entry["source"]).id,
            decided_on=decided_on,
            confirmed=bool(entry.get("confirmed", True)),
            days_off=_days(entry.get("days_off", {})),
            days_worked=_days(entry.get("days_worked", {})),
            whole_years=frozenset(years),
        )
    except KeyError as missing:
        raise RulesFileError(f"Tệp lịch {file.name}: thiếu mục {missing}.") from None
    except (TthcError, TypeError, ValueError) as problem:
        raise RulesFileError(f"Tệp lịch {file.name}: {problem}") from None


def _bare(code: str) -> Calendar:
    entry = read_toml(CALENDARS / f"{_known(code)}.toml")
    return Calendar(
        week=week(entry["week"]), zone=ZoneInfo(entry["zone"]), years=range(0), code=code
    )


def _known(code: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+", code) or not (CALENDARS / f"{code}.toml").is_file():
        raise NotFoundError(f"Không có lịch {code!r}: hãy dùng lịch có trong rules/calendars.")
    return code


def _days(table: object) -> dict[date, str]:
    if not isinstance(table, dict):
        raise RulesFileError("days_off và days_worked phải là bảng ngày → tên")
    return {date.fromisoformat(day): str(name) for day, name in table.items()}
