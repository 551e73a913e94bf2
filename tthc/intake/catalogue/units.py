"""Units that a decision creates, renames, moves or ends, with those that inherit them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.catalog import in_force
from tthc.intake.catalogue import units_sql as sql
from tthc.intake.catalogue.plan import Plan, read_rows
from tthc.intake.catalogue.sheet import SheetRow
from tthc.intake.catalogue.timeline import Key, Step, Timeline, UnplaceableError, Version
from tthc.intake.catalogue.unit_rows import UnitFacts, UnitRow, in_order, read_unit
from tthc.intake.catalogue.words import LEVELS

NAMED = 3  # children named in a refusal


@dataclass
class UnitPlan(Plan[UnitFacts]):
    """`heirs`: the codes that inherit the unit of a line."""

    heirs: dict[int, tuple[str, ...]] = field(default_factory=dict)


Units = dict[Key, list[Version[UnitFacts]]]


async def plan_units(
    connection: AsyncConnection, rows: list[SheetRow], decided_on: date, _number: str
) -> UnitPlan:
    """What the rows would do to the units of the real world."""
    units = await _load(connection)
    rejects: dict[int, list[str]] = {}
    read = read_rows(rows, rejects, lambda row, problems: read_unit(row, problems, decided_on))
    while True:  # a row refused may leave another without its parent or heir
        plan, refused = _try(units, [row for row in read if row.line not in rejects])
        rejects |= refused
        if not refused:
            plan.rejects = rejects
            return plan


async def carry_out(connection: AsyncConnection, plan: Plan[UnitFacts], source: str) -> None:
    """Write the versions and the lineage of a plan."""
    for step in plan.steps:
        if step.before is not None and step.act in ("changed", "ended"):
            await connection.execute(
                text(sql.END),
                {
                    "code": step.key[0],
                    "valid_from": step.before.valid_from,
                    "on": step.on,
                    "source": source,
                },
            )
        if step.after is not None and step.act in ("added", "changed"):
            await _begin(connection, step.key[0], step.after, source)
    heirs = plan.heirs if isinstance(plan, UnitPlan) else {}
    for step in plan.steps:
        inheriting = heirs.get(step.line, ())
        for heir in inheriting:
            await connection.execute(
                text(sql.INHERIT),
                {
                    "old": step.key[0],
                    "new": heir,
                    "on": step.on,
                    "divided": len(inheriting) > 1,
                    "source": source,
                },
            )


def _try(units: Units, rows: list[UnitRow]) -> tuple[UnitPlan, dict[int, list[str]]]:
    """A plan of all rows, and what stands against some of them."""
    timeline = Timeline(units)
    plan = UnitPlan()
    ordered, circle = in_order(rows)
    refused = {row.line: ["các đơn vị này là cấp trên của nhau"] for row in circle}
    for row in ordered:
        try:
            step = (
                timeline.end(row.line, row.key, row.start)
                if row.ends
                else timeline.put(row.line, row.key, _facts(timeline, row), row.start, row.end)
            )
        except UnplaceableError as reason:
            refused[row.line] = [f"đơn vị {row.key[0]}: {reason}"]
            continue
        plan.steps.append(step)
        own = (str(row.key[0]),) if step.act == "changed" else ()
        if step.act in ("changed", "ended"):
            plan.heirs[row.line] = tuple(dict.fromkeys((*own, *row.successors)))
    children = _children(units)
    for step in plan.steps:
        reasons = [
            *_left_behind(timeline, children, step),
            *(
                f"đơn vị kế thừa “{heir}” không có hiệu lực ngày {step.on:%d/%m/%Y}"
                for heir in plan.heirs.get(step.line, ())
                if timeline.at((heir,), step.on) is None
            ),
        ]
        if reasons:
            refused[step.line] = reasons
    return plan, refused


def _facts(timeline: Timeline[UnitFacts], row: UnitRow) -> UnitFacts:
    parent = None
    if row.parent is not None:
        above = timeline.at((row.parent,), row.start)
        if above is None:
            raise UnplaceableError(
                f"đơn vị cấp trên “{row.parent}” không có hiệu lực ngày {row.start:%d/%m/%Y}"
            )
        if list(LEVELS).index(above.facts.level) > list(LEVELS).index(row.level):
            raise UnplaceableError(f"đơn vị cấp trên “{row.parent}” lại ở cấp thấp hơn")
        parent = (row.parent, above.valid_from)
    return UnitFacts(row.name, row.kind, row.level, parent, row.note)


def _children(units: Units) -> dict[tuple[str, date | None], list[tuple[Key, int | None]]]:
    children = defaultdict(list)
    for key, versions in units.items():
        for version in versions:
            if version.facts.parent is not None:
                children[version.facts.parent].append((key, version.id))
    return children


def _left_behind(
    timeline: Timeline[UnitFacts],
    children: dict[tuple[str, date | None], list[tuple[Key, int | None]]],
    step: Step[UnitFacts],
) -> list[str]:
    """Units that would stay under a version that has ended."""
    if step.before is None or step.act == "unchanged":
        return []
    left = sorted(
        str(key[0])
        for key, version_id in children[str(step.key[0]), step.before.valid_from]
        for version in timeline.of(key)
        if version.id == version_id and in_force(version.valid_from, version.valid_to, step.on)
    )
    if not left:
        return []
    named = ", ".join([*left[:NAMED], *(["…"] if len(left) > NAMED else [])])
    reason = f"còn {len(left)} đơn vị trực thuộc ({named}): hãy nêu cả chúng trong tệp này"
    return [reason]


async def _load(connection: AsyncConnection) -> Units:
    units: Units = defaultdict(list)
    for row in await connection.execute(text(sql.LOAD)):
        parent = (row.parent, row.parent_from) if row.parent is not None else None
        facts = UnitFacts(row.name, row.kind, row.level, parent)
        units[row.code,].append(Version(row.id, row.valid_from, row.valid_to, facts))
    return dict(units)


async def _begin(
    connection: AsyncConnection, code: str | None, version: Version[UnitFacts], source: str
) -> None:
    facts = version.facts
    parent, parent_from = facts.parent or (None, None)
    await connection.execute(
        text(sql.BEGIN),
        {
            "code": code,
            "name": facts.name,
            "kind": facts.kind,
            "level": facts.level,
            "parent": parent,
            "parent_from": parent_from,
            "valid_from": version.valid_from,
            "valid_to": version.valid_to,
            "source": source,
            "note": facts.note,
        },
    )
