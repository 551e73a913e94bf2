"""A report of another system beside ours: where it doesn't add up, and where it differs."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.foreign_reports import keep_report
from tthc.db.queries.units import list_names
from tthc.domain.access import Actor
from tthc.domain.foreign import ForeignReport, ForeignRow
from tthc.domain.period import Period
from tthc.domain.vietnamese import bare, spelled_out, spoken
from tthc.rules.layouts import Layout, layout
from tthc.service.figures import Question
from tthc.service.reports import Order, prepare_report
from tthc.service.words import number

COMMITTEE = spelled_out("UBND") + " "


async def import_report(
    connection: AsyncConnection, actor: Actor, report: ForeignReport, period: Period
) -> dict[str, Any]:
    """Keep a report and say what is to be said of it; nothing in it is a reason to reject it."""
    simulated = actor.scope.simulated
    at = clock.now()
    new = await keep_report(
        connection, report, period.name, simulated=simulated, at=at, by=actor.name
    )
    ours = await prepare_report(
        connection, Order(report.layout, period), Question(scope=actor.scope)
    )
    names = await list_names(connection, clock.local_date(at), simulated=simulated)
    asked = layout(report.layout)
    differences, unmatched = _compare(asked, report, ours, _Names(names))
    return {
        "layout": report.layout,
        "period": period.name,
        "file": report.file_name,
        "sha256": report.sha256,
        "already_imported": not new,
        "rows": len(report.rows),
        "unknown_headings": report.unknown,
        "absent_columns": report.absent,
        "broken_identities": broken_identities(asked, report.rows),
        "broken_totals": broken_totals(asked, report.rows),
        "differences": differences,
        "unmatched_rows": unmatched,
        "as_of": ours["as_of"],
        "known_at": ours["known_at"],
    }


def broken_identities(asked: Layout, rows: list[ForeignRow]) -> list[dict[str, Any]]:
    """Where a row's columns don't add up, with what the parts come to and by how much."""
    found = []
    for row in rows:
        for each in asked.identities:
            gap = each.gap(row.values)
            whole = row.values.get(each.whole)
            if gap and whole is not None:
                told = (
                    f"Dòng {row.line} ({row.name}): {asked.write(each)} không đúng: ghi "
                    f"{number(whole)}, các phần cộng lại {number(whole + gap)}, "
                    f"lệch {number(abs(gap))}."
                )
                about = {"line": row.line, "name": row.name, "identity": asked.write(each)}
                found.append(about | {"said": whole, "sum": whole + gap, "gap": gap, "told": told})
    return found


def broken_totals(asked: Layout, rows: list[ForeignRow]) -> list[dict[str, Any]]:
    """Columns whose total isn't the sum of the units' rows; not told where rows are nested."""
    totals = [row for row in rows if row.kind == "total"]
    units = [row for row in rows if row.kind == "unit"]
    if len(totals) != 1 or not units or any(row.kind == "subtotal" for row in rows):
        return []
    found = []
    for each in asked.columns:
        said = totals[0].values.get(each.key)
        parts = [row.values.get(each.key) for row in units]
        known = [part for part in parts if part is not None]
        if said is None or len(known) < len(parts) or sum(known) == said:
            continue
        told = (
            f"Cột {each.label}: dòng tổng ghi {number(said)}, các đơn vị cộng lại "
            f"{number(sum(known))}, lệch {number(abs(sum(known) - said))}."
        )
        found.append({"column": each.key, "said": said, "sum": sum(known), "told": told})
    return found


class _Names:
    """Units by the ways in which their names are written; only where one unit can be meant."""

    def __init__(self, names: list[tuple[str, str, str | None]]) -> None:
        self.known: dict[str, set[str]] = {}
        for code, name, parent in names:
            full = [name, *([f"{name} {parent}"] if parent else [])]
            for text in full:
                for way in (spoken, bare):
                    self.known.setdefault(way(_short(text)), set()).add(code)

    def find(self, name: str) -> str | None:
        for way in (spoken, bare):
            codes = self.known.get(way(_short(name)), set())
            if codes:
                return next(iter(codes)) if len(codes) == 1 else None
        return None


def _short(name: str) -> str:
    """A name without “ủy ban nhân dân”, which sheets write or leave out."""
    return " ".join(f"{spelled_out(name)} ".replace(COMMITTEE, "").split())


def _compare(
    asked: Layout, report: ForeignReport, ours: dict[str, Any], names: _Names
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Where a row says another number than ours, by unit and column; and whom we don't know."""
    by_code = {row["code"]: row["values"] for row in ours["rows"]}
    nothing = {
        key: {"count": 0} for key, cell in ours["total"].items() if cell["count"] is not None
    }
    differences, unmatched = [], []
    for row in report.rows:
        if row.kind in ("of_which", "subtotal"):
            continue
        code = None if row.kind == "total" else names.find(row.name)
        if code is None and row.kind == "unit":
            unmatched.append({"line": row.line, "name": row.name})
            continue
        values = ours["total"] if code is None else by_code.get(code, nothing)
        for each in asked.columns:
            said, own = row.values.get(each.key), values.get(each.key, {}).get("count")
            if said is None or own is None or said == own:
                continue
            told = (
                f"{row.name}, cột {asked.number(each.key)} {each.label}: tệp ghi {number(said)}, "
                f"sổ có {number(own)}."
            )
            about = {"line": row.line, "name": row.name, "unit": code, "column": each.key}
            about |= {"number": asked.number(each.key), "label": each.label}
            opens = values[each.key].get("cases_url")
            found = {"theirs": said, "ours": own, "told": told}
            differences.append(about | found | ({"cases_url": opens} if opens else {}))
    return differences, unmatched
