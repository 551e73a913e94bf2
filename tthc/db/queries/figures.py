"""Counts straight from the ledger: a definition's two, and the partition."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge, facts_sql
from tthc.db.queries.unit_tree import UNITS_NAMED, UNITS_TODAY, units_above
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules import predicates
from tthc.rules.definitions import Definition

# `tree`: a unit counts what is below it too; its row is the sum of its own and its children's
DIMENSIONS = ("unit", "unit_today", "tree", "tree_today", "level", "sector", "procedure", "channel")

# only these columns, as others are named like facts
_PROCEDURES = "(SELECT id, code, sector_id FROM procedures)"
# dimension → the columns of the facts that it needs, the join that it needs, its value
_LOOKUPS = {
    "unit": ("{axis}_unit_id", f"JOIN {UNITS_NAMED} u ON u.id = f.{{axis}}_unit_id", "u.code"),
    "unit_today": (
        "{axis}_unit_id",
        f"JOIN {UNITS_TODAY} ut ON ut.id = f.{{axis}}_unit_id",
        "ut.code",
    ),
    "tree": ("{axis}_unit_id", "JOIN {tree} AS tr ON tr.id = f.{axis}_unit_id", "tr.code"),
    "tree_today": (
        "{axis}_unit_id",
        "JOIN {tree_today} AS tt ON tt.id = f.{axis}_unit_id",
        "tt.code",
    ),
    "level": ("level", "", "f.level"),
    "sector": (
        "procedure_id",
        f"JOIN {_PROCEDURES} ps ON ps.id = f.procedure_id JOIN sectors s ON s.id = ps.sector_id",
        "s.name",
    ),
    "procedure": (
        "procedure_id",
        f"JOIN {_PROCEDURES} pc ON pc.id = f.procedure_id",
        "pc.code",
    ),
    "channel": ("channel", "", "f.channel"),
    # a code may name several units over time
    "unit_id": ("{axis}_unit_id", "", "f.{axis}_unit_id"),
}


async def count_definition(
    scope: Scope,
    connection: AsyncConnection,
    definition: Definition,
    period: Period,
    knowledge: Knowledge,
    by: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Rows of dimensions with `denominator`, `numerator` and, where it matters, `known`."""
    counts = {"denominator": definition.population, "numerator": definition.counted}
    if definition.needs:
        counts["known"] = definition.needs
    cut = predicates.Cut(knowledge.as_of, period)
    asked = {
        name: f"count(*) FILTER (WHERE {cut.bind(condition)})" for name, condition in counts.items()
    }
    return await _count(
        scope,
        connection,
        asked,
        definition.columns,
        knowledge,
        by=by,
        axis=definition.axis,
        period=period,
    )


async def lay_out_days(
    scope: Scope,
    connection: AsyncConnection,
    definition: Definition,
    period: Period,
    knowledge: Knowledge,
    by: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Rows of dimensions and `days` with how many `cases` took so many working days."""
    cut = predicates.Cut(knowledge.as_of, period)
    return await _count(
        scope,
        connection,
        {"cases": f"count(*) FILTER (WHERE {cut.bind(definition.counted)})"},
        definition.columns,
        knowledge,
        by=by,
        axis=definition.axis,
        period=period,
        days=definition.days,
    )


async def count_conditions(
    scope: Scope,
    connection: AsyncConnection,
    conditions: Mapping[str, predicates.Predicate],
    period: Period,
    knowledge: Knowledge,
    by: Sequence[str],
) -> list[dict[str, Any]]:
    """Rows of dimensions, by the competent unit, with a count for each condition by its name."""
    cut = predicates.Cut(knowledge.as_of, period)
    columns = frozenset[str]().union(*(each.columns for each in conditions.values()))
    counts = {
        name: f"count(*) FILTER (WHERE {cut.bind(each.text)})" for name, each in conditions.items()
    }
    return await _count(
        scope, connection, counts, columns, knowledge, by=by, axis="competent", period=period
    )


async def count_partition(
    scope: Scope,
    connection: AsyncConnection,
    knowledge: Knowledge,
    by: Sequence[str] = (),
    *,
    basis: str = "current",
    axis: str = "competent",
) -> list[dict[str, Any]]:
    """Rows of dimensions with a count for each bucket, `total` and the split by letter."""
    chosen = predicates.partition_counts(basis)
    cut = predicates.Cut(knowledge.as_of)
    columns = frozenset[str]().union(*(each.columns for each in chosen.values()))
    counts = {
        name: f"count(*) FILTER (WHERE {cut.bind(each.text)})" for name, each in chosen.items()
    }
    return await _count(scope, connection, counts, columns, knowledge, by=by, axis=axis)


async def _count(
    scope: Scope,
    connection: AsyncConnection,
    counts: dict[str, str],
    columns: Iterable[str],
    knowledge: Knowledge,
    *,
    by: Sequence[str],
    axis: str,
    period: Period | None = None,
    days: str | None = None,
) -> list[dict[str, Any]]:
    """`counts` are aggregates; `days` a number by which to split further."""
    trees = {"tree": units_above(scope), "tree_today": units_above(scope, today=True)}
    lookups = [tuple(part.format(axis=axis, **trees) for part in _LOOKUPS[name]) for name in by]
    facts = facts_sql(
        scope,
        [*sorted(columns), *(needed for needed, _, _ in lookups)],
        knowledge,
        active_since=period.start if period else None,
        axis=axis,
    )
    values = [f"{value} AS {name}" for name, (_, _, value) in zip(by, lookups, strict=True)]
    values += [f"{days} AS days"] if days else []
    counted = [f"{each} AS {name}" for name, each in counts.items()]
    order = ", ".join(str(number) for number in range(1, len(values) + 1))
    sql = (
        f"SELECT {', '.join(values + counted)}\nFROM ({facts}) AS f "
        + " ".join(dict.fromkeys(join for _, join, _ in lookups))
        + (f"\nGROUP BY {order} ORDER BY {order}" if values else "")
    )
    rows = (await connection.exec_driver_sql(sql)).mappings()
    return [dict(row) for row in rows if not values or any(row[name] for name in counts)]
