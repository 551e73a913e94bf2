"""The sessions of people who signed in: only the digests of their secrets are kept."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

_ALIVE = """s.ended_at IS NULL AND s.expires_at > $2::timestamptz
  AND s.last_used_at + s.idle_seconds * interval '1 second' > $2"""
# noted at most once a minute, as for tokens
_USE = f"""
WITH found AS (
  SELECT s.id, s.last_used_at, a.id AS account_id, a.login, a.name, a.role, a.simulated,
    a.unit_id, u.name AS unit_name, a.must_change
  FROM sessions s JOIN accounts a ON a.id = s.account_id AND a.deactivated_at IS NULL
  LEFT JOIN units u ON u.id = a.unit_id
  WHERE s.digest = $1 AND {_ALIVE}
), used AS (
  UPDATE sessions t SET last_used_at = $2 FROM found
  WHERE t.id = found.id AND found.last_used_at < $2 - interval '1 minute'
)
SELECT id, account_id, login, name, role, simulated, unit_id, unit_name, must_change FROM found"""
_ADD = """
INSERT INTO sessions (digest, account_id, created_at, last_used_at, idle_seconds, expires_at)
VALUES ($1, $2, $3, $3, $4, $5)"""
_END = """
UPDATE sessions s SET ended_at = $2 FROM accounts a
WHERE s.digest = $1 AND a.id = s.account_id AND s.ended_at IS NULL RETURNING a.login, a.simulated"""
_END_ALL = """
UPDATE sessions s SET ended_at = $2 FROM accounts a
WHERE a.login = $1 AND s.account_id = a.id AND s.ended_at IS NULL"""
_CLEAR = "DELETE FROM sessions WHERE account_id = $1 AND expires_at < $2"
_LIST = f"""
SELECT s.created_at, s.last_used_at, s.expires_at, s.ended_at, ({_ALIVE}) AS alive
FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE a.login = $1 ORDER BY s.id"""


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


async def add_session(
    connection: AsyncConnection,
    digest: bytes,
    account_id: int,
    now: datetime,
    *,
    idle: timedelta,
    longest: timedelta,
) -> None:
    """Begin a session; those of the account that are over by age are cleared away."""
    await connection.exec_driver_sql(_CLEAR, (account_id, now))
    seconds = int(idle.total_seconds())
    await connection.exec_driver_sql(_ADD, (digest, account_id, now, seconds, now + longest))


async def end_session(
    connection: AsyncConnection, digest: bytes, now: datetime
) -> tuple[str, bool] | None:
    """End a session; whose it was, and of which world: None where there was none."""
    row = (await connection.exec_driver_sql(_END, (digest, now))).one_or_none()
    return (row.login, row.simulated) if row else None


async def end_sessions(connection: AsyncConnection, login: str, now: datetime) -> int:
    """End every session of an account, and say how many there were."""
    return (await connection.exec_driver_sql(_END_ALL, (login, now))).rowcount


async def list_sessions(
    connection: AsyncConnection, login: str, now: datetime
) -> list[dict[str, Any]]:
    """An account's sessions, without their digests."""
    return [dict(row) for row in (await connection.exec_driver_sql(_LIST, (login, now))).mappings()]
