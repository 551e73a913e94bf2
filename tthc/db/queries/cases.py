"""Lists of cases: the same conditions as the figures', as rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge, facts_sql
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules import predicates

_ITEM = (
    *("id", "code", "procedure_id", "receiving_unit_id", "competent_unit_id", "officer"),
    *("channel", "state", "received_at", "due_at", "due_on", "overdue_at", "resolved_at"),
    *("resolved_on", "letter_number", "letter_issued_at", "letter_sent_at"),
)


async def list_cases(
    scope: Scope,
    connection: AsyncConnection,
    conditions: Sequence[predicates.Predicate],
    knowledge: Knowledge,
    *,
    period: Period | None = None,
    axis: str = "competent",
    limit: int = 50,
    after: tuple[str, int] | None = None,
) -> tuple[int, list[dict[str, Any]]]:
    """How many cases meet all conditions, and the next of them by the oldest due date.

    `after` is the sort key of the last one seen: its due instant as text, and its id. The delay
    is in working days of the newest national calendar: 0 while there is none, None outside it.
    """
    cut = predicates.Cut(knowledge.as_of, period)
    met = " AND ".join(cut.bind(each.text) for each in conditions) or "TRUE"
    columns = frozenset[str]().union(*(each.columns for each in conditions))
    facts = facts_sql(
        scope,
        [*_ITEM, *sorted(columns)],
        knowledge,
        active_since=period.start if period else None,
        axis=axis,
    )
    rows = f"FROM ({facts}) AS f WHERE {met}"
    total = (await connection.exec_driver_sql(f"SELECT count(*) {rows}")).scalar_one()
    key = "coalesce(f.overdue_at, 'infinity')"
    page = f"AND ({key}, f.id) > ($1::text::timestamptz, $2::bigint)" if after else ""
    as_of, today = cut.bind(":as_of"), cut.bind(":as_of_on")
    chosen = await connection.exec_driver_sql(
        f"""
        SELECT f.*, {key}::text AS sort_key, pc.code AS procedure_code, pc.name AS procedure_name,
          ru.code AS receiving_unit, cu.code AS competent_unit, cu.name AS competent_unit_name,
          CASE WHEN coalesce(f.resolved_at, {as_of}) >= f.overdue_at
            THEN done.ordinal - due.ordinal ELSE 0 END AS late_working_days
        FROM (SELECT * {rows} {page} ORDER BY {key}, f.id LIMIT {int(limit)}) AS f
        JOIN procedures pc ON pc.id = f.procedure_id
        JOIN units ru ON ru.id = f.receiving_unit_id
        JOIN units cu ON cu.id = f.competent_unit_id
        LEFT JOIN current_days due ON due.day = f.due_on
        LEFT JOIN current_days done ON done.day = coalesce(f.resolved_on, {today})
        ORDER BY {key}, f.id""",
        after or (),
    )
    return int(total), [dict(row) for row in chosen.mappings()]
