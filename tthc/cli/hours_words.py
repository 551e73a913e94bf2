"""A unit's own hours, and decisions on them, in words for people."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rich.console import Console
from rich.markup import escape

from tthc.cli.calendar_words import WORLDS, counted

WEEKDAYS = {
    "mon": "thứ Hai",
    "tue": "thứ Ba",
    "wed": "thứ Tư",
    "thu": "thứ Năm",
    "fri": "thứ Sáu",
    "sat": "thứ Bảy",
    "sun": "Chủ nhật",
}
MODES = {"end_of_day": "hẹn trả cuối ngày", "half_day": "nhận buổi sáng trả buổi sáng"}
START_RULES = {
    "receipt_day_not_counted": "ngày tiếp nhận không tính vào thời hạn",
    "next_working_day_is_day_0": "nhận ngoài giờ coi như nhận ngày làm việc tiếp theo",
}


def print_hours(document: dict[str, Any]) -> None:
    """The hours in force, then each decision."""
    console = Console()
    console.print(escape(f"{document['name']} ({document['unit']})"), style="bold")
    for line in _week("Giờ làm việc", document["week"]):
        console.print(escape(line))
    for line in _week("Tiếp nhận, không tính thời hạn", document["reception"]):
        console.print(escape(line))
    if not document["decisions"]:
        console.print("Không có giờ làm việc riêng: theo giờ chung của cả nước.")
    for one in document["decisions"]:
        console.print(escape(f"{one['decision']}, {one['actor']} áp dụng:"))
        print_decision(one)


def print_decision(document: dict[str, Any]) -> None:
    """What a decision sets, from when on, and for whom."""
    console = Console()
    console.print(escape(f"{document['title']} ({document['version']})"), style="bold")
    until = f" đến trước {_day(document['valid_to'])}" if document["valid_to"] else ""
    console.print(f"  Hiệu lực từ {_day(document['valid_from'])}{until}.")
    for unit in document.get("units", ()):
        console.print(escape(f"  Áp dụng cho {unit['name']} ({unit['code']})."))
    for line in _said(document):
        console.print(escape(f"  {line}"))


def print_hours_applied(document: dict[str, Any]) -> None:
    """What was done, by whom, and what it moved."""
    print_decision(document)
    console = Console()
    console.print(
        escape(
            f"Đã áp dụng giờ làm việc {document['version']} theo {document['decision']}, người áp "
            f"dụng: {document['actor']}. Hồ sơ đã kết thúc giữ nguyên."
        )
    )
    console.print(f"{WORLDS[document['world']].capitalize()}: {counted(document)}.")


def _said(document: dict[str, Any]) -> Iterator[str]:
    yield from _week("Giờ làm việc", document["week"] or {})
    yield from _week("Tiếp nhận, không tính thời hạn", document["reception"] or {})
    for name, what in (("days_off", "Nghỉ"), ("days_worked", "Làm việc")):
        for day, why in document[name].items():
            yield f"{what} {_day(day)}: {why}."
    if document["mode"]:
        yield f"Cách hẹn trả: {MODES[document['mode']]}."
    if document["start_rule"]:
        yield f"Cách tính ngày đầu: {START_RULES[document['start_rule']]}."


def _week(title: str, week: Mapping[str, list[list[str]]]) -> Iterator[str]:
    """Weekdays in a row with the same hours stand together."""
    rows: list[tuple[list[str], str]] = []
    for name, slots in week.items():
        said = ", ".join("-".join(slot) for slot in slots)
        if rows and rows[-1][1] == said:
            rows[-1][0].append(WEEKDAYS[name])
        else:
            rows.append(([WEEKDAYS[name]], said))
    for names, said in rows:
        yield f"{title} {', '.join(names)}: {said}."


def _day(text: str) -> str:
    return f"{date.fromisoformat(text):%d/%m/%Y}"
