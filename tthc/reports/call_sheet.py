"""An inspection draw as sheets to call by: what the ledger says, and room for the answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tthc.domain.calendar import VIETNAM
from tthc.reports.sheet import write_workbook
from tthc.reports.table import Cell, Column, Kind, Table
from tthc.reports.typesetting import typeset

TITLE = "Phiếu gọi kiểm tra kết quả giải quyết hồ sơ"
QUESTIONS = (
    *("Gọi lúc", "Nhận kết quả ngày nào", "Phải nộp thêm giấy tờ, tiền?"),
    *("Nhận văn bản xin lỗi?", "Ghi chú"),
)
COLUMNS: tuple[tuple[str, Kind, float], ...] = (
    *(("TT", "place", 5), ("Mã hồ sơ", "text", 24), ("Thủ tục", "text", 36)),
    *(("Cơ quan giải quyết", "text", 24), ("Chủ hồ sơ", "text", 22), ("Điện thoại", "text", 13)),
    *(("Tiếp nhận", "moment", 16), ("Hẹn trả", "moment", 16), ("Xử lý xong", "moment", 16)),
)
STRATA = (
    *(Column(("Cơ quan giải quyết",), width=40), Column(("Lĩnh vực",), width=40)),
    *(Column(("Số hồ sơ",), "number"), Column(("Rút",), "number")),
)


def call_workbook(document: Mapping[str, Any]) -> bytes:
    """The calls as XLSX, with the strata and how the draw was made."""
    columns = [Column((heading,), kind, width) for heading, kind, width in COLUMNS]
    columns += [Column(("Người dân trả lời", question), width=16) for question in QUESTIONS]
    calls = Table(
        name="Phiếu gọi",
        title=_title(document),
        columns=columns,
        rows=[
            [place, *_cells(case), *(None for _ in QUESTIONS)]
            for place, case in enumerate(document["cases"], start=1)
        ],
    )
    strata = Table(
        name="Tầng mẫu",
        title=("MẪU THEO CƠ QUAN VÀ LĨNH VỰC",),
        columns=STRATA,
        rows=[
            [each["unit"], each["sector"], each["population"], each["drawn"]]
            for each in document["strata"]
        ],
    )
    return write_workbook([calls, strata], _made_at(document), definitions=_definitions(document))


def call_pdf(document: Mapping[str, Any]) -> bytes:
    """The calls on paper."""
    rows = [
        [str(place), *(_words(cell) for cell in _cells(case)), *("" for _ in QUESTIONS)]
        for place, case in enumerate(document["cases"], start=1)
    ]
    simulated = document["world"] == "simulated"
    told = {
        "code": None,
        "title": TITLE,
        "paper": "a4",
        "watermark": "MÔ PHỎNG" if simulated else None,
        "footer": f"Số hạt giống {document['seed']} · mã băm {document['digest'][:12]}",
        "about": _title(document)[1:],
        "headings": [heading for heading, _, _ in COLUMNS] + list(QUESTIONS),
        "rows": rows,
    }
    return typeset("calls", told, _made_at(document))


def _title(document: Mapping[str, Any]) -> list[str]:
    population = f"{document['population']:,}".replace(",", ".")
    drawn = f"{len(document['cases'])} trong {population} hồ sơ"
    return [
        TITLE.upper(),
        f"{document['about']}; {document['condition']}: {drawn}",
        *(["SỐ LIỆU MÔ PHỎNG"] if document["world"] == "simulated" else []),
    ]


def _definitions(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    rule = (
        "Phân tầng theo cơ quan giải quyết và lĩnh vực, số rút tỷ lệ với số hồ sơ của tầng; trong "
        "mỗi tầng lấy các hồ sơ có SHA-256 của “hạt giống/mã hồ sơ” nhỏ nhất"
    )
    return [
        ("Cách rút", rule, ""),
        ("Điều kiện", document["where"], ""),
        ("Kỳ", document["period"], ""),
        ("Phạm vi", document["unit"] or "Mọi đơn vị được xem", ""),
        ("Số hạt giống", document["seed"], ""),
        ("Điều đã xảy ra đến (as_of)", document["as_of"], ""),
        ("Điều đã ghi nhận đến (known_at)", document["known_at"], ""),
        ("Mã băm (SHA-256)", document["digest"], ""),
    ]


def _cells(case: Mapping[str, Any]) -> list[Cell]:
    instants = [case[name] for name in ("received_at", "due_at", "resolved_at")]
    return [
        *(case[name] for name in ("code", "procedure", "unit", "name", "phone")),
        *(datetime.fromisoformat(each) if each else None for each in instants),
    ]


def _words(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    return "" if cell is None else str(cell)


def _made_at(document: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(document["made_at"])
