"""The self-assessment sheet as a spreadsheet, in the columns that scoring councils use."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from tthc.domain.calendar import VIETNAM
from tthc.domain.letterhead import date_line
from tthc.reports.sheet import write_workbook
from tthc.reports.table import Cell, Column, Table
from tthc.rules.sources import sources

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = (
    Column(("STT",), "text", 6),
    Column(("Tiêu chí, tiêu chí thành phần",), "text", 28),
    Column(("Điểm tối đa",), "points", 7),
    Column(("Số liệu kê khai",), "text", 11),
    Column(("Cách tính điểm",), "text", 24),
    Column(("Tài liệu kiểm chứng",), "text", 22),
    Column(("Điểm", "Tính từ số liệu"), "points", 8),
    Column(("Điểm", "Tự đánh giá"), "points", 8),
    Column(("Điểm", "Thẩm định"), "points", 8),
    Column(("Điểm", "Phê duyệt"), "points", 8),
    Column(("Lý do, giải trình",), "text", 28),
)
CODES = (
    Column(("Mã ổn định",), "text", 26),
    Column(("Dấu số liệu (SHA-256)",), "text", 68),
    Column(("Số liệu và mọi việc đã ghi",), "link", 26),
    Column(("Hồ sơ làm mất điểm",), "link", 22),
)
SIGNING = (("NGƯỜI LẬP PHIẾU", "(Ký, họ tên)"), ("THỦ TRƯỞNG ĐƠN VỊ", "(Ký, họ tên, đóng dấu)"))


def sheet_workbook(sheet: dict[str, Any], made_at: datetime, site: str) -> bytes:
    """A sheet's document as XLSX; `site` is where the links lead."""
    rubric = sheet["rubric"]
    source = sources()[rubric["source"]]
    notes = [f"Trạng thái: phiếu {sheet['state_name']}. Nguồn: {source.number or source.title}."]
    if rubric["unconfirmed"]:
        notes.append(f"Chưa xác nhận: {rubric['unconfirmed']}.")
    notes += [
        f"Tiêu chí {leaf['code']} chưa xác nhận: {leaf['unconfirmed']}."
        for leaf in sheet["leaves"]
        if leaf["unconfirmed"]
    ]
    totals = sheet["totals"]
    whole: list[Cell] = [
        *(None, "Tổng điểm", _number(totals["computed"]["max"]), None, None, None),
        *(_number(totals[name]["points"]) for name in ("computed", "self", "appraised")),
        *(_number(totals["approved"]["points"]), None),
    ]
    main = Table(
        "Phiếu chấm điểm",
        ["PHIẾU CHẤM ĐIỂM", rubric["title"], f"{sheet['unit_name']}, {sheet['period_name']}"],
        COLUMNS,
        [_row(leaf) for leaf in sheet["leaves"]],
        totals=[whole],
        notes=notes,
        signatures=SIGNING,
        dated=f"………………………, {date_line(made_at.astimezone(VIETNAM).date())}",
        issuer=[sheet["unit_name"].upper()],
    )
    links = Table(
        "Tài liệu kiểm chứng",
        ["TÀI LIỆU KIỂM CHỨNG"],
        CODES,
        [_link(leaf, site) for leaf in sheet["leaves"]],
    )
    return write_workbook([main, links], made_at)


def _row(leaf: dict[str, Any]) -> list[Cell]:
    counted = None
    if leaf["denominator"] is not None:
        counted = f"{leaf['numerator']}/{leaf['denominator']}"
    given = leaf["columns"]
    told = [
        f"{each['name'].capitalize()}: {each['reason']}"
        for each in given.values()
        if each and each["reason"]
    ]
    told += [f"Giải trình: {each['reason']}" for each in leaf["explanations"]]
    proofs = [each["evidence"]["words"] for each in given.values() if each and each["evidence"]]
    return [
        *(leaf["code"], leaf["title"], _number(leaf["max"]), counted),
        *(leaf["rule"], "\n".join([leaf["evidence_required"], *dict.fromkeys(proofs)])),
        _number(leaf["computed"]["points"]),
        *(_number(each["points"]) if each else None for each in given.values()),
        "\n".join(told),
    ]


def _link(leaf: dict[str, Any], site: str) -> list[Cell]:
    evidence = leaf["computed"]["evidence"]
    digest = evidence["value"] if evidence else None
    cases = f"{site}{leaf['cases_url']}" if leaf["cases_url"] else None
    return [leaf["id"], digest, f"{site}{leaf['evidence_url']}", cases]


def _number(points: float | None) -> Decimal | None:
    return None if points is None else Decimal(str(points))
