"""Biên bản xác nhận số liệu: the figures of a publication on paper, with what proves them."""

import re
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.printing import read_authorities
from tthc.db.publications import Publication
from tthc.db.queries.units import sees_whole_world
from tthc.domain.access import Actor, Permission, Scope, check
from tthc.domain.errors import ForbiddenError, InputError
from tthc.domain.letterhead import date_line, on_two_lines
from tthc.domain.period import Period
from tthc.rules.definitions import Definition, definition, definitions
from tthc.rules.periods import read_period
from tthc.rules.predicates import document
from tthc.rules.sources import source
from tthc.service.figure_rows import answer_rows
from tthc.service.form_heads import SIMULATED
from tthc.service.publishing import describe_publication, find_version, verify_publication
from tthc.service.words import AXES, cut_off, days_of, moment, number, percent
from tthc.service.words import period as period_name

Document = dict[str, Any]
TITLE = "Biên bản xác nhận số liệu"
RECORD = re.compile(
    r"tthc:publication:(?P<world>real|simulated):(?P<period>[a-z0-9-]+:[A-Za-z0-9-]+):"
    r"(?P<version>[0-9]{1,6}):(?P<digest>[0-9a-f]{64})"
)
ALSO = ("online/received", "online/full", "letters/overdue_without", "letters/compliance")
NO_DATA = "không có số liệu"
PIECE = 8  # signs of a digest that are read aloud at once


def shown_definitions() -> list[Definition]:
    """The rates, online shares and letters that a publication is shown by."""
    return [each for each in definitions().values() if each.code] + [definition(n) for n in ALSO]


async def published_figures(
    connection: AsyncConnection, scope: Scope, kept: Publication, period: Period
) -> list[Document]:
    """The figures of a publication, as published; those that it does not hold are left out."""
    held = set(kept.frozen.definitions)
    found = []
    for each in shown_definitions():
        if (each.id, each.version) in held:
            (row,) = await answer_rows(scope, connection, each, period, kept.knowledge, (), kept)
            found.append({"definition": each, "id": each.id, "title": each.title} | row)
    return found


def record_text(kept: Publication) -> str:
    """What the QR code of a record says."""
    world = "simulated" if kept.simulated else "real"
    return f"tthc:publication:{world}:{kept.period}:{kept.version}:{kept.digest}"


async def verify_record(connection: AsyncConnection, text: str) -> Document:
    """Whether a record's publication is there with that digest and unharmed; with its figures, to
    be compared with the paper. Raises InputError for what no record says.
    """
    said = RECORD.fullmatch(text.strip())
    if said is None:
        raise InputError(
            "Đây không phải nội dung mã QR của biên bản: hãy chép đủ từ “tthc:publication:” đến "
            "hết dấu niêm phong."
        )
    period, simulated = read_period(said["period"]), said["world"] == "simulated"
    kept = await find_version(connection, period, int(said["version"]), simulated=simulated)
    told = await verify_publication(connection, period, kept.version, simulated=simulated)
    if kept.digest != said["digest"]:
        told |= {
            "ok": False,
            "first_problem": f"Biên bản mang dấu niêm phong khác với lần chốt thứ {kept.version} "
            f"của kỳ {kept.period}: biên bản không phải của số liệu đã chốt ở đây.",
        }
    figures = await published_figures(connection, Scope(simulated), kept, period)
    told["figures"] = [
        {name: each[name] for name in ("id", "title", "numerator", "denominator", "percent")}
        for each in figures
    ]
    return told


async def prepare_record(
    connection: AsyncConnection, actor: Actor, period: Period, version: int | None = None
) -> Document:
    """What the record of a version holds. Raises ForbiddenError for a reader of some units, whose
    figures would not be those that were published.
    """
    check(actor, Permission.READ_FIGURES)
    if not await sees_whole_world(actor.scope, connection):
        raise ForbiddenError(
            "Biên bản xác nhận số liệu của mọi đơn vị: hãy nhờ lãnh đạo hoặc người theo dõi ở cấp "
            "trên cùng in."
        )
    simulated = actor.scope.simulated
    kept = await find_version(connection, period, version, simulated=simulated)
    figures = await published_figures(connection, actor.scope, kept, period)
    units = await read_authorities(connection, [actor.unit_id] if actor.unit_id else [])
    issuer = units.get(actor.unit_id) if actor.unit_id else None
    published = describe_publication(kept)
    return {
        "title": TITLE,
        "paper": "a4",
        "watermark": SIMULATED if simulated else None,
        "footer": "Số liệu mô phỏng, không có giá trị" if simulated else "",
        "head": {
            "above": issuer.above and on_two_lines(issuer.above) if issuer else None,
            "name": on_two_lines(issuer.name) if issuer else "Cơ quan xác nhận số liệu",
            "desk": None,
            "place": issuer.place if issuer else "………",
            "date": date_line(clock.local_date(clock.now())),
        },
        "made_at": clock.now().isoformat(),
        "code": record_text(kept),
        "period": period_name(period),
        "days": days_of(period),
        "version": kept.version,
        "reason": kept.reason,
        "cut_off": cut_off(kept.as_of),
        "known_at": moment(kept.known_at),
        "published": f"{moment(kept.published_at)}, {kept.published_by}",
        "calendar": kept.calendar_version,
        "cases": number(kept.cases),
        "digest": " ".join(
            kept.digest[at : at + PIECE] for at in range(0, len(kept.digest), PIECE)
        ),
        "figures": [_figure(each) for each in figures],
        "identities": [
            {
                "words": each["words"],
                "basis": each["basis_label"] or "",
                "left": number(each["left"]),
                "right": number(each["right"]),
            }
            for each in published["identities"]
            if each["basis"] in (None, "current")
        ],
    }


def _figure(row: Document) -> Document:
    asked: Definition = row["definition"]
    origin = source(asked.source)
    return {
        "code": asked.code or "",
        "title": asked.title,
        "percent": percent(row["percent"]) if row["percent"] else NO_DATA,
        "reason": row.get("reason") or "",
        "counts": f"{number(row['numerator'])}/{number(row['denominator'])}",
        "formula": asked.formula,
        "basis": document()["bases"][asked.basis]["label"],
        "axis": AXES[asked.axis],
        "source": origin.number or origin.title,
        "doubt": "" if origin.confirmed else "chưa xác nhận từ văn bản gốc",
        "id": f"{asked.id}, bản {asked.version}",
    }
