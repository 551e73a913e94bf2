"""The answers kept for requests that are no acts on a case; those are written with their acts."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.acts import Repeatable, read_answer
from tthc.db.history import Kept

_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('repeat ' || $1::text, 6))"
_KEEP = """
INSERT INTO idempotency_keys (actor, key, request, response, recorded_at)
VALUES ($1, $2, $3, $4::text::json, $5)"""


async def hold_key(connection: AsyncConnection, actor: str, key: str) -> Kept | None:
    """The answer kept for a request; until the transaction ends nobody else asks by this key."""
    await connection.exec_driver_sql(_HOLD, (f"{actor} {key}",))
    return await read_answer(connection, actor, key)


async def keep_answer(
    connection: AsyncConnection, actor: str, repeatable: Repeatable, now: datetime
) -> None:
    values = (actor, repeatable.key, repeatable.request, repeatable.response, now)
    await connection.exec_driver_sql(_KEEP, values)
