"""A look at a publication before it is one: the act itself, undone (ADR 64)."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.publications import read_publications
from tthc.domain.access import Actor, Permission, check
from tthc.domain.period import Period
from tthc.rules.periods import period_before, schemes
from tthc.service.published_record import published_figures
from tthc.service.publishing import find_version, publish_period

TRYING = "xem trước"
LEFT_OUT = ("day", "week", "all")  # schemes that nobody publishes by hand
MORE = 2  # months before the last that are offered too


async def preview_publication(
    connection: AsyncConnection, actor: Actor, period: Period
) -> dict[str, Any]:
    """What publishing a period now would freeze: its figures, its checks, how many versions there
    are already. Nothing is kept. Raises what publishing would raise.
    """
    check(actor, Permission.PUBLISH)
    simulated = actor.scope.simulated
    earlier = await read_publications(connection, simulated=simulated, period=period.name)
    trying = await connection.begin_nested()
    try:
        published = await publish_period(connection, actor, period, TRYING if earlier else None)
        kept = await find_version(connection, period, None, simulated=simulated)
        figures = await published_figures(connection, actor.scope, kept, period)
    finally:
        await trying.rollback()
    return {"published": published, "figures": figures, "earlier": len(earlier)}


def offered_periods() -> list[Period]:
    """The periods that are over, the last of each scheme, and the months before."""
    today = clock.local_date(clock.now())
    found = []
    for name, scheme in schemes().items():
        current = None if name in LEFT_OUT else scheme.containing(today)
        before = period_before(current) if current else None
        if before is None or before.end > today:
            continue
        found.append(before)
        for _ in range(MORE if name == "month" else 0):
            before = period_before(before) if before else None
            found += [before] if before else []
    return found
