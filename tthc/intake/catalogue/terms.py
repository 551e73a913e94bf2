"""Terms that a decision sets: the law's own, or a province's shorter commitment."""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.catalogue import load_procedures, load_terms, load_units
from tthc.domain.catalog import in_force
from tthc.intake.catalogue import terms_sql as sql
from tthc.intake.catalogue.cut import UNIT_LABELS, longer_than, plain, shorten
from tthc.intake.catalogue.plan import Plan, read_rows
from tthc.intake.catalogue.sheet import SheetRow
from tthc.intake.catalogue.term_rows import COMMITTED, STATUTORY, TermFacts, TermRow, read_limit
from tthc.intake.catalogue.timeline import Key, Step, Timeline, UnplaceableError, Version


@dataclass
class TermPlan(Plan[TermFacts]):
    """`case_kinds`: name and first day of those that the annex introduces."""

    case_kinds: dict[tuple[str, str], tuple[str, date]] = field(default_factory=dict)


class Known(NamedTuple):
    """What rows may refer to, with its validity."""

    procedures: dict[str, list[tuple[date | None, date | None]]]
    units: dict[str, list[tuple[date | None, date | None]]]
    case_kinds: dict[str, list[tuple[date | None, date | None]]]


async def plan_terms(
    connection: AsyncConnection, rows: list[SheetRow], decided_on: date, _number: str
) -> TermPlan:
    """What the rows would do to the terms."""
    known = await _load_known(connection)
    timeline = Timeline(await _load(connection))
    plan = TermPlan()
    read = read_rows(rows, plan.rejects, lambda row, bad: read_limit(row, bad, decided_on))
    named = {(row.key, row.start) for row in read if not row.ends}
    # endings first; the law before the commitments that cut it
    for row in sorted(read, key=lambda row: (not row.ends, row.key[1] == COMMITTED)):
        try:
            _check(known, plan, row)
            steps = _place(timeline, row, named)
        except UnplaceableError as reason:
            plan.rejects[row.line] = [f"thủ tục {row.key[0]}: {reason}"]
            continue
        plan.steps += steps
        if row.case_kind_name and row.key[2]:
            plan.case_kinds.setdefault(
                (str(row.key[0]), row.key[2]), (row.case_kind_name, row.start)
            )
    return plan


async def carry_out(connection: AsyncConnection, plan: Plan[TermFacts], source: str) -> None:
    """Write the versions of a plan, and the case kinds that they introduce."""
    for step in plan.steps:
        if step.before is not None and step.act in ("changed", "ended"):
            await connection.execute(
                text(sql.END),
                {
                    **dict(zip(sql.KEY, step.key, strict=True)),
                    "valid_from": step.before.valid_from,
                    "on": step.on,
                    "source": source,
                },
            )
        if step.after is not None and step.act in ("added", "changed"):
            await _begin(connection, step.key, step.after, source)
    kinds = plan.case_kinds if isinstance(plan, TermPlan) else {}
    for (procedure, code), (name, start) in kinds.items():
        await connection.execute(
            text(sql.NEW_CASE_KIND),
            {
                "procedure_code": procedure,
                "code": code,
                "name": name,
                "valid_from": start,
                "source": source,
            },
        )


def _check(known: Known, plan: TermPlan, row: TermRow) -> None:
    """What a row refers to must be there on its date."""
    procedure, _, kind, _, _, committed_by = row.key
    on = f"{row.start:%d/%m/%Y}"
    if not _holds(known.procedures.get(str(procedure)), row):
        raise UnplaceableError(f"không có thủ tục mã này có hiệu lực ngày {on}")
    if committed_by and not _holds(known.units.get(committed_by), row):
        raise UnplaceableError(f"đơn vị cam kết “{committed_by}” không có hiệu lực ngày {on}")
    if kind and not row.ends:
        held = _holds(known.case_kinds.get(f"{procedure}/{kind}"), row)
        if not held and not row.case_kind_name and (procedure, kind) not in plan.case_kinds:
            raise UnplaceableError(f"trường hợp “{kind}” chưa có: hãy ghi thêm case_kind_name")


def _holds(versions: list[tuple[date | None, date | None]] | None, row: TermRow) -> bool:
    return row.ends or any(in_force(*version, row.start) for version in versions or ())


