"""A prepared report as the workbook that is handed in: the form, and what its figures mean."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from tthc.domain.calendar import VIETNAM
from tthc.domain.letterhead import date_line, on_two_lines
from tthc.reports.sheet import write_workbook
from tthc.reports.table import Cell, Column, Table
from tthc.rules.wording import say_condition

SIGNATURES = (
    ("NGƯỜI LẬP BIỂU", "(Ký, họ tên)"),
    ("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, họ tên, đóng dấu)"),
)
TOTAL = "Tổng cộng"
NARROW, WIDE = 7.5, 11
MANY = 18  # figures side by side, which only narrow columns bring to a page
SIGNS = 1.3  # the width of a figure and the air beside it, for each of its signs
DOTS = "………………………"


def report_workbook(document: Mapping[str, Any]) -> bytes:
    """The report as XLSX, with definitions, identities, cut-offs and digest on a sheet."""
    figures = document["columns"]
    width = NARROW if len(figures) > MANY else WIDE
    columns = [
        Column(("TT",), "place", 5),
        Column((document["row_heading"],), width=30),
        *(
            Column(tuple(each["heading"]), "number", max(width, _room(document, each["key"])))
            for each in figures
        ),
    ]
    rows: list[list[Cell]] = [
        [place, row["name"], *_counts(row["values"], figures)]
        for place, row in enumerate(document["rows"], start=1)
    ]
    law, made_at = document["source_number"], datetime.fromisoformat(document["made_at"])
    authority = document["authority"] or DOTS
    table = Table(
        name=document["form"].replace("/", "-"),
        title=(
            document["title"].upper(),
            f"Kỳ báo cáo: {_period(document)}",
            _cut_offs(document),
            *(["SỐ LIỆU MÔ PHỎNG"] if document["world"] == "simulated" else []),
        ),
        corners=(
            ((), ())
            if document["motto"]
            else (
                (document["form"], *([f"({law})"] if law else [])),
                (f"Đơn vị báo cáo: {authority}", f"Đơn vị nhận báo cáo: {DOTS}"),
            )
        ),
        issuer=on_two_lines(authority).upper().split("\n") if document["motto"] else (),
        unit="Đơn vị tính: hồ sơ",
        columns=columns,
        rows=rows,
        numbering=("(1)", "(2)", *(each["number"] for each in figures)),
        totals=([None, TOTAL, *_counts(document["total"], figures)],),
        notes=[each for each in (document["mapping_label"], *document["notes"]) if each],
        signatures=SIGNATURES,
        dated=f"{DOTS}, {date_line(made_at.astimezone(VIETNAM).date())}",
    )
    return write_workbook([table], made_at, definitions=_definitions(document))


def _counts(values: Mapping[str, Any], figures: list[dict[str, Any]]) -> list[Cell]:
    return [values[each["key"]]["count"] for each in figures]


def _room(document: Mapping[str, Any], key: str) -> float:
    """The width that a column's greatest figure needs."""
    shown = [row["values"][key]["count"] for row in document["rows"]]
    shown.append(document["total"][key]["count"])
    return SIGNS * max(len(f"{count or 0:,}") for count in shown) + 1


def _definitions(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What each figure is, then what the report as a whole says of itself."""
    unread = "" if document["confirmed"] else " (chưa đối chiếu nguyên văn)"
    law = (document["source_number"] or document["source"]) + unread
    said = [
        (
            f"{each['number'].partition('=')[0]} {' – '.join(each['heading'])}",
            f"Hồ sơ {say_condition(each['counts'])}"
            if each["counts"]
            else f"Không có số liệu: {each['reason']}",
            law,
        )
        for each in document["columns"]
    ]
    for each in document["identities"]:
        broken = each["broken_rows"]
        verdict = "chưa đủ số liệu" if broken is None else f"sai ở {broken} dòng"
        told = verdict if broken is None or broken else "đúng ở mọi dòng"
        said.append((f"Đẳng thức {each['identity']}", told, ""))
    period = document["period"]
    return [
        *said,
        (
            "Mẫu",
            f"{document['form']}: {document['title']}, bản {document['version']}",
            document["source"] + unread,
        ),
        ("Kỳ báo cáo", f"{_period(document)} (mã {period['name']})", ""),
        ("Phạm vi", _scope(document), ""),
        ("Điều đã xảy ra đến (as_of)", _exactly(document["as_of"]), ""),
        ("Điều đã ghi nhận đến (known_at)", _exactly(document["known_at"]), ""),
        *([("Ánh xạ", document["mapping_label"], "")] if document["mapping"] else []),
        ("Mã băm số liệu (SHA-256)", document["digest"], ""),
    ]


def _period(document: Mapping[str, Any]) -> str:
    period = document["period"]
    first, after = (date.fromisoformat(period[name]) for name in ("from", "to"))
    return f"từ ngày {first:%d/%m/%Y} đến hết ngày {after - timedelta(days=1):%d/%m/%Y}"


def _scope(document: Mapping[str, Any]) -> str:
    if document["unit"] is None:
        return "Mọi đơn vị được xem"
    return f"{document['unit_name']} (mã {document['unit']}) và mọi đơn vị bên dưới"


def _cut_offs(document: Mapping[str, Any]) -> str:
    as_of, known_at = (_instant(document[name]) for name in ("as_of", "known_at"))
    return f"Số liệu đến {as_of}, ghi nhận đến {known_at}"


def _exactly(text: str) -> str:
    """An instant in words, and as it is asked for again."""
    return f"{_instant(text)} ({text})"


def _instant(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
