"""What opens a door is not told to the application's role, nor can it make a key of its own.

Whoever runs SQL in the site knows logins and names, and how a login's password was hashed, but
neither its hash nor a digest; so there is nothing to enter with.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import asyncpg
import pytest

from tests.databases import Databases
from tests.people import PASSWORD, open_account
from tests.programs import token_for
from tthc import clock
from tthc.db.engine import connect_app
from tthc.db.server import Server
from tthc.service import sign_in
from tthc.settings import SignInLimits

LOGIN = "ha.le"
SECRETS = ("accounts.password_hash", "sessions.digest", "tokens.hash")
KNOWN_DIGEST = hashlib.sha256(b"mine").digest()
ACCOUNT = (
    "INSERT INTO accounts (login, name, role, simulated, password_hash, must_change, password_at, "
    "created_at, created_by) VALUES ('ha.le', 'x', 'auditor', false, 'x', false, now(), now(), 'x')"
)
SESSION = (
    "INSERT INTO sessions (digest, account_id, created_at, last_used_at, idle_seconds, expires_at) "
    "SELECT '\\x00', 1, now(), now(), 600, now() + interval '1 hour'"
)
TOKEN = (
    "INSERT INTO tokens (hash, label, actor, simulated, scopes, created_at) "
    "VALUES ('\\x00', 'y', 'y', false, '{read}', now())"
)
TRICKS = [
    *(f"SELECT {column} FROM {column.split('.')[0]}" for column in SECRETS),
    *(f"SELECT * FROM {table}" for table in ("accounts", "sessions", "tokens")),
    *(f"SELECT t::text FROM {table} t" for table in ("accounts", "sessions", "tokens")),
    *(f"SELECT to_jsonb(t) FROM {table} t" for table in ("accounts", "sessions", "tokens")),
    *(f"TABLE {table}" for table in ("accounts", "sessions", "tokens")),
    *(f"COPY {table} TO STDOUT" for table in ("accounts", "sessions", "tokens")),
    *(
        f"SELECT FROM {table} WHERE {column} > '\\x00'"
        for table, column in (("sessions", "digest"), ("tokens", "hash"))
    ),
    "SELECT login FROM accounts WHERE password_hash LIKE '$argon2id$%'",
    "SELECT login FROM accounts ORDER BY password_hash",
    "SELECT a FROM accounts a",
    "SELECT most_common_vals::text FROM pg_stats WHERE tablename IN ('sessions', 'tokens')",
    "UPDATE accounts SET password_hash = 'x' RETURNING password_hash",
    "UPDATE accounts SET must_change = false",
    "UPDATE accounts SET role = 'auditor'",
    "UPDATE sessions SET ended_at = NULL RETURNING digest",
    "UPDATE sessions SET account_id = 1",
    "UPDATE tokens SET revoked_at = NULL RETURNING hash",
    "UPDATE tokens SET unit_id = NULL",
    "DELETE FROM sessions RETURNING digest",
    "DELETE FROM tokens RETURNING hash",
    ACCOUNT,
    f"{ACCOUNT} ON CONFLICT (login) DO UPDATE SET name = excluded.password_hash RETURNING *",
    f"{ACCOUNT} ON CONFLICT DO NOTHING RETURNING password_hash",
    SESSION,
    f"{SESSION} ON CONFLICT (digest) DO UPDATE SET digest = sessions.digest RETURNING digest",
    TOKEN,
    f"{TOKEN} ON CONFLICT DO NOTHING RETURNING hash",
    "CREATE INDEX mine ON sessions (digest)",
    "WITH mine AS (UPDATE sessions SET digest = digest RETURNING *) TABLE mine",
    "EXPLAIN (ANALYZE, VERBOSE) SELECT digest FROM sessions",
    "CREATE FUNCTION pg_temp.mine() RETURNS SETOF sessions LANGUAGE sql AS 'TABLE sessions'",
]


@pytest.fixture(scope="module")
def door(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())
    asyncio.run(open_account(own, login=LOGIN))
    asyncio.run(open_account(own, login="khac", role="admin"))
    asyncio.run(token_for(own, "máy"))
    asyncio.run(_sign_in(own, LOGIN))
    yield own
    asyncio.run(databases.drop(own))


async def _sign_in(server: Server, login: str, password: str = PASSWORD) -> str:
    engine = connect_app(server)
    try:
        return await sign_in.sign_in(engine, SignInLimits(), login, password, "10.0.0.1")
    finally:
        await engine.dispose()


@pytest.fixture
async def app(door: Server) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(door.app_url)
    yield connection
    await connection.close()


@pytest.fixture
async def secrets(door: Server) -> list[str]:
    """What nobody may read, as it would be printed."""
    owner = await asyncpg.connect(door.owner_url)
    found = [
        *(row[0].hex() for row in await owner.fetch("SELECT digest FROM sessions")),
        *(row[0].hex() for row in await owner.fetch("SELECT hash FROM tokens")),
        *(row[0].split("$")[-1] for row in await owner.fetch("SELECT password_hash FROM accounts")),
    ]
    await owner.close()
    assert len(found) >= 4
    return found


@pytest.mark.parametrize("trick", TRICKS)
async def test_no_trick_tells_a_secret(
    app: asyncpg.Connection, secrets: list[str], trick: str
) -> None:
    told: list[str] = []
    app.add_log_listener(lambda _, message: told.append(str(message)))
    try:
        assert not await app.fetch(trick), trick
    except asyncpg.InsufficientPrivilegeError as error:
        told.append(str(error.as_dict()))
    assert not [secret for secret in secrets if secret in "\n".join(told)]


async def test_what_the_functions_tell(app: asyncpg.Connection, secrets: list[str]) -> None:
    """A login's recipe has the salt and the cost; what came out of it is blank."""
    found = await app.fetchrow("SELECT * FROM find_login($1)", LOGIN)
    assert found
    assert found["recipe"].startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert set(found["recipe"].split("$")[-1]) == {"A"}
    assert not [secret for secret in secrets if secret in str(dict(found))]
    for question in ("SELECT * FROM use_session($1, $2)", "SELECT * FROM use_token($1, $2)"):
        for given in (b"", b"\0" * 32, KNOWN_DIGEST, None):
            assert not await app.fetch(question, given, clock.now())


