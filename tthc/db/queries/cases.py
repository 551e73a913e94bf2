"""Lists of cases: the same conditions as the figures', as rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge, is_untouched
from tthc.db.queries.narrowing import ANY, Narrowing
from tthc.db.queries.selection import Selection, count_cases, list_page
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules import predicates


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
    narrowing: Narrowing = ANY,
) -> tuple[int, list[dict[str, Any]]]:
    """How many cases meet all conditions, and the next of them by the oldest due date."""
    selection = Selection(
        *(conditions, knowledge, period, axis),
        narrowing=narrowing,
        untouched=await is_untouched(connection, knowledge),
    )
    total = await count_cases(scope, connection, selection)
    return total, await list_page(scope, connection, selection, limit=limit, after=after)
