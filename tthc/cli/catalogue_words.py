"""The catalogue in words and tables for people."""

from datetime import date
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from tthc.intake.catalogue.decision import CatalogueReport

ACTS = {"added": "thêm", "changed": "đổi", "ended": "kết thúc"}
LEVELS = {
    "central": "trung ương",
    "province": "tỉnh",
    "district": "huyện",
    "commune": "xã",
    "other": "cơ quan khác",
}
CHANNELS = {"counter": "Trực tiếp", "online": "Trực tuyến", "post": "Bưu chính công ích"}
ONLINE = {"full": "toàn trình", "partial": "một phần", "level_3": "mức 3", "level_4": "mức 4"}
SHOWN = 200  # rows of a long annex; --json has them all


def print_report(report: "CatalogueReport") -> None:
    """Each change by its line, the rows that were not taken, and the counts."""
    console = Console()
    if report.details:
        table = Table("Dòng", "Việc", "Mã", "Từ ngày", "Trước", "Sau")
        for each in report.details[:SHOWN]:
            after = each["after"] or "—"
            problem = f" ⚠ {each['problem']}" if each["problem"] else ""
            table.add_row(
                str(each["line"]),
                ACTS[each["act"]],
                escape(each["key"]),
                day(each["on"]),
                escape(each["before"] or "—"),
                escape(after + problem),
            )
        console.print(table)
    if len(report.details) > SHOWN:
        console.print(f"… và {len(report.details) - SHOWN} thay đổi nữa (xem --json).")
    for reject in report.rejects:
        console.print(escape(f"Dòng {reject['line']} bị loại: {'; '.join(reject['reasons'])}."))
    console.print(
        f"{'Chạy thử, chưa ghi gì: ' if report.dry_run else ''}thêm {report.added}, đổi "
        f"{report.changed}, kết thúc {report.ended}, không đổi {report.unchanged}, chưa xác nhận "
        f"{report.unconfirmed}, bị loại {report.rejected}."
    )
    if report.open_cases:
        console.print(
            f"{report.open_cases} hồ sơ đang giải quyết của các thủ tục này giữ thời hạn của ngày "
            "tiếp nhận: không hồ sơ nào đổi ngày hẹn trả. Nếu quyết định áp dụng cả với các hồ sơ "
            "ấy, hãy xem trước bằng `tthc term preview`."
        )


def print_procedure(document: dict[str, Any]) -> None:
    """A procedure's terms, online levels and internal workflows on a date."""
    console = Console()
    name = document["name"] or "(chưa có trong danh mục thủ tục)"
    console.print(escape(f"{document['code']} {name}"), style="bold")
    if document["name"]:
        levels = ", ".join(LEVELS[level] for level in document["levels"])
        console.print(
            escape(
                f"Lĩnh vực: {document['sector']} · Cấp: {levels} · Quyết định: "
                f"{document['decision'] or 'không rõ'} · Ngày xem: {day(document['on'])}"
            )
        )
    if document["terms"]:
        console.print(_terms(document["terms"]))
    else:
        console.print("Chưa có thời hạn giải quyết nào được công bố tại ngày này.")
    for online in document["online_levels"]:
        console.print(
            escape(
                f"Dịch vụ công trực tuyến {ONLINE[online['online_level']]}, cấp "
                f"{LEVELS[online['level']]}, theo {online['decided_by']} ({_validity(online)})"
                f"{'' if online['confirmed'] else ' ⚠ nguồn chưa xác nhận'}"
            )
        )
    for workflow in document["workflows"]:
        _print_workflow(console, workflow)


def print_check(document: dict[str, Any]) -> None:
    """The workflows that do not add up, and how many there was nothing to hold against."""
    console = Console()
    for each in document["mismatches"]:
        console.print(
            escape(
                f"⚠ {each['says']} (Quyết định {each['decision']}, quy trình {each['workflow']})"
            )
        )
    console.print(
        f"{document['workflows']} quy trình nội bộ: đối chiếu được {document['compared']}, lệch "
        f"{len(document['mismatches'])}, không đối chiếu được {len(document['not_compared'])} "
        "(xem --json)."
    )


def _terms(terms: list[dict[str, Any]]) -> Table:
    table = Table("Loại", "Áp dụng cho", "Thời hạn", "Hiệu lực", "Nguồn")
    for term in terms:
        said = escape(term["published"])
        if not term["confirmed"]:
            said += f"\n⚠ Chưa xác nhận: {escape(term['problem'])}"
        if term["cutoff"]:
            said += f"\nnhận trước {term['cutoff']:%H:%M}"
        table.add_row(
            f"cam kết ({term['committed_by']})" if term["committed_by"] else "luật định",
            " · ".join(_narrow(term)) or "mọi hình thức nộp",
            said,
            _validity(term),
            escape(term["source"]),
        )
    return table


def _print_workflow(console: Console, workflow: dict[str, Any]) -> None:
    number = f" {workflow['number']}" if workflow["number"] else ""
    total = f", tổng {workflow['published']}" if workflow["published"] else ""
    table = Table(
        *("Bước", "Nội dung", "Đơn vị thực hiện", "Thời gian"),
        title=escape(f"Quy trình nội bộ {workflow['workflow']} (Quyết định{number}){total}"),
    )
    for step in workflow["steps"]:
        said = (escape(step[name]) for name in ("name", "performer", "published"))
        table.add_row(str(step["position"]), *said)
    console.print(table)
    if workflow["problem"]:
        console.print(escape(f"⚠ {workflow['problem']}"))


def day(value: date | None) -> str:
    return f"{value:%d/%m/%Y}" if value else "không rõ"


def _narrow(term: dict[str, Any]) -> list[str]:
    return [
        word
        for word in (
            CHANNELS.get(term["channel"] or ""),
            f"cấp {LEVELS[term['level']]}" if term["level"] else None,
            f"trường hợp {escape(term['case_kind'])}" if term["case_kind"] else None,
        )
        if word
    ]


def _validity(row: dict[str, Any]) -> str:
    end = f" đến trước {day(row['valid_to'])}" if row["valid_to"] else ""
    return f"từ {day(row['valid_from']) if row['valid_from'] else '(không rõ)'}{end}"
