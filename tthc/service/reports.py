"""Reports in official layouts: every figure is a condition's count, and opens as its cases."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.catalogue import unit_by_code
from tthc.db.facts import Knowledge
from tthc.db.queries.figures import count_conditions
from tthc.db.queries.units import name_units
from tthc.domain.errors import InputError
from tthc.domain.letterhead import authority_name
from tthc.domain.period import Period
from tthc.rules.layouts import Layout, layout
from tthc.rules.predicates import Predicate
from tthc.rules.sources import source
from tthc.service.figures import Question, cut_offs, scope_of, world_of

ROWS = {"unit": "unit_id", "sector": "sector"}
BY_SECTOR = "Lĩnh vực"


@dataclass(frozen=True, slots=True)
class Order:
    """Which report: its layout, of which period, one row for each unit or sector, under which
    mapping of the layout.
    """

    layout: str
    period: Period
    by: str = "unit"
    mapping: str | None = None

    def __post_init__(self) -> None:
        if self.by not in ROWS:
            raise InputError(f"Không chia báo cáo theo “{self.by}”; chọn: {', '.join(ROWS)}.")


async def prepare_report(
    connection: AsyncConnection, order: Order, question: Question
) -> dict[str, Any]:
    """A report as a document; the total counts cases of its own, it is no sum of the rows.

    Raises InputError or NotFoundError.
    """
    asked, period = layout(order.layout), order.period
    conditions = asked.conditions(order.mapping)
    knowledge = question.knowledge(period)
    scope = await scope_of(connection, question, knowledge)
    by = ROWS[order.by]
    counted = await count_conditions(scope, connection, conditions, period, knowledge, (by,))
    (whole,) = await count_conditions(scope, connection, conditions, period, knowledge, ())
    names = await name_units(connection, [row[by] for row in counted] if by == "unit_id" else [])
    told = cut_offs(knowledge)
    links = {"period": period.name, **told}
    rows = []
    for row in counted:
        unit = names.get(row[by])
        about = {"name": unit["name"] if unit else row[by], "code": unit and unit["code"]}
        opens = {"unit": unit["address"], "own": "true"} if unit else {"sector": row[by]}
        if not unit and question.unit:
            opens["unit"] = question.unit
        rows.append(about | {"values": _values(asked, conditions, row, links | opens)})
    rows.sort(key=lambda row: (row["code"] or "", row["name"]))
    within = {"unit": question.unit} if question.unit else {}
    document = {
        "layout": asked.id,
        "version": asked.version,
        "period": {
            "name": period.name,
            "from": period.start.isoformat(),
            "to": period.end.isoformat(),
        },
        "by": order.by,
        "unit": question.unit,
        "mapping": order.mapping,
        **told,
        "world": world_of(question),
        "columns": _describe(asked, order.mapping),
        "rows": rows,
        "total": _values(asked, conditions, whole, links | within),
    }
    return document | {
        "form": asked.form,
        "title": asked.title,
        "source": source(asked.source).title,
        "source_number": source(asked.source).number,
        **await _name(connection, question, knowledge),
        "motto": asked.motto,
        "confirmed": source(asked.source).confirmed,
        "row_heading": asked.row_heading if order.by == "unit" else BY_SECTOR,
        "mapping_label": asked.mappings[order.mapping].label if order.mapping else None,
        "notes": list(asked.notes),
        "identities": _judge(asked, [*(row["values"] for row in rows), document["total"]]),
        "digest": digest_report(document),
        "made_at": clock.now().astimezone(clock.VIETNAM).isoformat(),
    }


async def _name(
    connection: AsyncConnection, question: Question, knowledge: Knowledge
) -> dict[str, str | None]:
    """What the unit that is asked for is called, and the authority that reports for it."""
    if question.unit is None:
        return {"unit_name": None, "authority": None}
    on = clock.local_date(knowledge.as_of)
    found = await unit_by_code(connection, question.unit, on, simulated=question.scope.simulated)
    return {"unit_name": found.name, "authority": authority_name(found.name, found.kind)}


def digest_report(document: dict[str, Any]) -> str:
    """The SHA-256 of what a report counts: layout, period, cut-offs, definitions, every figure."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _values(
    asked: Layout, conditions: dict[str, Predicate], row: dict[str, Any], links: dict[str, str]
) -> dict[str, Any]:
    return {
        each.key: {
            "count": row[each.key],
            "cases_url": "/api/v1/cases?"
            + urlencode({"where": conditions[each.key].name, **links}),
        }
        if each.counts
        else {"count": None, "reason": each.missing}
        for each in asked.columns
    }


def _describe(asked: Layout, mapping: str | None) -> list[dict[str, Any]]:
    mapped = asked.mappings[mapping].columns if mapping else {}
    return [
        {
            "key": each.key,
            "heading": list(each.heading),
            "number": each.number,
            "counts": mapped.get(each.key, each.counts),
            "reason": each.missing,
        }
        for each in asked.columns
    ]


def _judge(asked: Layout, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each identity, and in how many rows it does not hold; None where a column has no data."""
    counts = [{key: cell["count"] for key, cell in row.items()} for row in rows]
    judged = []
    for each in asked.identities:
        gaps = [each.gap(row) for row in counts]
        broken = None if None in gaps else sum(gap != 0 for gap in gaps)
        judged.append({"identity": asked.write(each), "broken_rows": broken})
    return judged
