"""From nothing to the newest schema, on the embedded server and on somebody else's."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.db.foreign import PASSWORD, ForeignServer, foreign_server, named
from tthc.db import upgrade as module
from tthc.db.engine import connect_app, connect_owner
from tthc.db.server import Server
from tthc.db.upgrade import upgrade
from tthc.domain.errors import BusyError, SettingError

MAKER = f"CREATE ROLE maker LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORD}'"
PLAIN = f"CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}'"


@pytest.fixture
def foreign(tmp_path: Path, pg_bin: Path) -> Iterator[ForeignServer]:
    with foreign_server(tmp_path, pg_bin) as server:
        yield server


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ForeignServer]:
    """One kind of programs, and no reference data: for what depends on neither."""

    async def nothing(connection: AsyncConnection) -> None:
        del connection

    monkeypatch.setattr(module, "load_reference", nothing)
    with foreign_server(tmp_path, None) as server:
        yield server


async def scalar(server: Server, question: str) -> object:
    engine = connect_app(server)
    try:
        async with engine.connect() as connection:
            return await connection.scalar(text(question))
    finally:
        await engine.dispose()


def test_the_command_upgrades_once(tmp_path: Path) -> None:
    def run() -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "tthc", "db", "upgrade", "--json"],
            env=os.environ | {"TTHC_DATA_DIR": str(tmp_path), "TTHC_DATABASE_URL": ""},
            stdout=subprocess.PIPE,
            check=True,
        )
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    first, second = run(), run()
    assert first["applied"]
    assert second["applied"] == []
    assert first["reference"] == {**second["reference"], "loaded": True}  # type: ignore[dict-item]  # JSON


async def test_who_may_make_roles_prepares_everything(foreign: ForeignServer) -> None:
    await foreign.run(MAKER)
    server = named(foreign.url("tthc_app"), foreign.url("maker"))
    done = await upgrade(server)
    assert done.applied == sorted(done.applied) != []
    assert (await upgrade(server)).applied == []
    assert await scalar(server, "select current_user") == "tthc_app"  # by the password of its URL
    owners = "select distinct tableowner from pg_tables where schemaname = 'public'"
    assert await foreign.run(owners, "tỉnh") == "tthc_owner"


async def test_with_one_url_the_application_still_owns_nothing(fresh: ForeignServer) -> None:
    await fresh.run(MAKER)
    server = named(fresh.url("maker"))
    await upgrade(server)
    who = "select current_user || ' for ' || session_user"
    assert await scalar(server, who) == "tthc_app for maker"


async def test_what_the_administrator_must_do_is_said(fresh: ForeignServer) -> None:
    """Following the sentences, one after the other, leads there."""
    await fresh.run(PLAIN)
    server = named(fresh.url("plain"))
    done, said = None, []
    while done is None:
        try:
            done = await upgrade(server)
        except SettingError as refusal:
            said.append(str(refusal).split("“")[2].split("”")[0])
            await fresh.run(said[-1], "tỉnh" if "SCHEMA" in said[-1] else "postgres")
    assert [statement.split()[:2] for statement in said] == [
        *[["CREATE", "ROLE"]] * 3,
        ["GRANT", "tthc_owner"],
        ["GRANT", "tthc_app"],
        ["GRANT", "tthc_night"],  # to who migrates
        ["GRANT", "tthc_app"],  # to the night
        ["GRANT", "tthc_night"],  # to the owner
        ["CREATE", "DATABASE"],
    ]
    assert done.applied


async def test_a_database_of_another_owner_is_opened_to_ours(fresh: ForeignServer) -> None:
    await fresh.run(MAKER)
    await fresh.run('CREATE DATABASE "tỉnh" OWNER maker')
    assert (await upgrade(named(fresh.url("maker")))).applied


async def test_a_wrong_password_and_a_wrong_address(fresh: ForeignServer) -> None:
    await fresh.run(PLAIN)
    with pytest.raises(SettingError, match="mật khẩu"):
        await upgrade(named(fresh.url("plain").replace("%25", "x")))
    with pytest.raises(SettingError, match="Không kết nối được"):
        await upgrade(named("postgresql://plain@127.0.0.1:1/x"))
    with pytest.raises(SettingError, match="Không kết nối được"):
        await upgrade(named(f"postgresql://plain@/x?host={fresh.folder}&port=1"))


async def test_two_upgrades_at_once_are_one(fresh: ForeignServer) -> None:
    server = named(fresh.url("tthc_admin"))
    both = await asyncio.gather(upgrade(server), upgrade(server))
    assert sorted(bool(each.applied) for each in both) == [False, True]


async def test_an_upgrade_that_fails_leaves_nothing(
    fresh: ForeignServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(connection: AsyncConnection) -> None:
        await connection.execute(text("select 1/0"))

    server = named(fresh.url("tthc_admin"))
    with monkeypatch.context() as patched:
        patched.setattr(module, "load_reference", fail)
        with pytest.raises(DBAPIError, match="division by zero"):
            await upgrade(server)
    tables = "select count(*) from pg_tables where schemaname = 'public'"
    assert await fresh.run(tables, "tỉnh") == 0
    assert (await upgrade(server)).applied


async def test_another_s_upgrade_is_waited_for_but_not_for_ever(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TURN", "50ms")
    other = connect_owner(database)
    async with other.begin() as connection:
        await connection.execute(text(f"select pg_advisory_xact_lock({module.UPGRADING})"))
        with pytest.raises(BusyError, match="thử lại sau"):
            await upgrade(database)
    await other.dispose()
    assert (await upgrade(database)).applied == []


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine ()",
        "update case_events set payload = null",
        "delete from case_events",
        "truncate cases",
        "alter table case_events disable trigger all",
        "drop table case_events",
    ],
)
async def test_the_application_can_not(connection: AsyncConnection, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        await connection.execute(text(statement))


async def test_the_application_can_not_become_the_owner(connection: AsyncConnection) -> None:
    if await connection.scalar(text("select session_user")) != "tthc_app":
        pytest.skip("with one URL for all, the application's role is a habit and no wall")
    with pytest.raises(ProgrammingError, match="permission denied"):
        await connection.execute(text("set role tthc_owner"))
