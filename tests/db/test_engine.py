from dataclasses import replace

import adbc_driver_postgresql.dbapi
import polars as pl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tthc.db import urls
from tthc.db.engine import connect, connect_app, connect_night
from tthc.db.refusal import explain
from tthc.db.server import Server


@pytest.mark.parametrize("role", ["tthc_app", "tthc_night"])
async def test_whoever_works_owns_nothing(server: Server, role: str) -> None:
    engine = connect_app(server) if role == "tthc_app" else connect_night(server)
    async with engine.connect() as connection:
        assert await connection.scalar(text("select current_user")) == role
        owned = f"select count(*) from pg_class where relowner = '{role}'::regrole"
        assert await connection.scalar(text(owned)) == 0
    await engine.dispose()


async def test_the_application_may_not_become_the_night(server: Server) -> None:
    engine = connect_app(server)
    for role in ("tthc_night", "tthc_owner", "tthc_admin"):
        async with engine.connect() as connection:
            with pytest.raises(DBAPIError, match="permission denied to set role"):
                await connection.execute(text(f"set role {role}"))
    await engine.dispose()
    night = connect_night(replace(server, night_url=urls.as_role(server.app_url, "tthc_night")))
    with pytest.raises(DBAPIError) as told:
        await night.connect()
    await night.dispose()
    assert "TTHC_NIGHT_DATABASE_URL" in str(explain(told.value))


async def test_the_owner_owns_every_table(owner_engine: AsyncEngine) -> None:
    async with owner_engine.connect() as connection:
        owners = await connection.scalars(
            text("select distinct tableowner from pg_tables where schemaname = 'public'")
        )
        assert list(owners) == ["tthc_owner"]


async def test_a_private_copy_keeps_its_commits_to_itself(
    database: Server, engine: AsyncEngine
) -> None:
    own = connect_app(database)
    insert = "insert into sectors (name) values ('riêng')"
    async with own.begin() as connection:
        await connection.execute(text(insert))
    await own.dispose()
    async with engine.connect() as connection:
        seen = await connection.scalar(text("select count(*) from sectors where name = 'riêng'"))
        assert seen == 0


def test_other_drivers_read_the_same_url(server: Server) -> None:
    with adbc_driver_postgresql.dbapi.connect(server.app_url) as adbc, adbc.cursor() as cursor:
        cursor.execute("select current_user::text")
        assert pl.DataFrame(cursor.fetch_arrow()).item() == "tthc_app"


async def test_another_role_s_url_can_work_as_the_application(server: Server) -> None:
    if server.admin_url is None:
        pytest.skip("needs the embedded server's superuser")
    url = urls.with_database(server.admin_url, urls.database_of(server.app_url))
    url = urls.as_role(url, "tthc_app")
    engine = connect_app(replace(server, app_url=url))
    async with engine.connect() as connection:
        assert await connection.scalar(text("select session_user")) == "tthc_admin"
        assert await connection.scalar(text("select current_user")) == "tthc_app"
        await connection.rollback()
        assert await connection.scalar(text("select current_user")) == "tthc_app"
    await engine.dispose()
    with adbc_driver_postgresql.dbapi.connect(url) as adbc, adbc.cursor() as cursor:
        cursor.execute("select current_user::text")
        assert pl.DataFrame(cursor.fetch_arrow()).item() == "tthc_app"


async def test_what_only_libpq_knows_is_kept_from_asyncpg(server: Server) -> None:
    url = server.app_url + "&connect_timeout=7&keepalives=1&gssencmode=disable"
    engine = connect_app(replace(server, app_url=url))
    async with engine.connect() as connection:
        assert await connection.scalar(text("select 42")) == 42
    await engine.dispose()


def test_an_engine_shows_no_password() -> None:
    assert "secret" not in repr(connect("postgresql://u:secret@h/d"))


async def test_an_error_does_not_tell_its_values(connection: AsyncConnection) -> None:
    with pytest.raises(DBAPIError) as told:
        await connection.exec_driver_sql("SELECT $1::text FROM nowhere", ("Nguyễn Thị Mơ",))
    assert "nowhere" in str(told.value)
    assert "Mơ" not in str(told.value)
