"""Signing in and out: a password becomes a session, whose secret is told once and kept as a digest.

A try is counted before anything is hashed, for the login and for where it came from, in the
database that all processes share. What is refused never tells whether there is such a login.
"""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tthc import clock
from tthc.db import accounts, sessions
from tthc.db.accounts import Account
from tthc.db.sessions import Person
from tthc.db.traces import leave_trace
from tthc.domain.errors import InputError, SignInError
from tthc.domain.traces import NOBODY, Trace
from tthc.service.attempts import count_attempt, forgive_attempts
from tthc.service.passwords import check_password, fits, hash_password, is_outdated
from tthc.service.tokens import digest
from tthc.settings import SignInLimits

WRONG = (
    "Tên đăng nhập hoặc mật khẩu chưa đúng: hãy thử lại, hoặc nhờ người quản trị đặt lại mật khẩu."
)


async def sign_in(
    engine: AsyncEngine, limits: SignInLimits, login: str, password: str, address: str
) -> str:
    """The secret of a new session. Raises SignInError, and TooManyError before hashing anything."""
    login = login.strip().lower()
    await count_attempt(engine, limits, login, address)
    async with engine.connect() as connection:
        account = await accounts.find_account(connection, login)
    kept = account.password_hash if account and account.active else None
    if not await fits(password, kept) or account is None:
        await _tell_refusal(engine, account)
        raise SignInError(WRONG)
    renewed = await hash_password(password) if is_outdated(account.password_hash) else None
    now = clock.now()
    async with engine.begin() as connection:
        await forgive_attempts(connection, limits, login, address)
        if renewed:
            await accounts.rehash_password(connection, account, renewed)
        await leave_trace(connection, Trace(account.login, "signed_in", account.simulated))
        return await _begin(connection, limits, account, now)


async def change_password(
    engine: AsyncEngine, limits: SignInLimits, person: Person, old: str, new: str, address: str
) -> str:
    """The secret of a new session under the new password; every other session ends.

    Raises SignInError where the old one is wrong, InputError where the new one will not do,
    TooManyError as at the sign-in.
    """
    await count_attempt(engine, limits, person.login, address)
    async with engine.connect() as connection:
        account = await accounts.find_account(connection, person.login)
    if account is None or not await fits(old, account.password_hash):
        await _tell_refusal(engine, account)
        raise SignInError("Mật khẩu hiện tại chưa đúng: hãy nhập lại.")
    if old == new:
        raise InputError("Mật khẩu mới phải khác mật khẩu hiện tại.")
    kept = await hash_password(check_password(new, person.login))
    now = clock.now()
    async with engine.begin() as connection:
        await forgive_attempts(connection, limits, person.login, address)
        await accounts.set_password(connection, account.id, kept, must_change=False, now=now)
        await sessions.end_sessions(connection, account.login, now)
        await leave_trace(connection, Trace(account.login, "password_changed", account.simulated))
        return await _begin(connection, limits, account, now)


async def sign_out(connection: AsyncConnection, secret: str) -> None:
    """End the session behind a secret."""
    whose = await sessions.end_session(connection, digest(secret), clock.now())
    if whose:
        await leave_trace(connection, Trace(whose[0], "signed_out", whose[1]))


async def recognise_person(connection: AsyncConnection, secret: str) -> Person | None:
    """Who signed in with this secret; None where the session is unknown, over or ended."""
    return await sessions.use_session(connection, digest(secret), clock.now())


async def _tell_refusal(engine: AsyncEngine, account: Account | None) -> None:
    """Keep that a password was refused; what was typed as a login may be anything, so an unknown
    one is not kept.
    """
    world = account.simulated if account else None
    async with engine.begin() as connection:
        trace = Trace(account.login if account else NOBODY, "sign_in_refused", world)
        await leave_trace(connection, trace)


async def _begin(
    connection: AsyncConnection, limits: SignInLimits, account: Account, now: datetime
) -> str:
    secret = secrets.token_urlsafe(32)
    await sessions.add_session(
        connection, digest(secret), account.id, now, idle=limits.idle, longest=limits.longest
    )
    return secret
