"""JSON values of conformance vectors as the domain's own; what cannot be read is a sentence."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tthc.domain.calendar import Calendar
from tthc.domain.errors import InputError
from tthc.domain.hours import week
from tthc.domain.suspension import Suspension


def one_of(table: Mapping[str, Any], key: str, known: Iterable[str], default: str = "") -> str:
    """The value of a key that must be one of some words; its default when it is not there."""
    value = table.get(key, default)
    words = [str(word) for word in known]
    if value not in words:
        raise InputError(f"Mục {key!r} là {value!r}: cần một trong {', '.join(words)}.")
    return str(value)


def integer(value: object) -> int:
    exact = number(value)
    if exact != exact.to_integral_value():
        raise InputError(f"{value} không phải số nguyên.")
    return int(exact)


def number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InputError(f"{value!r} không phải một số.")
    return Decimal(value)


def day(value: object) -> date:
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]  # a wrong type is caught
    except (TypeError, ValueError):
        raise InputError(f"{value!r} không phải một ngày, ví dụ 2026-03-02.") from None


def wall_time(value: object) -> time:
    try:
        read = time.fromisoformat(value)  # type: ignore[arg-type]  # a wrong type is caught
    except (TypeError, ValueError):
        read = None
    if read is None or read.tzinfo is not None:
        raise InputError(f"{value!r} không phải một giờ, ví dụ 15:00.")
    return read


def instant(value: object) -> datetime:
    try:
        read = datetime.fromisoformat(value)  # type: ignore[arg-type]  # a wrong type is caught
    except (TypeError, ValueError):
        raise InputError(f"{value!r} không phải một thời điểm ISO 8601.") from None
    if read.tzinfo is None:
        raise InputError(f"Thời điểm {value!r} thiếu múi giờ, ví dụ +07:00.")
    return read


def pauses(value: object) -> list[Suspension]:
    """Suspensions from `[[from, to], ...]`; `to` is null while nobody has answered."""
    if not isinstance(value, list):
        raise InputError("Mục 'pauses' phải là danh sách các cặp [từ, đến].")
    found = []
    for pair in value:
        match pair:
            case [begin, None]:
                found.append(Suspension(instant(begin)))
            case [begin, end]:
                found.append(Suspension(instant(begin), instant(end)))
            case _:
                raise InputError("Mỗi lần tạm dừng phải là một cặp [từ, đến].")
    return found


def suspensions(value: object) -> list[Suspension]:
    """Suspensions from `[{"from", "to"}, ...]`; without `to` nobody has answered yet."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise InputError("Mục 'suspensions' phải là danh sách các đối tượng {from, to}.")
    return pauses([[one.get("from"), one.get("to")] for one in value])


def inline_calendar(table: object) -> Calendar:
    """A calendar from `{"tz", "weekly", "days_off", "days_worked"}`, good for every year."""
    if not isinstance(table, dict):
        raise InputError("Mục 'calendar' phải là mã lịch hoặc một đối tượng JSON.")
    weekly, tz = table.get("weekly"), table.get("tz")
    if not isinstance(weekly, dict) or not all(isinstance(one, list) for one in weekly.values()):
        raise InputError("Mục 'weekly' phải là bảng ngày → danh sách [giờ mở, giờ đóng].")
    try:
        zone = ZoneInfo(tz)  # type: ignore[arg-type]  # a wrong type is caught
    except (TypeError, ValueError, OSError, LookupError):
        raise InputError(f"Không có múi giờ {tz!r}, ví dụ Asia/Ho_Chi_Minh.") from None
    return Calendar(
        week=week(weekly),
        zone=zone,
        days_off=_days(table, "days_off"),
        days_worked=_days(table, "days_worked"),
    )


def _days(table: Mapping[str, Any], key: str) -> dict[date, str]:
    listed = table.get(key) or []
    if not isinstance(listed, list):
        raise InputError(f"Mục {key!r} phải là danh sách các ngày.")
    return {day(one): "" for one in listed}
