"""The tokens of programs: only their digests are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

_USE = "SELECT * FROM use_token($1, $2)"
_ADD = "SELECT give_token($1, $2, $3, $4, $5, $6, $7, $8)"
_LIST = "SELECT * FROM list_tokens()"
_REVOKE = "SELECT revoke_token($1, $2)"


class Token(NamedTuple):
    """What a token allows whoever bears it."""

    label: str
    actor: str
    simulated: bool
    scopes: Sequence[str]
    unit_id: int | None = None  # and those below it; None: every unit of the world


async def use_token(connection: AsyncConnection, digest: bytes, now: datetime) -> Token | None:
    """The living token of a digest; None where there is none (any more)."""
    row = (await connection.exec_driver_sql(_USE, (digest, now))).one_or_none()
    return Token._make(row) if row else None


async def add_token(
    connection: AsyncConnection,
    digest: bytes,
    token: Token,
    now: datetime,
    expires_at: datetime | None,
) -> bool:
    """Whether who asks may give it."""
    values = (digest, token.label, token.actor, token.simulated, list(token.scopes), token.unit_id)
    return bool((await connection.exec_driver_sql(_ADD, (*values, now, expires_at))).scalar())


async def list_tokens(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Every token that ever was and that who asks may manage, without its digest."""
    rows = await connection.exec_driver_sql(_LIST)
    return [dict(row) for row in rows.mappings()]


async def revoke_token(connection: AsyncConnection, label: str, now: datetime) -> bool | None:
    """Whether the one revoked was of the simulated world; None where there was none."""
    found: bool | None = (await connection.exec_driver_sql(_REVOKE, (label, now))).scalar()
    return found
