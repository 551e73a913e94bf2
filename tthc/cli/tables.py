"""Answers as tables for people."""

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from tthc import clock
from tthc.rules import predicates

LABELS = {
    "unit": "Đơn vị",
    "level": "Cấp",
    "sector": "Lĩnh vực",
    "procedure": "Thủ tục",
    "channel": "Hình thức nộp",
}
CHANNELS = {
    "counter": "Trực tiếp",
    "online": "Trực tuyến",
    "post": "Bưu chính công ích",
    "other": "Khác",
}


def number(value: int) -> str:
    """A count as Vietnamese print it: 1.234."""
    return f"{value:,}".replace(",", ".")


def moment(instant: str | None) -> str:
    """An ISO instant as 17:00 05/03/2026 in Vietnam."""
    if instant is None:
        return "—"
    return f"{datetime.fromisoformat(instant).astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"


def print_figures(document: dict[str, Any]) -> None:
    """A definition's rows under its title, formula and cut-off."""
    definition, period = document["definition"], document["period"]
    dimensions = [name for name in LABELS if document["rows"] and name in document["rows"][0]]
    console = Console()
    code = f"{definition['code']} · " if definition["code"] else ""
    console.print(f"[bold]{code}{definition['title']}[/]", highlight=False)
    console.print(
        f"{definition['id']}, bản {definition['version']}: {definition['formula']}\n"
        f"kỳ {period['name'] or ''} [{period['from']}, {period['to']}), "
        f"tại {moment(period['as_of'])}{_label(document)}",
        highlight=False,
        markup=False,
    )
    table = Table(*(LABELS[name] for name in dimensions))
    for heading in ("Tử số", "Mẫu số", "%"):
        table.add_column(heading, justify="right")
    for row in document["rows"]:
        percent = row["percent"].replace(".", ",") if row["percent"] else row["reason"]
        table.add_row(
            *(cell(name, row[name]) for name in dimensions),
            number(row["numerator"]),
            number(row["denominator"]),
            percent,
        )
    console.print(table)


def print_partition(document: dict[str, Any]) -> None:
    """The buckets that hold anything, one line for each row."""
    rows = document["rows"]
    labels = predicates.predicates()
    buckets = [name for name in predicates.partition() if any(row[name] for row in rows)]
    dimensions = [name for name in LABELS if rows and name in rows[0]]
    table = Table(
        *(LABELS[name] for name in dimensions),
        title=f"Hồ sơ tại {moment(document['as_of'])}{_label(document)}",
    )
    for name in buckets:
        table.add_column(labels[name].label, justify="right")
    table.add_column("Tổng số", justify="right")
    for row in rows:
        table.add_row(
            *(cell(name, row[name]) for name in dimensions),
            *(number(row[name]) for name in buckets),
            number(row["total"]),
        )
    Console().print(table)


def print_cases(document: dict[str, Any]) -> None:
    """A page of cases under how many there are."""
    table = Table(
        *("Mã hồ sơ", "Thủ tục", "Đơn vị giải quyết", "Người xử lý", "Hẹn trả"),
        title=f"{number(document['total'])} hồ sơ tại "
        f"{moment(document['as_of'])}{_label(document)}",
    )
    table.add_column("Quá hạn (ngày làm việc)", justify="right")
    table.add_column("Văn bản xin lỗi")
    for item in document["items"]:
        letter = item["letter"]
        table.add_row(
            item["case_code"],
            item["procedure_code"],
            item["competent_unit"],
            item["officer"] or "—",
            moment(item["due_at"]),
            "—" if item["late_working_days"] is None else number(item["late_working_days"]),
            (letter["number"] or "có") if letter else "chưa có",
        )
    Console().print(table)


def cell(dimension: str, value: str) -> str:
    """A dimension's value in words."""
    return CHANNELS.get(value, value) if dimension == "channel" else value


def _label(document: dict[str, Any]) -> str:
    return " · SỐ LIỆU MÔ PHỎNG" if document["world"] == "simulated" else ""
