"""A score as a table for people."""

from typing import Any

from rich.table import Table

from tthc.cli.tables import console
from tthc.service.words import moment


def print_score(document: dict[str, Any]) -> None:
    """The criteria with their points, what the sum is of, and what is not confirmed."""
    rubric = document["rubric"]
    screen = console()
    screen.print(f"[bold]{rubric['title']}[/]", highlight=False)
    unit = document["unit_name"] or "Toàn bộ đơn vị"
    screen.print(
        f"{unit}, kỳ {document['period']}, tại {moment(document['as_of'])}; nguồn "
        f"{rubric['source']}, bản {rubric['version']}",
        highlight=False,
        markup=False,
    )
    if not document["in_force"]:
        screen.print("Bộ tiêu chí không có hiệu lực trong kỳ này.", markup=False)
    if rubric["unconfirmed"]:
        screen.print(f"Chưa xác nhận: {rubric['unconfirmed']}.", markup=False, highlight=False)
    table = Table("Mã", "Tiêu chí", show_lines=True)
    for heading in ("Điểm", "Tối đa"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Vì sao", ratio=1)
    for each in document["criteria"]:
        title = each["title"] + (" (chưa xác nhận)" if each["unconfirmed"] else "")
        table.add_row(
            each["code"], title, points(each["points"]), points(each["max"]), _because(each)
        )
    screen.print(table)
    missing = document["missing"]
    screen.print(
        f"Điểm: {points(document['points'])} trên {points(document['scored_max'])} điểm đã chấm "
        f"được, tối đa {points(document['max'])}."
        + (f" Chưa chấm được: {', '.join(missing)}." if missing else "")
        + (f" Xếp loại: {document['grade']}." if document["grade"] else ""),
        highlight=False,
        markup=False,
    )
    for block in document.get("blocks", ()):
        _print_block(block)


def print_forecast(document: dict[str, Any]) -> None:
    """The score at the period's end, with the method said."""
    table = Table("Mã", title=f"{document['rubric']['title']}, dự báo hết kỳ {document['period']}")
    names = ("now", "low", "expected", "high")
    for heading in ("Hiện nay", "Thấp", "Giữa", "Cao"):
        table.add_column(heading, justify="right")
    for each in document["criteria"]:
        table.add_row(each["code"], *(points(each[name]) for name in names))
    now = document["now"]["points"]
    table.add_row("Tổng", points(now), *(points(document[name]) for name in names[1:]))
    console().print(table)
    console().print(document["method"], markup=False, highlight=False)


def print_what_if(document: dict[str, Any]) -> None:
    """The score as it is and as it would be."""
    title = f"{document['rubric']['title']}, kỳ {document['period']}"
    if document["supposed"]:
        title += f"; giả định {document['cases']} hồ sơ {document['supposed']}"
    table = Table("Mã", title=title)
    for heading in ("Hiện nay", "Nếu vậy"):
        table.add_column(heading, justify="right")
    for each in document["criteria"]:
        table.add_row(each["code"], points(each["before"]), points(each["after"]))
    table.add_row("Tổng", points(document["before"]["points"]), points(document["after"]["points"]))
    console().print(table)


def points(value: float | None) -> str:
    """Points with a decimal comma."""
    return "—" if value is None else f"{value:g}".replace(".", ",")


def _because(leaf: dict[str, Any]) -> str:
    further = leaf["distance"]
    words = [leaf["why"], further["words"] if further else ""]
    return " ".join(filter(None, words))


def _print_block(block: dict[str, Any]) -> None:
    table = Table("Hạng", "Đơn vị", title=block["label"])
    for heading in ("Điểm", "Đã chấm trên", "So với năm trước"):
        table.add_column(heading, justify="right")
    for each in block["units"]:
        place = "—" if each["place"] is None else str(each["place"])
        table.add_row(
            *(place, each["name"], points(each["points"]), points(each["scored_max"])),
            each["compared"]["words"] if each["compared"] else "",
        )
    console().print(table)
