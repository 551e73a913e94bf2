"""Calendars as versioned, sourced data: what was known about working days on a date."""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tthc.domain.amendment import CalendarDecision, CalendarHistory
from tthc.domain.calendar import Calendar
from tthc.domain.errors import NotFoundError, RulesFileError, TthcError
from tthc.domain.hours import week
from tthc.rules.files import RULES, parse_toml, read_text, read_toml, toml_files
from tthc.rules.sources import source

CALENDARS = RULES / "calendars"
KEYS = {"title", "source", "decided_on", "confirmed", "whole_years", "days_off", "days_worked"}


class DecisionText(NamedTuple):
    """A decision as the file that it was read from; its version is the file's name.

    `source` is the id of what it rests on where the text itself need not say.
    """

    version: str
    text: str
    source: str | None = None


def calendar(code: str = "vn", known_on: date | None = None) -> Calendar:
    """The packaged calendar as it was known at the end of a date, else its newest version."""
    return packaged(code).as_known(known_on)


def calendar_version(code: str, version: str) -> Calendar:
    """The packaged calendar as it stood with one decision just laid over it."""
    return packaged(code).version(version)


def decisions(code: str = "vn") -> tuple[CalendarDecision, ...]:
    """The decisions that make the packaged calendar, in the order in which they are laid."""
    return packaged(code).decisions


@cache
def packaged(code: str = "vn") -> CalendarHistory:
    """The calendar of this release: undated decisions by name, then the others by their date."""
    return history(code, packaged_texts(code))


@cache
def packaged_texts(code: str = "vn") -> tuple[DecisionText, ...]:
    """The files of the packaged decisions, in the order in which they are laid."""
    files = toml_files(CALENDARS / _known(code))
    texts = [DecisionText(file.name.removesuffix(".toml"), read_text(file)) for file in files]
    dated = [(parse_decision(one).decided_on or date.min, one) for one in texts]
    return tuple(one for _, one in sorted(dated, key=lambda pair: (pair[0], pair[1].version)))


def history(code: str, texts: Iterable[DecisionText]) -> CalendarHistory:
    """A calendar with these decisions laid over it, in this order."""
    return CalendarHistory(_bare(code), tuple(map(parse_decision, texts)))


def read_decision(file: Path | Traversable) -> CalendarDecision:
    """A decision from a file of the form of those under `calendars/vn/`."""
    return parse_decision(DecisionText(file.name.removesuffix(".toml"), read_text(file)))


def parse_decision(given: DecisionText) -> CalendarDecision:
    """A decision from the text of its file. Raises RulesFileError, which names it."""
    name = f"{given.version}.toml"
    entry = parse_toml(name, given.text)
    try:
        return _decision(given, entry)
    except KeyError as missing:
        raise RulesFileError(f"Tệp lịch {name}: thiếu mục {missing}.") from None
    except (TthcError, TypeError, ValueError) as problem:
        raise RulesFileError(f"Tệp lịch {name}: {problem}") from None


def _decision(given: DecisionText, entry: dict[str, Any]) -> CalendarDecision:
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
        version=given.version,
        title=entry["title"],
        source=given.source or source(entry["source"]).id,
        decided_on=decided_on,
        confirmed=bool(entry.get("confirmed", True)),
        days_off=_days(entry.get("days_off", {})),
        days_worked=_days(entry.get("days_worked", {})),
        whole_years=frozenset(years),
    )


@cache
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
