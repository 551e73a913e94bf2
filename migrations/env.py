"""Run the migrations on the connection of `tthc db upgrade`, or, from alembic's own command line,
on the database of the settings.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from alembic import context
from alembic.ddl.postgresql import PostgresqlImpl
from sqlalchemy import Connection, Executable, text

from tthc.db.engine import connect_owner
from tthc.db.server import OWNER, running_server
from tthc.settings import read_settings


class ScriptImpl(PostgresqlImpl):
    """Lets `op.execute` take a whole script as it stands: many statements, colons and all."""

    __dialect__ = "postgresql"

    def execute(
        self, sql: Executable | str, execution_options: Mapping[str, Any] | None = None
    ) -> None:
        if not isinstance(sql, str):
            super().execute(sql, execution_options)
            return
        assert self.connection is not None
        driver: Any = self.connection.connection.dbapi_connection
        driver.run_async(lambda connection: connection.execute(sql))


def run(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()


async def run_from_settings() -> None:
    with running_server(read_settings()) as server:
        engine = connect_owner(server)
        async with engine.begin() as connection:
            await connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
            await connection.run_sync(run)
        await engine.dispose()


if given := context.config.attributes.get("connection"):
    run(given)
else:
    asyncio.run(run_from_settings())
