"""The counts of many definitions at once, unit by unit: what a rubric is scored on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge, facts_sql
from tthc.db.queries.sheets import Sheet, stored_counts
from tthc.db.supposed import Supposition, supposed_sql
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules import predicates
from tthc.rules.definitions import Definition

Rows = list[dict[str, Any]]
PARTS = ("denominator", "numerator", "known")  # as in a definition's texts
# only these columns, as others are named like facts
_PROCEDURES = "(SELECT id, code, sector_id FROM procedures)"
_SPLITS = {
    None: ("", "", ""),
    "sector": (
        "procedure_id",
        f"JOIN {_PROCEDURES} p ON p.id = f.procedure_id JOIN sectors s ON s.id = p.sector_id",
        ", s.name AS part",
    ),
    "procedure": (
        "procedure_id",
        f"JOIN {_PROCEDURES} p ON p.id = f.procedure_id",
        ", p.code AS part",
    ),
}


@dataclass(frozen=True, slots=True)
class Supposed:
    """Suppositions, the cases that they choose by their codes, and another instant to judge at."""

    suppositions: Sequence[Supposition]
    codes: Sequence[str] = ()
    as_of: datetime | None = None


def named_texts(asked: Sequence[Definition]) -> dict[str, str]:
    """The condition texts of definitions by a name for each: denominator_0, numerator_0 …"""
    return {
        f"{part}_{number}": text
        for number, each in enumerate(asked)
        for part, text in zip(PARTS, each.texts, strict=False)
    }


async def count_measures(
    scope: Scope,
    connection: AsyncConnection,
    asked: Sequence[Definition],
    period: Period,
    knowledge: Knowledge,
    *,
    split: str | None = None,
    supposed: Supposed | None = None,
    case_id: int | None = None,
) -> Rows:
    """Rows of `unit_id`, `level`, perhaps `part`, and a count for each of `named_texts`.

    The definitions are of one axis; live from the ledger, in one statement. With `supposed` they
    are counted as they would be; with `case_id` of that case alone.
    """
    axis = asked[0].axis
    needed = frozenset[str]().union(*(each.columns for each in asked))
    columns = [f"{axis}_unit_id", "level", *sorted(needed), *filter(None, [_SPLITS[split][0]])]
    since = period.start
    only = None if case_id is None else f"cases.id = {case_id:d}"
    given: tuple[Any, ...] = ()
    if supposed is None:
        cut = predicates.Cut(knowledge.as_of, period)
        facts = facts_sql(scope, columns, knowledge, active_since=since, only=only, axis=axis)
    else:
        cut = predicates.Cut(supposed.as_of or knowledge.as_of, period)
        facts = supposed_sql(
            *(scope, columns, knowledge, supposed.suppositions),
            active_since=since,
            only=only,
            axis=axis,
        )
        given = (list(supposed.codes),) if supposed.codes else ()
    sql = counting_sql(facts, asked, cut, split)
    return [dict(row) for row in (await connection.exec_driver_sql(sql, given)).mappings()]


def counting_sql(
    facts: str, asked: Sequence[Definition], cut: predicates.Cut, split: str | None
) -> str:
    """Counts over any SELECT of facts, by unit of the definitions' axis and level."""
    _, join, part = _SPLITS[split]
    counts = ", ".join(
        f"count(*) FILTER (WHERE {cut.bind(text)}) AS {name}"
        for name, text in named_texts(asked).items()
    )
    groups = "1, 2, 3" if part else "1, 2"
    return (
        f"SELECT f.{asked[0].axis}_unit_id AS unit_id, f.level{part}, {counts}\n"
        f"FROM ({facts}) AS f {join} GROUP BY {groups}"
    )


async def stored_measures(
    scope: Scope,
    connection: AsyncConnection,
    sheet: Sheet,
    asked: Sequence[Definition],
    *,
    split: str | None = None,
) -> Rows:
    """The same rows out of a night's sheet."""
    by = ("unit_id", "level", *filter(None, [split]))
    rows = await stored_counts(scope, connection, sheet, named_texts(asked), by)
    if split:
        for row in rows:
            row["part"] = row.pop(split)
    return rows
