"""Signing in and out: a password becomes a session, whose secret is told once and kept as a digest.

A try is counted before anything is hashed, for the login and for where it came from, in the
database that all processes share. What is refused never tells whether there is such a login.
"""

import secrets

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tthc import clock
from tthc.db import accounts, sessions
from tthc.db.accounts import Account
from tthc.db.sessions import NewSession, Person
from tthc.db.traces import leave_trace
from tthc.domain.errors import InputError, SignInError
from tthc.domain.traces import NOBODY, Trace
from tthc.service.attempts import count_attempt, forgive_attempts
from tthc.service.passwords import check_password, hash_password, is_outdated, prove_password
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
    proof = await prove_password(password, account.recipe if account and account.active else None)
    secret, session = _new_session(limits)
    async with engine.begin() as connection:
        begun = await sessions.begin_session(connection, account and account.id, proof, session)
        if begun and account:
            await forgive_attempts(connection, limits, login, address)
            await leave_trace(connection, Trace(account.login, "signed_in", account.simulated))
    if account is None or proof is None or not begun:
        await _tell_refusal(engine, account)
        raise SignInError(WRONG)
    if is_outdated(account.recipe):
        renewed = await hash_password(password)
        async with engine.begin() as connection:
            await accounts.renew_password(connection, account.id, proof, renewed)
    return secret


async def change_password(
    engine: AsyncEngine, limits: SignInLimits, person: Person, old: str, new: str, address: str
) -> str:
    """The secret of a new session under the new password; every other session ends.

    Raises SignInError where the old one is wrong, InputError where the new one will not do,
    TooManyError as at the sign-in.
    """
    await count_attempt(engine, limits, person.login, address)
    if old == new:
        raise InputError("Mật khẩu mới phải khác mật khẩu hiện tại.")
    check_password(new, person.login)
    async with engine.connect() as connection:
        account = await accounts.find_account(connection, person.login)
    proof = await prove_password(old, account.recipe if account else None)
    kept = await hash_password(new)
    secret, session = _new_session(limits)
    async with engine.begin() as connection:
        begun = await sessions.begin_anew(connection, person.account_id, proof, kept, session)
        if begun:
            await forgive_attempts(connection, limits, person.login, address)
            await leave_trace(connection, Trace(person.login, "password_changed", person.simulated))
    if not begun:
        await _tell_refusal(engine, account)
        raise SignInError("Mật khẩu hiện tại chưa đúng: hãy nhập lại.")
    return secret


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


def _new_session(limits: SignInLimits) -> tuple[str, NewSession]:
    secret = secrets.token_urlsafe(32)
    return secret, NewSession(digest(secret), clock.now(), limits.idle, limits.longest)
