"""Bringing a decision's annex into the catalogue: dated, sourced versions, nothing overwritten."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.errors import InputError
from tthc.intake.catalogue import procedures, term_rows, terms, unit_rows, units
from tthc.intake.catalogue.plan import Plan
from tthc.intake.catalogue.sheet import SheetRow, read_sheet
from tthc.intake.catalogue.terms_sql import OPEN_CASES

LONGEST_NUMBER = 100


class Annex(NamedTuple):
    """A kind of annex: its columns, how its rows are planned, and how the plan is carried out."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    plan: Callable[[AsyncConnection, list[SheetRow], date, str], Awaitable[Plan[Any]]]
    carry_out: Callable[[AsyncConnection, Plan[Any], str], Awaitable[None]]


ANNEXES = {
    "units": Annex(unit_rows.REQUIRED, unit_rows.OPTIONAL, units.plan_units, units.carry_out),
    "procedures": Annex(
        procedures.REQUIRED, procedures.OPTIONAL, procedures.plan_procedures, procedures.carry_out
    ),
    "terms": Annex(term_rows.REQUIRED, term_rows.OPTIONAL, terms.plan_terms, terms.carry_out),
}


@dataclass
class CatalogueReport:
    """What a decision's annex did, or would do, row by row.

    `open_cases` are the real ones of procedures whose terms change; by law they keep the terms of
    the day of their receipt, so `cases_moved` is always 0.
    """

    added: int = 0
    changed: int = 0
    ended: int = 0
    unconfirmed: int = 0
    rejected: int = 0
    unchanged: int = 0
    open_cases: int = 0
    cases_moved: int = 0
    dry_run: bool = False
    details: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[dict[str, Any]] = field(default_factory=list)


async def import_catalogue(
    connection: AsyncConnection,
    annex_kind: str,
    path: Path,
    *,
    decision: str,
    decided_on: date,
    dry_run: bool = False,
) -> CatalogueReport:
    """Import an annex (`units`, `procedures` or `terms`) in the caller's transaction.

    `decided_on` is the date of the decision, and of its effect where a row names no other. With
    `dry_run` everything is tried and undone. Raises InputError where the file is none.
    """
    number = " ".join(decision.split())
    if not number or len(number) > LONGEST_NUMBER:
        raise InputError("Số quyết định không được trống hay dài quá 100 ký tự.")
    annex = ANNEXES[annex_kind]
    rows = read_sheet(path, annex.required, annex.optional)
    await connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tthc.reference'))"))
    plan = await annex.plan(connection, rows, decided_on, number)
    trial = await connection.begin_nested()
    if any(step.act != "unchanged" for step in plan.steps):
        await annex.carry_out(connection, plan, await _cite(connection, number, decided_on))
    if dry_run:
        await trial.rollback()
    else:
        await trial.commit()
    report = _report(plan, dry_run=dry_run)
    if annex_kind == "terms":
        codes = sorted({str(step.key[0]) for step in plan.steps if step.act != "unchanged"})
        report.open_cases = await connection.scalar(text(OPEN_CASES), {"codes": codes}) or 0
    return report


async def _cite(connection: AsyncConnection, number: str, decided_on: date) -> str:
    """The id of the decision among the sources."""
    source = f"decision:{number}@{decided_on}"
    await connection.execute(
        text(
            "INSERT INTO sources (id, title, number, decided_on, confirmed)"
            " VALUES (:id, :title, :number, :decided_on, true) ON CONFLICT (id) DO NOTHING"
        ),
        {
            "id": source,
            "title": f"Quyết định {number} ngày {decided_on:%d/%m/%Y}",
            "number": number,
            "decided_on": decided_on,
        },
    )
    return source


def _report(plan: Plan[Any], *, dry_run: bool) -> CatalogueReport:
    report = CatalogueReport(dry_run=dry_run)
    for step in plan.steps:
        setattr(report, step.act, getattr(report, step.act) + 1)
        if step.act == "unchanged":
            continue
        after = step.after.facts if step.after else None
        problem = getattr(after, "problem", None)
        report.unconfirmed += problem is not None
        report.details.append(
            {
                "line": step.line,
                "act": step.act,
                "key": " · ".join(part for part in step.key if part),
                "on": step.on,
                "before": str(step.before.facts) if step.before else None,
                "after": str(after) if after else None,
                "problem": problem,
            }
        )
    report.rejects = [
        {"line": line, "reasons": reasons} for line, reasons in sorted(plan.rejects.items())
    ]
    report.rejected = len(report.rejects)
    return report
