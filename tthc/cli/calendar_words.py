"""A change of the calendar or of terms in words and tables for people."""

from datetime import date
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tthc.service.words import moment, number

WORLDS = {"real": "hồ sơ thật", "simulated": "hồ sơ mô phỏng"}


def print_preview(document: dict[str, Any]) -> None:
    """The days that change, what they move, and a page of the cases."""
    _print_days(Console(), document)
    print_moved(document)


def print_moved(document: dict[str, Any]) -> None:
    """What a change would move, and a page of the cases."""
    console = Console()
    console.print(
        f"Xem trước, chưa ghi gì. Trong {number(document['open_cases'])} "
        f"{WORLDS[document['world']]} đang giải quyết: {counted(document)}."
    )
    if document["items"]:
        table = Table("Mã hồ sơ", "Thủ tục", "Đơn vị", "Hẹn trả trước", "Hẹn trả sau", "Quá hạn")
        for item in document["items"]:
            said = {True: "quá hạn", False: "không"}
            was, now = said[item["overdue_before"]], said[item["overdue_after"]]
            table.add_row(
                *(escape(item[name]) for name in ("case_code", "procedure_code", "competent_unit")),
                moment(item["due_at_before"]),
                moment(item["due_at_after"]),
                was if was == now else f"{was} → {now}",
            )
        console.print(table)
    if document["next_cursor"]:
        console.print(f"Còn nữa: thêm --cursor {document['next_cursor']} để xem tiếp.")


def print_applied(document: dict[str, Any]) -> None:
    """What was done, by whom, and what it moved in either world."""
    console = Console()
    _print_days(console, document)
    console.print(
        escape(
            f"Đã áp dụng lịch {document['version']} theo {document['decision']}, người áp dụng: "
            f"{document['actor']}. Hồ sơ đã kết thúc giữ nguyên."
        )
    )
    for world, name in WORLDS.items():
        console.print(f"{name.capitalize()}: {counted(document[world])}.")


def print_terms_applied(document: dict[str, Any]) -> None:
    """What was done to the cases that were open, by whom, and what it moved in either world."""
    console = Console()
    console.print(
        escape(
            f"Đã áp dụng thời hạn của {document['title']} cho hồ sơ đang giải quyết "
            f"({document['grounds']}), người áp dụng: {document['actor']}. Hồ sơ đã kết thúc giữ "
            "nguyên."
        )
    )
    for world, name in WORLDS.items():
        console.print(f"{name.capitalize()}: {counted(document[world])}.")


def _print_days(console: Console, document: dict[str, Any]) -> None:
    console.print(escape(f"{document['title']} ({document['version']})"), style="bold")
    for one in document["days_changed"]:
        day = date.fromisoformat(one["day"])
        kind = "làm việc" if one["worked_after"] else "nghỉ"
        same = " (đổi giờ)" if one["worked_before"] == one["worked_after"] else ""
        name = f": {one['name']}" if one["name"] else ""
        console.print(escape(f"  {day:%d/%m/%Y} thành ngày {kind}{same}{name}"))
    for years, said in (("years_added", "nạp thêm năm"), ("years_confirmed", "xác nhận năm")):
        if document[years]:
            console.print(f"  {said} {', '.join(map(str, document[years]))}")


def counted(counts: dict[str, Any]) -> str:
    """How many cases a change moves, and what that does to them."""
    parts = [
        f"{number(counts['moved'])} hồ sơ đổi ngày hẹn trả",
        f"{number(counts['later'])} lùi lại",
        f"{number(counts['earlier'])} sớm hơn",
        f"{number(counts['stop_overdue'])} hết quá hạn",
        f"{number(counts['start_overdue'])} thành quá hạn",
        f"{number(counts['letters_no_longer_needed'])} không còn phải xin lỗi",
    ]
    return ", ".join(parts)
