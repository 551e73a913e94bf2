"""What was published, counted: figures, histograms, both sides of an identity."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge
from tthc.db.publications import Publication, published_at
from tthc.db.queries.sheets import Sheet, is_met, lookups_of, stored_counts
from tthc.db.sight import any_of
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.definitions import PROCEDURES, Definition

Sides = tuple[int, int, int]  # left, right, in how many cells they differ
_DISTINCT = text("""
SELECT coalesce(sum(cases), 0)::bigint, (SELECT count(DISTINCT one)
    FROM published_figures p, unnest(p.case_ids) AS one WHERE p.publication_id = :id),
  count(*) FILTER (WHERE cases <> cardinality(case_ids))
FROM published_figures WHERE publication_id = :id
""")

_ACTS = text("""
SELECT case_id, seq, type, effective_at, recorded_at, actor FROM case_events
WHERE case_id = ANY (:cases) AND recorded_at > :after AND recorded_at <= :until
ORDER BY case_id, recorded_at, seq
""")


async def sum_cells(
    connection: AsyncConnection, publication_id: int, left: str, right: str
) -> Sides:
    """Two sums over the cells of a publication; `left` and `right` are expressions of a row."""
    row = await connection.execute(
        text(
            f"SELECT coalesce(sum({left}), 0)::bigint, coalesce(sum({right}), 0)::bigint, "
            f"count(*) FILTER (WHERE {left} <> {right}) "
            "FROM published_figures WHERE publication_id = :id"
        ),
        {"id": publication_id},
    )
    left_sum, right_sum, cells = row.one()
    return int(left_sum), int(right_sum), int(cells)


async def count_distinct(connection: AsyncConnection, publication_id: int) -> Sides:
    """The cases of all cells, the different ones, and the cells that miscount their own list."""
    cases, different, cells = (await connection.execute(_DISTINCT, {"id": publication_id})).one()
    return int(cases), int(different), int(cells)


async def find_published(
    scope: Scope, connection: AsyncConnection, asked: Definition, period: Period, at: Knowledge
) -> Publication | None:
    """The version that answers a question: of this very period, cut-offs and definition.

    Readers of some units are answered by the ledger, which knows what they passed on.
    """
    if scope.unit_ids is not None or asked.of == PROCEDURES or not period.scheme:
        return None
    found = await published_at(connection, period.name, at, simulated=scope.simulated)
    if found is None or (asked.id, asked.version) not in found.frozen.definitions:
        return None
    known = {*found.frozen.texts, *(days for _, days in found.frozen.spreads), None}
    return found if {*asked.texts, asked.days} <= known else None


async def count_published(
    scope: Scope,
    connection: AsyncConnection,
    publication: Publication,
    asked: Definition,
    by: Sequence[str],
) -> list[dict[str, Any]]:
    """Rows of dimensions with `denominator`, `numerator` and, where it matters, `known`."""
    texts = {"denominator": asked.population, "numerator": asked.counted}
    if asked.needs:
        texts["known"] = asked.needs
    return await stored_counts(scope, connection, _sheet(publication, asked.axis), texts, by)


async def count_kinds(
    connection: AsyncConnection, publication: Publication, axis: str, texts: Sequence[str]
) -> dict[int, dict[tuple[bool, ...], int]]:
    """For each unit how many cases met just these of the condition texts, where they met any."""
    sheet = _sheet(publication, axis)
    met = ", ".join(is_met(sheet, each) for each in texts)
    found = await connection.execute(
        text(
            f"SELECT f.{axis}_unit_id AS unit_id, ARRAY[{met}] AS kind, "
            "sum(f.cases)::bigint AS cases FROM published_figures f "
            "WHERE f.publication_id = :id GROUP BY 1, 2 ORDER BY 1, 2"
        ),
        {"id": publication.id},
    )
    units: dict[int, dict[tuple[bool, ...], int]] = {}
    for row in found:
        if any(row.kind):
            units.setdefault(row.unit_id, {})[tuple(row.kind)] = row.cases
    return units


async def lay_out_published(
    scope: Scope,
    connection: AsyncConnection,
    publication: Publication,
    asked: Definition,
    by: Sequence[str],
) -> list[dict[str, Any]]:
    """Rows of dimensions and `days` with how many `cases` took so many working days."""
    assert asked.days is not None
    sheet = _sheet(publication, asked.axis)
    place = publication.frozen.spreads.index((asked.counted, asked.days)) + 1
    lookups = lookups_of(scope, sheet, by)
    values = [f"{value} AS {name}" for name, (_, value) in zip(by, lookups, strict=True)]
    values.append(f"f.days[{place}] AS days")
    order = ", ".join(str(number) for number in range(1, len(values) + 1))
    units = ""
    if scope.asked_unit_ids is not None:
        units = f"AND f.{asked.axis}_unit_id = {any_of(scope.asked_unit_ids)}"
    found = await connection.execute(
        text(
            f"SELECT {', '.join(values)}, sum(f.cases)::bigint AS cases FROM published_figures f "
            + " ".join(dict.fromkeys(join for join, _ in lookups))
            + f" WHERE f.publication_id = :id AND {is_met(sheet, asked.counted)} {units}"
            f" GROUP BY {order} ORDER BY {order}"
        ),
        {"id": publication.id},
    )
    return [dict(row) for row in found.mappings()]


def _sheet(publication: Publication, axis: str) -> Sheet:
    frozen = publication.frozen
    return Sheet((publication.id,), axis, frozen.texts, frozen.spreads, published=True)


async def acts_between(
    connection: AsyncConnection, case_ids: Sequence[int], after: datetime, until: datetime
) -> list[dict[str, Any]]:
    """What was recorded of cases after an instant, until another, in its order."""
    found = await connection.execute(
        _ACTS, {"cases": list(case_ids), "after": after, "until": until}
    )
    return [dict(row) for row in found.mappings()]
