"""Cases whose applicants have not answered a request for a supplement."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import seen
from tthc.domain.access import Scope


async def unanswered(
    scope: Scope, connection: AsyncConnection, asked_before: datetime
) -> list[int]:
    """The ids of the cases in state 5 that were asked by then, the first asked at the top."""
    found = await connection.exec_driver_sql(
        "SELECT c.id FROM cases c WHERE c.active_until IS NULL AND c.state = 5 "
        f"AND c.suspended_at <= $1::timestamptz AND {seen(scope)} "
        "ORDER BY c.suspended_at, c.id",
        (asked_before,),
    )
    return [int(each) for each in found.scalars()]
