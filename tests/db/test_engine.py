from dataclasses import replace

import adbc_driver_postgresql.dbapi
import polars as pl
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tthc.db import urls
from tthc.db.engine import connect, connect_app
from tthc.db.server import Server


async def test_the_application_works_as_a_role_that_owns_nothing(
    connection: AsyncConnection,
) -> None:
    assert await connection.scalar(text("select current_user")) == "tthc_app"
    owned = "select count(*) from pg_class where relowner = 'tthc_app'::regrole"
    assert await connection.scalar(text(owned)) == 0


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
