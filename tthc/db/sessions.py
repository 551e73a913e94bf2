"""The sessions of people who signed in: only the digests of their secrets are kept.

The application begins, uses and ends them by functions of the owner's; the table is not its own.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

_USE = "SELECT * FROM use_session($1, $2)"
_BEGIN = "SELECT begin_session($1, $2, $3, $4, $5, $6)"
_BEGIN_ANEW = "SELECT change_password($1, $2, $3, $4, $5, $6, $7)"
_END = "SELECT * FROM end_session($1, $2)"
_END_ALL = "SELECT end_sessions($1, $2)"
_LIST = "SELECT * FROM list_sessions($1, $2)"


class Person(NamedTuple):
    """Who is signed in."""

    session_id: int
    account_id: int
    login: str
    name: str
    role: str
    simulated: bool
    unit_id: int | None
    unit_name: str | None
    must_change: bool


async def use_session(connection: AsyncConnection, digest: bytes, now: datetime) -> Person | None:
    """Whose living session a digest is; None where there is none (any more)."""
    row = (await connection.exec_driver_sql(_USE, (digest, now))).one_or_none()
    return Person._make(row) if row else None


class NewSession(NamedTuple):
    """A session as it begins: the digest of its secret, and how long it lives."""

    digest: bytes
    now: datetime
    idle: timedelta
    longest: timedelta

    @property
    def values(self) -> tuple[bytes, datetime, int, datetime]:
        seconds = int(self.idle.total_seconds())
        return (self.digest, self.now, seconds, self.now + self.longest)


async def begin_session(
    connection: AsyncConnection, account_id: int | None, proof: str | None, session: NewSession
) -> bool:
    """Begin a session of an account, where the proof of its password is true; those that are over
    by age are cleared away.
    """
    values = (account_id, proof, *session.values)
    return bool((await connection.exec_driver_sql(_BEGIN, values)).scalar())


async def begin_anew(
    connection: AsyncConnection, account_id: int, proof: str | None, kept: str, session: NewSession
) -> bool:
    """Change the password whose proof is true: every session ends and this one begins."""
    values = (account_id, proof, kept, *session.values)
    return bool((await connection.exec_driver_sql(_BEGIN_ANEW, values)).scalar())


async def end_session(
    connection: AsyncConnection, digest: bytes, now: datetime
) -> tuple[str, bool] | None:
    """End a session; whose it was, and of which world: None where there was none."""
    row = (await connection.exec_driver_sql(_END, (digest, now))).one_or_none()
    return (row.login, row.simulated) if row else None


async def end_sessions(connection: AsyncConnection, login: str, now: datetime) -> int:
    """End every session of an account, and say how many there were."""
    return int((await connection.exec_driver_sql(_END_ALL, (login, now))).scalar_one())


async def list_sessions(
    connection: AsyncConnection, login: str, now: datetime
) -> list[dict[str, Any]]:
    """An account's sessions, without their digests."""
    return [dict(row) for row in (await connection.exec_driver_sql(_LIST, (login, now))).mappings()]
