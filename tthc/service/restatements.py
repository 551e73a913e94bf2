"""What is known of a published period since: case by case, with the acts that told of it."""

from itertools import pairwise
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.queries.units import sees_whole_world
from tthc.db.verdicts import case_verdicts, differences, published_verdicts
from tthc.domain.access import Scope
from tthc.domain.errors import ForbiddenError
from tthc.domain.period import Period
from tthc.service.differences import tell_difference
from tthc.service.publishing import describe_publication, find_publication

Document = dict[str, Any]


async def show_restatements(
    connection: AsyncConnection, scope: Scope, period: Period, limit: int = 500
) -> Document:
    """What each version of a period changed, and what is known now beyond the last one.

    `limit`: how many cases of each difference are told; `changed` counts all. Raises
    NotFoundError where the period was not published, ForbiddenError for a reader of some units: a
    case that came to them or left would seem new or gone.
    """
    if not await sees_whole_world(scope, connection):
        raise ForbiddenError(
            "Điều chỉnh sau chốt nói về hồ sơ của mọi đơn vị: hãy hỏi lãnh đạo hoặc người theo dõi "
            "ở cấp trên cùng."
        )
    simulated = scope.simulated
    versions = await find_publication(connection, period, simulated=simulated)
    restated = []
    for new, old in pairwise(versions):
        cases = await differences(
            connection, published_verdicts(old.id), published_verdicts(new.id)
        )
        told = await tell_difference(
            connection, old.frozen, new.frozen, cases, (old.known_at, new.known_at), limit
        )
        restated.append({"version": new.version, "reason": new.reason} | told)
    last, now = versions[0], clock.now()
    anew = case_verdicts(
        Scope(simulated), last.frozen, period, Knowledge(last.as_of, max(now, last.known_at))
    )
    cases = await differences(connection, published_verdicts(last.id), anew)
    return {
        "period": period.name,
        "world": "simulated" if simulated else "real",
        "published": describe_publication(last),
        "restatements": restated,
        "since": await tell_difference(
            connection, last.frozen, last.frozen, cases, (last.known_at, now), limit
        ),
    }
