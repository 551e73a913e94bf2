"""What changed in a period between two cut-offs: by unit and figure, case by case."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.queries.nights import night_knowledge
from tthc.db.verdicts import case_verdicts, differences
from tthc.domain.access import Scope
from tthc.domain.errors import InputError
from tthc.domain.period import Period
from tthc.rules.definitions import definition, definition_set, definitions
from tthc.rules.frozen import LETTER, FrozenSet
from tthc.rules.predicates import partition_counts, predicate
from tthc.service.differences import tell_difference
from tthc.service.figures import cut_offs
from tthc.service.publishing import find_version

Document = dict[str, Any]
A_DAY = timedelta(days=1)
PUBLISHED: Literal["published"] = "published"
Since = datetime | Literal["published"]


def read_since(text: str | None) -> Since | None:
    """An instant or date to compare with, or `published`: the last publication of the period."""
    if not text:
        return None
    return PUBLISHED if text == PUBLISHED else clock.read_instant(text)


async def show_changes(
    connection: AsyncConnection,
    scope: Scope,
    period: Period,
    names: Sequence[str] = (),
    *,
    since: Since | None = None,
    limit: int = 100,
) -> Document:
    """What changed in a period's figures since the cut-off before: the rates and the letters owed,
    or the definitions named (each under its own due basis and policy).

    Compared are the two last nights; without a night now and a day before. `since` is a cut-off
    of one's own instead of the night before, as it was known then; since a publication, what it
    was published from is compared with what is known now of the same instant. For each
    definition: by how much its two counts move, how many cases came, went or changed, in all and
    by unit; and the first `limit` cases with where they stood, where they stand, and the acts
    recorded meanwhile. A case
    that changed without an act passed a date. Raises InputError for an unknown definition,
    NotFoundError for a period that was never published.
    """
    before, after = await _compared(connection, scope, period, since)
    frozen = _frozen(tuple(names) or usual_definitions())
    cases = await differences(
        connection,
        case_verdicts(scope, frozen, period, before),
        case_verdicts(scope, frozen, period, after),
    )
    between = before.known_at, after.known_at
    told = await tell_difference(connection, frozen, frozen, cases, between, limit)
    told.pop("known_at")
    return {
        "period": period.name,
        "world": "simulated" if scope.simulated else "real",
        "before": cut_offs(before),
        "after": cut_offs(after),
        **told,
    }


def usual_definitions() -> tuple[str, ...]:
    """The five rates and the letters owed."""
    rates = [name for name, each in definitions().items() if each.code]
    return (*rates, "letters/overdue_without")


async def _compared(
    connection: AsyncConnection, scope: Scope, period: Period, since: Since | None
) -> tuple[Knowledge, Knowledge]:
    """The cut-offs before and after."""
    now = clock.now()
    if since == PUBLISHED:
        last = await find_version(connection, period, None, simulated=scope.simulated)
        return last.knowledge, Knowledge(last.as_of, max(now, last.known_at))
    after = await night_knowledge(scope, connection) or Knowledge(now, now)
    return await _before(connection, scope, after, since), after


async def _before(
    connection: AsyncConnection, scope: Scope, after: Knowledge, since: datetime | None
) -> Knowledge:
    if since is not None:
        if since >= after.as_of:
            raise InputError("Mốc so sánh phải trước thời điểm của số liệu: hãy chọn mốc sớm hơn.")
        return Knowledge(since, since)
    night = await night_knowledge(scope, connection, before=after.as_of)
    return night or Knowledge(after.as_of - A_DAY, min(after.as_of, after.known_at - A_DAY))


@cache
def _frozen(names: tuple[str, ...]) -> FrozenSet:
    """The verdicts to compare: of these definitions, and where a case stands."""
    chosen = [definition(name) for name in names]
    _, counted = definition_set(chosen)
    beside = [*partition_counts().values(), predicate(LETTER)]
    texts = tuple(dict.fromkeys((*counted, *(each.text for each in beside))))
    return FrozenSet(texts, len(counted), (), tuple((each.id, each.version) for each in chosen))
