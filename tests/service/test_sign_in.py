"""Passwords become sessions; sessions end; a password can't be guessed by trying."""

import asyncio
import os
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY
from sqlalchemy.ext.asyncio import AsyncEngine

from tthc import clock
from tthc.db import accounts as db
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.db.sessions import Person
from tthc.domain.errors import InputError, NotFoundError, SignInError, TooManyError
from tthc.service import accounts, passwords, sign_in
from tthc.settings import SignInLimits

LIMITS = SignInLimits()
HERE = "10.0.0.1"
SECRET = "ngựa gỗ bốn chân"


@pytest.fixture
async def ledger(database: Server) -> Any:
    engine = connect_night(database)
    yield engine
    await engine.dispose()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    def stand(minutes: float) -> None:
        now = datetime(2026, 3, 2, 2, tzinfo=UTC) + timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: now)

    stand(0)
    return stand


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that argon2 was asked about."""
    asked: list[str] = []

    class Watched(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            made = super().hash(password, salt=salt)
            if salt is not None:
                assert extract_parameters(made) == CHEAPEST  # all equally slow
                asked.append(str(password))
            return made

    monkeypatch.setattr(passwords, "HASHER", Watched.from_parameters(CHEAPEST))
    return asked


async def opened(engine: AsyncEngine, login: str = "ha.le", **more: Any) -> str:
    said: dict[str, Any] = {"name": "Lê Hà", "role": "auditor", "unit": None, "password": SECRET}
    async with engine.begin() as connection:
        return await accounts.open_account(connection, login, created_by="thử", **said | more)


async def who(engine: AsyncEngine, secret: str) -> Person | None:
    async with engine.begin() as connection:
        return await sign_in.recognise_person(connection, secret)


async def enter(
    engine: AsyncEngine, login: str = "ha.le", password: str = SECRET, **at: str
) -> str:
    return await sign_in.sign_in(engine, LIMITS, login, password, at.get("address", HERE))


async def test_a_password_opens_a_session_and_leaves_no_trace_of_itself(
    ledger: AsyncEngine,
) -> None:
    await opened(ledger)
    secret = await enter(ledger, " HA.LE ")
    person = await who(ledger, secret)
    assert person
    assert (person.login, person.role, person.unit_id, person.simulated) == (
        *("ha.le", "auditor", None),
        False,
    )
    assert not person.must_change
    async with ledger.connect() as connection:
        for table in ("accounts", "sessions", "sign_in_attempts"):
            rows = (await connection.exec_driver_sql(f"SELECT t::text FROM {table} t")).scalars()
            assert not [row for row in rows if secret in row or SECRET in row]
        kept = await connection.exec_driver_sql("SELECT password_hash FROM accounts")
        assert str(kept.scalar()).startswith("$argon2id$")


async def test_the_same_answer_for_an_unknown_login_a_wrong_password_and_an_ended_account(
    ledger: AsyncEngine, hashed: list[str]
) -> None:
    """In words and in work: each makes one hash."""
    await opened(ledger)
    await opened(ledger, "cu.nguyen")
    async with ledger.begin() as connection:
        await accounts.deactivate_account(connection, "cu.nguyen", by="thử")
    answers = set()
    for login, password in (("ai.do", SECRET), ("ha.le", "sai mật khẩu"), ("cu.nguyen", SECRET)):
        with pytest.raises(SignInError) as refused:
            await enter(ledger, login, password)
        answers.add(str(refused.value))
    assert len(answers) == 1
    assert len(hashed) == 3


async def test_two_keyboards_type_one_password(ledger: AsyncEngine) -> None:
    await opened(ledger)
    assert unicodedata.normalize("NFD", SECRET) != SECRET
    assert await enter(ledger, password=unicodedata.normalize("NFD", SECRET))


async def test_a_session_ends_by_idleness_by_age_and_by_leaving(
    ledger: AsyncEngine, at: Any
) -> None:
    await opened(ledger)
    left, idle, used = [await enter(ledger) for _ in range(3)]
    async with ledger.begin() as connection:
        await sign_in.sign_out(connection, left)
    assert await who(ledger, left) is None
    for minutes in range(0, 12 * 60, 29):
        at(minutes)
        assert await who(ledger, used), minutes
    assert await who(ledger, idle) is None
    at(12 * 60)
    assert await who(ledger, used) is None


async def test_another_process_knows_the_session_and_its_end(
    ledger: AsyncEngine, database: Server
) -> None:
    await opened(ledger)
    secret = await enter(ledger)
    other = connect_night(database)
    try:
        assert await who(other, secret)
        async with other.begin() as connection:
            assert await accounts.revoke_sessions(connection, "ha.le", by="thử") == 1
    finally:
        await other.dispose()
    assert await who(ledger, secret) is None


async def test_a_changed_password_ends_every_session_and_begins_one(ledger: AsyncEngine) -> None:
    first = await opened(ledger, password=None)
    one, other = [await enter(ledger, password=first) for _ in range(2)]
    person = await who(ledger, one)
    assert person
    assert person.must_change
    new = await sign_in.change_password(ledger, LIMITS, person, first, SECRET, HERE)
    assert new not in (one, other)
    assert [await who(ledger, each) for each in (one, other)] == [None, None]
    after = await who(ledger, new)
    assert after
    assert not after.must_change
    with pytest.raises(SignInError):
        await enter(ledger, password=first)


async def test_a_sign_in_during_a_reset_leaves_no_session(ledger: AsyncEngine) -> None:
    """Whoever proved the old password meanwhile is not in afterwards, whichever came first."""
    await opened(ledger)

    async def reset() -> None:
        async with ledger.begin() as connection:
            await accounts.give_new_password(connection, LIMITS, "ha.le", by="thử")

    tries = [enter(ledger, address=f"10.0.0.{number}") for number in range(8)]
    done = await asyncio.gather(*tries[:4], reset(), *tries[4:], return_exceptions=True)
    assert [each for each in done if not isinstance(each, (str, SignInError))] == [None]
    for secret in done:
        if isinstance(secret, str):
            assert await who(ledger, secret) is None
    with pytest.raises(SignInError):
        await enter(ledger)


@pytest.mark.parametrize(
    "new", ["ngắn", "ha.le-ha.le-ha.le", "aaaaaaaaaaaaaaaa", "123412341234", "a1b2c3" * 50]
)
async def test_a_poor_password_is_refused(ledger: AsyncEngine, new: str) -> None:
    await opened(ledger)
    person = await who(ledger, await enter(ledger))
    assert person
    with pytest.raises(InputError):
        await sign_in.change_password(ledger, LIMITS, person, SECRET, new, HERE)
    with pytest.raises(InputError, match="khác"):
        await sign_in.change_password(ledger, LIMITS, person, SECRET, SECRET, HERE)


async def test_an_ended_account_lets_nobody_in_and_out(ledger: AsyncEngine) -> None:
    await opened(ledger)
    await opened(ledger, "cu.nguyen")
    secret, open_still = await enter(ledger), await enter(ledger, "cu.nguyen")
    async with ledger.begin() as connection:  # though a session of it were left open
        await db.deactivate_account(connection, "cu.nguyen", clock.now())
    assert await who(ledger, open_still) is None
    async with ledger.begin() as connection:
        await accounts.deactivate_account(connection, "ha.le", by="thử")
        with pytest.raises(NotFoundError):
            await accounts.give_new_password(connection, LIMITS, "ha.le", by="thử")
    assert await who(ledger, secret) is None
    with pytest.raises(SignInError):
        await enter(ledger)


async def test_ten_thousand_wrong_passwords(
    ledger: AsyncEngine, at: Any, hashed: list[str]
) -> None:
    """Of a flood from many places, ten are hashed; the right one then is refused unhashed."""
    await opened(ledger)
    refused = 0
    tries = 10_000 if os.environ.get("TTHC_HEAVY") else 300
    for number in range(tries):
        try:
            await enter(ledger, password=f"sai {number}", address=f"10.{number % 250}.0.1")
        except SignInError:
            continue
        except TooManyError:
            refused += 1
    assert (len(hashed), refused) == (LIMITS.tries, tries - LIMITS.tries)
    with pytest.raises(TooManyError, match="15 phút"):
        await enter(ledger)
    at(15)
    assert await enter(ledger)


async def test_one_address_cannot_try_many_logins(
    ledger: AsyncEngine, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del at
    await opened(ledger)
    monkeypatch.setattr(passwords, "_prove", lambda *_: None)
    for number in range(LIMITS.tries_from_address):
        with pytest.raises(SignInError):
            await enter(ledger, f"nguoi.{number}")
    for login in ("nguoi.0", "ha.le", *["khac"] * 20):
        with pytest.raises(TooManyError):
            await enter(ledger, login)
    monkeypatch.undo()
    assert await enter(ledger, address="10.0.0.2")


async def test_an_office_signs_in_from_one_address_without_end(ledger: AsyncEngine) -> None:
    await opened(ledger)
    for _ in range(LIMITS.tries_from_address + 5):
        await enter(ledger)


async def test_a_new_password_lets_its_owner_in_though_others_tried(
    ledger: AsyncEngine, at: Any
) -> None:
    del at
    await opened(ledger)
    for _ in range(LIMITS.tries):
        with pytest.raises(SignInError):
            await enter(ledger, password="sai")
    async with ledger.begin() as connection:
        given = await accounts.give_new_password(connection, LIMITS, "ha.le", by="thử")
    person = await who(ledger, await enter(ledger, password=given))
    assert person
    assert person.must_change


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"role": "king"}, "Vai trò"),
        ({"role": "clerk"}, "đơn vị"),
        ({"role": "clerk", "unit": "không-có"}, "Không có đơn vị"),
        ({"name": " "}, "họ và tên"),
        ({"login": "Hà Lê"}, "Tên đăng nhập"),
        ({"login": "cu.nguyen"}, "Đã có tài khoản"),
    ],
)
async def test_an_account_that_cannot_be(
    ledger: AsyncEngine, said: dict[str, Any], sentence: str
) -> None:
    await opened(ledger, "cu.nguyen")
    with pytest.raises((InputError, NotFoundError), match=sentence):
        await opened(ledger, **said)


async def test_what_production_hashes_with() -> None:
    """The parameters that the tests replace are the RFC's, and a cheap hash counts as outdated."""
    import importlib.util

    spec = importlib.util.find_spec("tthc.service.passwords")
    assert spec
    assert spec.loader
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    cheap = await passwords.hash_password(SECRET)
    assert fresh.is_outdated(cheap)
    assert await fresh.prove_password(SECRET, cheap) == cheap
    assert await fresh.prove_password(SECRET.upper(), cheap) not in (cheap, None)
    assert extract_parameters(fresh.HASHER.hash(SECRET)) == RFC_9106_LOW_MEMORY


async def test_an_outdated_hash_is_renewed_at_sign_in(
    ledger: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(ledger)
    dearer = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", dearer)
    await enter(ledger)
    async with ledger.connect() as connection:
        kept = (await connection.exec_driver_sql("SELECT password_hash FROM accounts")).scalar()
    assert extract_parameters(str(kept)).time_cost == 2
    assert await enter(ledger)
