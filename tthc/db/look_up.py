"""One case, seen by whoever knows its code and the second secret."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection


class Found(NamedTuple):
    """The case that a transaction now sees, and no other."""

    code: str
    simulated: bool


async def enter_look_up(connection: AsyncConnection, code: str, digits: str) -> Found | None:
    """Let the transaction see the one case; None where code and secret do not belong together."""
    rows = await connection.exec_driver_sql("SELECT * FROM enter_look_up($1, $2)", (code, digits))
    row = rows.one_or_none()
    return Found._make(row) if row else None
