"""Answers as tables for people."""

import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from tthc.rules import predicates
from tthc.service.words import CHANNELS, LEVELS, moment, number

LABELS = {
    "unit": "Đơn vị",
    "level": "Cấp",
    "sector": "Lĩnh vực",
    "procedure": "Thủ tục",
    "channel": "Hình thức nộp",
}
# what some definitions add to their two counts
BESIDE = {
    "median": "Trung vị (ngày)",
    "p90": "90 % trong (ngày)",
    "unmultiplied": "% chưa nhân",
    "mean_cut": "Rút ngắn bình quân (%)",
}
WIDE = 5  # columns that an 80-character terminal still shows


def print_figures(document: dict[str, Any]) -> None:
    """A definition's rows under its title, formula and cut-off."""
    definition, period = document["definition"], document["period"]
    dimensions = [name for name in LABELS if document["rows"] and name in document["rows"][0]]
    screen = console()
    code = f"{definition['code']} · " if definition["code"] else ""
    screen.print(f"[bold]{code}{definition['title']}[/]", highlight=False)
    screen.print(
        f"{definition['id']}, bản {definition['version']}: {definition['formula']}\n"
        f"kỳ {period['name'] or ''} [{period['from']}, {period['to']}), "
        f"tại {moment(period['as_of'])}{_label(document)}",
        highlight=False,
        markup=False,
    )
    table = Table(*(LABELS[name] for name in dimensions))
    beside = [name for name in BESIDE if any(name in row for row in document["rows"])]
    for heading in ("Tử số", "Mẫu số", "%", *(BESIDE[name] for name in beside)):
        table.add_column(heading, justify="right")
    for row in document["rows"]:
        percent = row["percent"].replace(".", ",") if row["percent"] else row["reason"]
        table.add_row(
            *(cell(name, row[name]) for name in dimensions),
            number(row["numerator"]),
            number(row["denominator"]),
            percent,
            *(_beside(row.get(name)) for name in beside),
        )
    screen.print(table)


def _beside(value: int | str | None) -> str:
    return "—" if value is None else str(value).replace(".", ",")


def print_partition(document: dict[str, Any]) -> None:
    """A line for each bucket that holds anything, a column for each row of the answer."""
    rows = document["rows"]
    labels = predicates.predicates()
    dimensions = [name for name in LABELS if rows and name in rows[0]]
    if len(rows) > WIDE:
        _print_long_partition(document, dimensions)
        return
    table = Table(title=f"Hồ sơ tại {moment(document['as_of'])}{_label(document)}")
    table.add_column(" · ".join(LABELS[name] for name in dimensions), no_wrap=True)
    for row in rows:
        table.add_column(
            " · ".join(cell(name, row[name]) for name in dimensions) or "Số hồ sơ", justify="right"
        )
    if len(rows) > 1:
        table.add_column("Tổng số", justify="right")
    for name in (*predicates.partition(), "total"):
        counts = [row[name] for row in rows]
        if any(counts) or name == "total":
            total = [sum(counts)] if len(rows) > 1 else []
            label = "Tổng số" if name == "total" else labels[name].label
            table.add_row(label, *(number(count) for count in counts + total))
    console().print(table)


def _print_long_partition(document: dict[str, Any], dimensions: list[str]) -> None:
    """Where there are many rows: those that officials look at, one line each."""
    labels = predicates.predicates()
    table = Table(
        *(LABELS[name] for name in dimensions),
        title=f"Hồ sơ tại {moment(document['as_of'])}{_label(document)}",
    )
    shown = ("early", "on_time", "late", "open_in_time", "open_overdue")
    for name in shown:
        table.add_column(labels[name].label, justify="right")
    table.add_column("Tổng số", justify="right")
    for row in document["rows"]:
        values = [cell(name, row[name]) for name in dimensions]
        table.add_row(*values, *(number(row[name]) for name in (*shown, "total")))
    console().print(table)


def print_cases(document: dict[str, Any]) -> None:
    """A page of cases under how many there are."""
    table = Table(
        title=f"{number(document['total'])} hồ sơ tại "
        f"{moment(document['as_of'])}{_label(document)}",
    )
    for heading in ("Mã hồ sơ", "Thủ tục", "Đơn vị", "Hẹn trả"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Quá hạn\n(ngày làm việc)", justify="right", no_wrap=True)
    table.add_column("Văn bản xin lỗi", no_wrap=True)
    table.add_column("Người xử lý")
    for item in document["items"]:
        letter = item["letter"]
        table.add_row(
            item["case_code"],
            item["procedure_code"],
            item["competent_unit"],
            moment(item["due_at"]),
            "—" if item["late_working_days"] is None else number(item["late_working_days"]),
            (letter["number"] or "có") if letter else "chưa có",
            item["officer"] or "—",
        )
    console().print(table)


def print_case(document: dict[str, Any]) -> None:
    """A case as it stands, over the events that made it so."""
    screen, letter = console(), document["letter"]
    due = f"hẹn trả {moment(document['due_at'])}" if document["due_at"] else "chưa có ngày hẹn trả"
    told = f"có, số {letter['number']}" if letter else "chưa có"
    screen.print(
        f"{document['case_code']}{_label(document)}: {document['procedure_name']}\n"
        f"{document['competent_unit_name']}: {document['state_name']}; {due}; "
        f"văn bản xin lỗi: {told}",
        highlight=False,
        markup=False,
    )
    table = Table(*("STT", "Việc", "Xảy ra", "Ghi nhận", "Người ghi"))
    for one in document["events"]:
        name = one["name"] + (" (đã được sửa)" if one["replaced"] else "")
        at = [moment(one["occurred_at"]), moment(one["recorded_at"])]
        table.add_row(str(one["seq"]), name, *at, one["actor"])
    screen.print(table)


def console() -> Console:
    """Where tables go: as wide as the terminal, and wide enough where there is none."""
    return Console() if sys.stdout.isatty() else Console(width=120)


def cell(dimension: str, value: str) -> str:
    """A dimension's value in words."""
    return {"channel": CHANNELS, "level": LEVELS}.get(dimension, {}).get(value, value)


def _label(document: dict[str, Any]) -> str:
    return " · SỐ LIỆU MÔ PHỎNG" if document["world"] == "simulated" else ""
