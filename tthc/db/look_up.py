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


async def read_slip_pin(connection: AsyncConnection, code: str) -> str | None:
    """What the slip prints to look the case up by; None where its owner has digits of their own,
    and for whoever does not handle the case.
    """
    found = await connection.exec_driver_sql("SELECT slip_pin($1)", (code,))
    pin: str | None = found.scalar_one()
    return pin
