"""Who reads in a transaction: told to the database by the digest of their secret, with its BEGIN.

Until somebody has entered, the application's role sees no case at all.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.errors import EndedError

_BLOCKS = "SELECT blocks, root_ids FROM appraisal_of($1, $2)"
_UNITS = "SELECT is_whole, own, seen FROM units_of($1, $2, $3, $4)"


class Units(NamedTuple):
    """Whose cases a person acts on and sees; None is every unit of their world."""

    own: tuple[int, ...] | None
    seen: tuple[int, ...] | None


class ReaderConnection(asyncpg.Connection):
    """A connection whose next transaction somebody enters as it begins: no round trip more."""

    entering: str | None = None

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ANN401, ASYNC109  # as asyncpg has it
        if self.entering is None or not query.startswith("BEGIN"):
            return await super().execute(query, *args, timeout=timeout)
        query, self.entering = f"{query} {self.entering}", None
        try:
            return await super().execute(query, *args, timeout=timeout)
        except asyncpg.InvalidAuthorizationSpecificationError:
            await super().execute("ROLLBACK")  # nobody else knows that it has begun,
            self._top_xact = None  # and asyncpg forgets one that did not only when told
            raise EndedError(
                "Khóa truy cập đã bị thu hồi hoặc hết hạn: hãy xin khóa mới."
            ) from None


@asynccontextmanager
async def standing_for(
    connection: AsyncConnection, digest: bytes | None, now: datetime, *, must: bool = False
) -> AsyncIterator[None]:
    """Let the transaction that begins here stand for whoever bears the secret of a digest: a
    program's token or a person's session. Where the secret lives no longer it sees nothing, or
    where it `must` live raises EndedError.
    """
    raw = (await connection.get_raw_connection()).driver_connection
    assert isinstance(raw, ReaderConnection)
    if digest:
        enter = "must_enter" if must else "enter"
        raw.entering = f"SELECT {enter}('\\x{digest.hex()}', '{now.isoformat()}');"
    try:
        yield
    finally:
        raw.entering = None


async def units_of(
    connection: AsyncConnection, role: str, unit_id: int | None, on: date, *, simulated: bool
) -> Units:
    """The units of a role in a unit on a date, with what they inherited by then."""
    found = await connection.exec_driver_sql(_UNITS, (role, simulated, unit_id, on))
    row = found.one()
    return Units(None, None) if row.is_whole else Units(tuple(row.own), tuple(row.seen))


async def appraisal_of(
    connection: AsyncConnection, login: str, on: date
) -> tuple[tuple[str, ...], tuple[int, ...] | None]:
    """The blocks that an appraiser was given, and in which provinces; None is all of the world."""
    row = (await connection.exec_driver_sql(_BLOCKS, (login, on))).one()
    return tuple(row.blocks or ()), None if row.root_ids is None else tuple(row.root_ids)
