"""Who may no longer enter: a token or session that is over opens nothing, each for its own reason.

`enter` (rows), `use_session` and `use_token` (the site's own question) must say the same.
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from tthc import clock
from tthc.db.server import Server

# why → (what it is an end of, how it comes to be)
ENDS = {
    "a token revoked": ("token", "UPDATE tokens SET revoked_at = $1"),
    "a token at its end": ("token", "UPDATE tokens SET expires_at = $1"),
    "a session left": ("session", "UPDATE sessions SET ended_at = $1"),
    "a session too old": ("session", "UPDATE sessions SET expires_at = $1"),
    "a session unused": (
        "session",
        "UPDATE sessions SET last_used_at = $1::timestamptz - idle_seconds * interval '1 second'",
    ),
    "an account ended": ("session", "UPDATE accounts SET deactivated_at = $1"),
    "a password that others saw": (
        "session",
        "UPDATE accounts SET must_change = $1::timestamptz IS NOT NULL",
    ),
}
STILL_KNOWN = "a password that others saw"  # to the site, which asks for a new one


@pytest.fixture
async def owner(server: Server) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(server.owner_url)
    rolled_back = connection.transaction()
    await rolled_back.start()
    yield connection
    await rolled_back.rollback()
    await connection.close()


async def key_of(owner: asyncpg.Connection, kind: str) -> bytes:
    """The digest of a new token or session that lives."""
    now, digest = clock.now(), hashlib.sha256(kind.encode()).digest()
    if kind == "token":
        await owner.execute(
            "INSERT INTO tokens (hash, label, actor, simulated, scopes, created_at, expires_at) "
            "VALUES ($1, 'x', 'x', false, '{read}', $2, $3)",
            *(digest, now, now + timedelta(hours=1)),
        )
        return digest
    account = await owner.fetchval(
        "INSERT INTO accounts (login, name, role, simulated, password_hash, must_change, "
        "password_at, created_at, created_by) VALUES ('vao.thu', 'x', 'auditor', false, '', false, "
        "$1, $1, 'x') RETURNING id",
        now,
    )
    await owner.execute(
        "INSERT INTO sessions (digest, account_id, created_at, last_used_at, idle_seconds, "
        "expires_at) VALUES ($1, $2, $3, $3, 600, $4)",
        *(digest, account, now, now + timedelta(hours=1)),
    )
    return digest


async def check_end(owner: asyncpg.Connection, why: str) -> None:
    """It lives until then, and from that instant on opens nothing."""
    kind, end = ENDS[why]
    digest, now = await key_of(owner, kind), clock.now()
    known = f"SELECT count(*) FROM use_{kind}($1, $2)"
    assert await owner.fetchval("SELECT enter($1, $2)", digest, now), why
    assert await owner.fetchval(known, digest, now) == 1
    await owner.execute(end, now)
    assert not await owner.fetchval("SELECT enter($1, $2)", digest, now), why
    assert await owner.fetchval("SELECT reader_world()") is None, why
    assert await owner.fetchval(known, digest, now) == (why == STILL_KNOWN), why


@pytest.mark.parametrize("why", ENDS)
async def test_who_may_no_longer_enter(owner: asyncpg.Connection, why: str) -> None:
    await check_end(owner, why)


async def test_use_keeps_a_session_and_nothing_wakes_it(owner: asyncpg.Connection) -> None:
    digest, now = await key_of(owner, "session"), clock.now()
    use = "SELECT count(*) FROM use_session($1, $2)"
    for minutes in (9, 18, 27):
        assert await owner.fetchval(use, digest, now + timedelta(minutes=minutes)) == 1
    for minutes in (37, 38):  # ten after the last, however often one asks
        assert await owner.fetchval(use, digest, now + timedelta(minutes=minutes)) == 0
    assert await owner.fetchval(use, digest, now + timedelta(minutes=59)) == 0
