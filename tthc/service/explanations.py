"""What a unit says of its figures of a period (giải trình); of a case it is an act on the case."""

import hashlib
from collections import Counter
from datetime import UTC

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import explanations
from tthc.db.catalogue import unit_by_code
from tthc.db.explanations import Explanation
from tthc.db.json_values import checked
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Permission, check, check_unit
from tthc.domain.lifecycle import required
from tthc.domain.traces import Trace
from tthc.rules.periods import read_period
from tthc.service.acts import Document
from tthc.service.case_document import instant


async def explain_period(
    connection: AsyncConnection, actor: Actor, period: str, *, unit: str, text: str
) -> Document:
    """Attach a unit's explanation to its figures of a period; it changes none of them.

    A trace keeps its digest, so that the chain of traces tells if the words were changed later.
    """
    check(actor, Permission.EXPLAIN_PERIOD)
    now, world = clock.now(), actor.scope.simulated
    found = await unit_by_code(connection, unit, clock.local_date(now), simulated=world)
    check_unit(actor, found.id)
    words = checked(required(text, "nội dung giải trình"))
    said = Explanation(found.id, read_period(period).name, words, actor.name, now)
    number = await explanations.add(connection, said)
    told: dict[str, str | int] = {"unit": found.code, "period": said.period, "digest": digest(said)}
    await leave_trace(connection, Trace(actor.name, "period_explained", world, told))
    return _show(number, found.code, found.name, said)


async def show_explanations(
    connection: AsyncConnection,
    actor: Actor,
    period: str,
    *,
    unit: str | None,
    limit: int,
    cursor: int,
) -> Document:
    """What units in the reader's scope said of a period, the first said at the top; `next_cursor`
    goes on.
    """
    total, rows = await explanations.list_explanations(
        *(actor.scope, connection, read_period(period).name, unit and checked(unit)),
        after=cursor,
        limit=limit + 1,
    )
    items = [row | {"recorded_at": instant(row["recorded_at"])} for row in rows[:limit]]
    following = items[-1]["id"] if len(rows) > limit else None
    return {"total": total, "items": items, "next_cursor": following}


async def find_bent(connection: AsyncConnection) -> str | None:
    """The period of the first one that is not as a trace has it; "" for one that is gone."""
    traced = Counter(await explanations.traced_digests(connection))
    for said in await explanations.all_explanations(connection):
        if not traced[digest(said)]:
            return said.period
        traced[digest(said)] -= 1
    return "" if +traced else None


def digest(said: Explanation) -> str:
    """What a trace keeps of an explanation."""
    parts = (
        str(said.unit_id),
        said.period,
        said.actor,
        said.recorded_at.astimezone(UTC).isoformat(),
        said.text,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _show(number: int, unit: str, name: str, said: Explanation) -> Document:
    return {
        "id": number,
        "unit": unit,
        "unit_name": name,
        "period": said.period,
        "text": said.text,
        "actor": said.actor,
        "recorded_at": instant(said.recorded_at),
    }