@pytest.mark.parametrize("proof", [None, "", "recipe", "A", "%", "$argon2id$%"])
async def test_without_the_password_no_session_begins(
    app: asyncpg.Connection, proof: str | None
) -> None:
    found = await app.fetchrow("SELECT * FROM find_login($1)", LOGIN)
    assert found
    tried = found["recipe"] if proof == "recipe" else proof
    now = clock.now()
    lives = (KNOWN_DIGEST, now, 600, now + timedelta(hours=1))
    for number in (found["id"], found["id"] + 1, None):
        assert not await app.fetchval(
            "SELECT begin_session($1, $2, $3, $4, $5, $6)", number, tried, *lives
        )
        assert not await app.fetchval(
            "SELECT change_password($1, $2, 'x', $3, $4, $5, $6)", number, tried, *lives
        )
        await app.execute("SELECT renew_password($1, $2, 'x')", number, tried)
    async with app.transaction():
        assert not await app.fetchval("SELECT enter($1, $2)", KNOWN_DIGEST, now)


async def test_the_password_still_opens(door: Server) -> None:
    """After all that was tried."""
    assert await _sign_in(door, LOGIN)


async def test_a_digest_that_is_taken_tells_only_what_was_given(
    app: asyncpg.Connection, secrets: list[str], door: Server
) -> None:
    """Whoever has a password sees, in the message, the digest that they gave themselves."""
    owner = await asyncpg.connect(door.owner_url)
    proof = await owner.fetchval("SELECT password_hash FROM accounts WHERE login = $1", LOGIN)
    number = await owner.fetchval("SELECT id FROM accounts WHERE login = $1", LOGIN)
    await owner.close()
    now = clock.now()
    lives = (KNOWN_DIGEST, now, 600, now + timedelta(hours=1))
    begin = "SELECT begin_session($1, $2, $3, $4, $5, $6)"
    assert await app.fetchval(begin, number, proof, *lives)
    with pytest.raises(asyncpg.UniqueViolationError) as refused:
        await app.fetchval(begin, number, proof, *lives)
    assert not [secret for secret in secrets if secret in str(refused.value.as_dict())]
