"""Procedures that a decision publishes, changes or abolishes."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.intake.catalogue.plan import Plan, read_dates, read_rows
from tthc.intake.catalogue.sheet import RowProblems, SheetRow
from tthc.intake.catalogue.timeline import Key, Step, Timeline, UnplaceableError, Version
from tthc.intake.catalogue.words import PROCEDURE_LEVELS, YES_NO, read_word, read_words

REQUIRED = ("code",)
OPTIONAL = ("name", "sector", "levels", "decision", "yields_document", "valid_from", "valid_to")
LONGEST_CODE = 50


@dataclass(frozen=True)
class ProcedureFacts:
    """What a procedure is; a decision that publishes it anew alone changes nothing."""

    name: str
    sector: str
    levels: tuple[str, ...]
    yields_document: bool | None
    decision: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.name} ({self.sector}; {', '.join(self.levels)})"


class ProcedureRow(NamedTuple):
    line: int
    key: Key
    start: date
    end: date | None
    ends: bool
    facts: ProcedureFacts


async def plan_procedures(
    connection: AsyncConnection, rows: list[SheetRow], decided_on: date, number: str
) -> Plan[ProcedureFacts]:
    """What the rows would do to the procedures."""
    timeline = Timeline(await _load(connection))
    plan: Plan[ProcedureFacts] = Plan()
    read = read_rows(rows, plan.rejects, lambda row, bad: _read(row, bad, decided_on, number))
    for row in sorted(read, key=lambda row: not row.ends):
        try:
            plan.steps.append(_place(timeline, row))
        except UnplaceableError as reason:
            plan.rejects[row.line] = [f"thủ tục {row.key[0]}: {reason}"]
    return plan


async def carry_out(connection: AsyncConnection, plan: Plan[ProcedureFacts], source: str) -> None:
    """Write the versions of a plan."""
    for step in plan.steps:
        if step.before is not None and step.act in ("changed", "ended"):
            await connection.execute(
                text(END),
                {
                    "code": step.key[0],
                    "valid_from": step.before.valid_from,
                    "on": step.on,
                    "source": source,
                },
            )
        if step.after is not None and step.act in ("added", "changed"):
            await _begin(connection, step, step.after, source)


def _read(row: SheetRow, problems: RowProblems, decided_on: date, number: str) -> ProcedureRow:
    cells = defaultdict(str, row.cells)
    start, end = read_dates(row, problems, decided_on)
    code = cells["code"]
    if not code or len(code) > LONGEST_CODE or " " in code:
        problems.add("cột code: cần mã thủ tục, không có dấu cách, tối đa 50 ký tự")
    levels = read_words(problems, "levels", cells["levels"], PROCEDURE_LEVELS)
    document = read_word(problems, "yields_document", cells["yields_document"], YES_NO)
    ends = not cells["name"]
    if ends:
        start = end or start
        if end is None:
            problems.add("cần name (thủ tục mới hoặc đổi) hoặc valid_to (thủ tục bị bãi bỏ)")
    elif not problems.reasons and not (cells["sector"] and levels):
        problems.add("thủ tục mới hoặc đổi cần sector và levels")
    facts = ProcedureFacts(
        cells["name"],
        cells["sector"],
        tuple(levels),
        None if document is None else document == "yes",
        cells["decision"] or number,
    )
    return ProcedureRow(row.line, (code,), start, None if ends else end, ends, facts)


def _place(timeline: Timeline[ProcedureFacts], row: ProcedureRow) -> Step[ProcedureFacts]:
    if row.ends:
        return timeline.end(row.line, row.key, row.start)
    facts = row.facts
    current = timeline.at(row.key, row.start)
    if facts.yields_document is None and current is not None:  # a blank cell says nothing
        facts = ProcedureFacts(
            facts.name, facts.sector, facts.levels, current.facts.yields_document, facts.decision
        )
    return timeline.put(row.line, row.key, facts, row.start, row.end)


async def _load(
    connection: AsyncConnection,
) -> dict[Key, list[Version[ProcedureFacts]]]:
    found: dict[Key, list[Version[ProcedureFacts]]] = defaultdict(list)
    for row in await connection.execute(text(LOAD)):
        levels = tuple(level for level in PROCEDURE_LEVELS if level in row.levels)
        facts = ProcedureFacts(row.name, row.sector, levels, row.yields_document, row.decision)
        found[row.code,].append(Version(row.id, row.valid_from, row.valid_to, facts))
    return dict(found)


async def _begin(
    connection: AsyncConnection,
    step: Step[ProcedureFacts],
    version: Version[ProcedureFacts],
    source: str,
) -> None:
    facts = version.facts
    await connection.execute(text(NEW_SECTOR), {"sector": facts.sector})
    await connection.execute(
        text(BEGIN),
        {
            "code": step.key[0],
            "name": facts.name,
            "sector": facts.sector,
            "levels": list(facts.levels),
            "decision": facts.decision,
            "yields_document": facts.yields_document,
            "valid_from": version.valid_from,
            "valid_to": version.valid_to,
            "source": source,
        },
    )


LOAD = """
SELECT p.id, p.code, p.name, s.name AS sector, p.levels, p.yields_document, p.decision,
       p.valid_from, p.valid_to
FROM procedures p JOIN sectors s ON s.id = p.sector_id
"""
END = """
UPDATE procedures SET valid_to = :on, ended_by = :source
WHERE code = :code AND valid_from IS NOT DISTINCT FROM CAST(:valid_from AS date)
"""
NEW_SECTOR = "INSERT INTO sectors (name) VALUES (:sector) ON CONFLICT (name) DO NOTHING"
BEGIN = """
INSERT INTO procedures
  (code, name, sector_id, levels, decision, yields_document, valid_from, valid_to, source_id)
SELECT CAST(:code AS text), CAST(:name AS text), id, CAST(:levels AS text[]),
       CAST(:decision AS text), CAST(:yields_document AS boolean),
       CAST(:valid_from AS date), CAST(:valid_to AS date), :source
FROM sectors WHERE name = :sector
"""