def _place(
    timeline: Timeline[TermFacts], row: TermRow, named: AbstractSet[tuple[Key, date]]
) -> list[Step[TermFacts]]:
    if row.ends:
        return [timeline.end(row.line, row.key, row.start)]
    law = _law(timeline, row) if row.key[1] == COMMITTED else {}
    brought = _cut(law, row, row.cut) if row.cut is not None else {row.key: row.facts}
    facts = row.facts
    if facts.amount is not None and facts.unit is not None:
        allowed = longer_than(facts.amount, facts.unit, ((t.amount, t.unit) for t in law.values()))
        if allowed is not None:
            raise UnplaceableError(
                f"cam kết {facts} dài hơn thời hạn luật định {plain(allowed)} "
                f"{UNIT_LABELS[facts.unit]}"
            )
    for key, term in brought.items():
        timeline.check(key, term, row.start)
    replaced = [
        timeline.end(row.line, key, row.start)
        for key in _narrower(timeline, row)
        if key not in brought and (key, row.start) not in named
    ]
    return [
        *replaced,
        *(timeline.put(row.line, key, term, row.start, row.end) for key, term in brought.items()),
    ]


def _narrower(timeline: Timeline[TermFacts], row: TermRow) -> list[Key]:
    """Earlier terms for some levels or channels only, in the place of which a wider one comes.

    Case kinds keep their own: a term for all of them is not a term for each.
    """
    found = []
    for key in timeline.keys_of(str(row.key[0])):
        version = timeline.at(key, row.start)
        alike = (key[1], key[2], key[5]) == (row.key[1], row.key[2], row.key[5])
        within = all(ours in (None, its) for ours, its in zip(row.key[3:5], key[3:5], strict=True))
        if version is not None and version.valid_from != row.start and alike and within:
            found.append(key)
    return found


def _cut(law: dict[Key, TermFacts], row: TermRow, percent: Decimal) -> dict[Key, TermFacts]:
    """The commitments that cut the law's terms by a percentage."""
    if not law:
        raise UnplaceableError("chưa có thời hạn luật định nào để cắt giảm")
    found = {}
    for key, term in law.items():
        read = shorten(term.amount, term.unit, percent)
        published = f"cắt giảm {plain(percent)} % của {term.published}"
        cutoff = row.facts.cutoff or term.cutoff
        found[key] = TermFacts(read.amount, read.unit, cutoff, read.problem, published)
    return found


def _law(timeline: Timeline[TermFacts], row: TermRow) -> dict[Key, TermFacts]:
    """The law's terms that a commitment concerns, by the key that it takes in their place."""
    procedure, _, *narrow, committed_by = row.key
    found: dict[Key, tuple[int, TermFacts]] = {}
    for key in timeline.keys_of(str(procedure)):
        term = timeline.at(key, row.start)
        if key[1] != STATUTORY or term is None:
            continue
        pairs = list(zip(narrow, key[2:5], strict=True))
        if any(ours and theirs and ours != theirs for ours, theirs in pairs):
            continue
        taken = (procedure, COMMITTED, *(ours or theirs for ours, theirs in pairs), committed_by)
        narrowness = sum(theirs is not None for _, theirs in pairs)
        if taken not in found or found[taken][0] < narrowness:
            found[taken] = (narrowness, term.facts)
    return {key: facts for key, (_, facts) in found.items()}


async def _load(connection: AsyncConnection) -> dict[Key, list[Version[TermFacts]]]:
    found: dict[Key, list[Version[TermFacts]]] = defaultdict(list)
    for terms in (await load_terms(connection)).values():
        for t in terms:
            key = (t.procedure_code, t.basis, t.case_kind, t.level, t.channel, t.committed_by)
            facts = TermFacts(t.amount, t.unit, t.cutoff, t.problem, t.published)
            found[key].append(Version(t.id, t.valid_from, t.valid_to, facts))
    return dict(found)


async def _load_known(connection: AsyncConnection) -> Known:
    known = Known(defaultdict(list), defaultdict(list), defaultdict(list))
    for procedure in await load_procedures(connection):
        known.procedures[procedure.code].append((procedure.valid_from, procedure.valid_to))
    for unit in await load_units(connection):
        known.units[unit.code].append((unit.valid_from, unit.valid_to))
    for row in await connection.execute(text(sql.CASE_KINDS)):
        known.case_kinds[f"{row.procedure_code}/{row.code}"].append((row.valid_from, row.valid_to))
    return known


async def _begin(
    connection: AsyncConnection, key: Key, version: Version[TermFacts], source: str
) -> None:
    facts = version.facts
    await connection.execute(
        text(sql.BEGIN),
        {
            **dict(zip(sql.KEY, key, strict=True)),
            "amount": facts.amount,
            "unit": facts.unit,
            "cutoff": facts.cutoff,
            "published": facts.published,
            "confirmed": facts.problem is None,
            "problem": facts.problem,
            "valid_from": version.valid_from,
            "valid_to": version.valid_to,
            "source": source,
        },
    )
