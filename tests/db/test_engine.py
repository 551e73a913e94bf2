from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tthc.db.engine import connect_app
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
