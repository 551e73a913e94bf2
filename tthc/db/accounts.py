"""The accounts of people, and how often a password was tried for one or from somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

_ADD = "SELECT open_account($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
_FIND = "SELECT * FROM find_login($1)"
_LIST = "SELECT * FROM list_accounts($1)"
_CHANGE = "SELECT change_account($1, $2, $3, $4)"
_GIVE = "SELECT give_password($1, $2, $3)"
_RENEW = "SELECT renew_password($1, $2, $3)"
_END = "SELECT end_account($1, $2)"
_UNIT = """
SELECT id FROM units WHERE code = $1 AND simulated = $2
ORDER BY valid_to DESC NULLS FIRST LIMIT 1"""
# a refused attempt writes nothing, so that a flood of them costs a look-up each
_ATTEMPT = """
INSERT INTO sign_in_attempts AS a (key, since, attempts) VALUES ($1, $2, 1)
ON CONFLICT (key) DO UPDATE SET
  since = CASE WHEN a.since <= $4 THEN EXCLUDED.since ELSE a.since END,
  attempts = CASE WHEN a.since <= $4 THEN 1 ELSE a.attempts + 1 END
WHERE a.since <= $4 OR a.attempts < $3
RETURNING attempts"""
_FORGET = "DELETE FROM sign_in_attempts WHERE key = $1 OR since <= $2"
_GIVE_BACK = "UPDATE sign_in_attempts SET attempts = attempts - 1 WHERE key = $1 AND attempts > 0"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account as it is opened."""

    login: str
    name: str
    role: str
    simulated: bool
    unit_id: int | None
    blocks: Sequence[str]
    created_by: str


class Account(NamedTuple):
    """What a sign-in is held against; `recipe` is the password's hash without what came out."""

    id: int
    login: str
    recipe: str
    must_change: bool
    active: bool
    simulated: bool


async def add_account(
    connection: AsyncConnection,
    account: NewAccount,
    password_hash: str,
    *,
    must_change: bool,
    now: datetime,
) -> bool:
    """Whether who asks may open it: a command, or an administrator of the unit or of the world."""
    values = (
        *(account.login, account.name, account.role, account.simulated, account.unit_id),
        *(list(account.blocks), password_hash, must_change, now, account.created_by),
    )
    return bool((await connection.exec_driver_sql(_ADD, values)).scalar())


async def find_account(connection: AsyncConnection, login: str) -> Account | None:
    """An account by its login, active or not."""
    row = (await connection.exec_driver_sql(_FIND, (login,))).one_or_none()
    return Account._make(row) if row else None


async def list_accounts(connection: AsyncConnection, now: datetime) -> list[dict[str, Any]]:
    """Every account that ever was and that who asks may manage, without its password's hash."""
    return [dict(row) for row in (await connection.exec_driver_sql(_LIST, (now,))).mappings()]


async def find_unit(connection: AsyncConnection, code: str, *, simulated: bool) -> int | None:
    """The unit that bears a code in a world; of several in time, the newest."""
    found: int | None = (await connection.exec_driver_sql(_UNIT, (code, simulated))).scalar()
    return found


async def give_password(
    connection: AsyncConnection, login: str, password_hash: str, now: datetime
) -> bool:
    """A first password and the end of every session: whether it was given."""
    given = await connection.exec_driver_sql(_GIVE, (login, password_hash, now))
    return bool(given.scalar())


async def change_account(
    connection: AsyncConnection, login: str, role: str, unit_id: int | None, blocks: Sequence[str]
) -> bool:
    """Another role, unit or blocks: whether it was changed."""
    changed = await connection.exec_driver_sql(_CHANGE, (login, role, unit_id, list(blocks)))
    return bool(changed.scalar())


async def renew_password(
    connection: AsyncConnection, account_id: int, proof: str, kept: str
) -> None:
    """The same password at today's cost, unless it has been changed meanwhile."""
    await connection.exec_driver_sql(_RENEW, (account_id, proof, kept))


async def deactivate_account(connection: AsyncConnection, login: str, now: datetime) -> bool:
    """Whether there was an active one to end, with its sessions."""
    return bool((await connection.exec_driver_sql(_END, (login, now))).scalar())


async def count_attempt(
    connection: AsyncConnection, key: bytes, allowed: int, window: timedelta, now: datetime
) -> bool:
    """Take one of the attempts that a window allows; False where none is left."""
    found = await connection.exec_driver_sql(_ATTEMPT, (key, now, allowed, now - window))
    return found.one_or_none() is not None


async def forget_attempts(
    connection: AsyncConnection, key: bytes, window: timedelta, now: datetime
) -> None:
    """Begin anew for a key; rows whose window is over go with it."""
    await connection.exec_driver_sql(_FORGET, (key, now - window))


async def give_back_attempt(connection: AsyncConnection, key: bytes) -> None:
    """An attempt that succeeded does not count."""
    await connection.exec_driver_sql(_GIVE_BACK, (key,))
