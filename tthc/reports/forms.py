"""Gathered documents as paper: each form by its template, the register also as a workbook."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tthc.domain.calendar import VIETNAM
from tthc.reports.sheet import write_workbook
from tthc.reports.table import Column, Kind, Table
from tthc.reports.typesetting import picture, typeset

TEMPLATES = {
    "01": "receipt",
    "02": "request",
    "03": "request",
    "04": "letter",
    "05": "letter",
    "06": "control",
    "07": "register",
    "handover": "handover",
    "shift": "shift",
}
# the register's columns after their headings: kind and width
_REGISTER: tuple[tuple[Kind, float], ...] = (
    *(("place", 6), ("text", 24), ("text", 32), ("text", 20), ("text", 26), ("text", 24)),
    *(("moment", 16), ("moment", 16), ("moment", 16), ("text", 13), ("text", 9)),
)


def print_form(document: Mapping[str, Any]) -> bytes:
    """A form as PDF/A-2a."""
    return typeset(TEMPLATES[document["form"]], _told(document), _made_at(document))


def picture_form(document: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The pages of a form as PNG."""
    return picture(TEMPLATES[document["form"]], _told(document), ppi=ppi)


def register_workbook(document: Mapping[str, Any]) -> bytes:
    """Form 07 as XLSX, with instants as real dates."""
    columns = [
        Column((heading,), kind, width)
        for heading, (kind, width) in zip(document["headings"], _REGISTER, strict=True)
    ]
    table = Table(
        name=document["title"],
        title=[document["title"].upper(), document["period"]],
        issuer=_issuer(document["head"]),
        columns=columns,
        rows=([place, *row, None] for place, row in enumerate(document["rows"], start=1)),
        notes=[f"Tổng cộng: {document['total']} hồ sơ", *filter(None, [document["footer"]])],
    )
    return write_workbook([table], _made_at(document))


def _issuer(head: Mapping[str, str | None]) -> list[str]:
    """The authority above, the one that keeps the register, and its desk."""
    lines = "\n".join(filter(None, (head["above"], head["name"], head["desk"])))
    return lines.upper().split("\n")


def _told(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its instants as people read them."""
    rows = document.get("rows", [])
    if document["form"] == "07":
        rows = [[_cell(one) for one in row] for row in rows]
    return {"code": None, **document, **({"rows": rows} if rows else {})}


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    return "" if value is None else str(value)


def _made_at(document: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(document["made_at"])
