"""Databases for tests: a template from the real migrations, and copies of it."""

import os
import secrets
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tthc.db import urls
from tthc.db.embedded import lock
from tthc.db.engine import connect
from tthc.db.server import OWNER, Server
from tthc.db.upgrade import upgrade


class Databases:
    """The databases of one test run, told from other runs' by its folder's name."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.prefix = folder.name.replace("-", "_").lower()
        self.template = f"{self.prefix}_template"

    async def build_template(self) -> None:
        """Migrate the template unless another worker has."""
        done = self.folder / "template"
        with lock.opened(self.folder / "template.lock") as building:
            lock.wait_for_lock(building, lock.EXCLUSIVE, 300)
            if done.exists():
                return
            await upgrade(self.server.on(self.template))
            if self.server.admin_url:  # a test's database need not survive a power cut
                await self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
            done.touch()

    async def copy(self, of: Server | None = None) -> Server:
        """A copy of the template, or of a database that nobody is connected to."""
        template = urls.database_of(of.owner_url) if of else self.template
        name = f"{self.prefix}_{os.getpid()}_{secrets.token_hex(4)}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
        return self.server.on(name)

    async def drop(self, copy: Server) -> None:
        await self._run(f"DROP DATABASE {urls.database_of(copy.owner_url)} WITH (FORCE)")

    async def drop_all(self) -> None:
        """Drop what this run has made."""
        engine = self._engine()
        async with engine.connect() as connection:
            names = await connection.scalars(
                text("select datname from pg_database where starts_with(datname, :prefix)"),
                {"prefix": f"{self.prefix}_"},
            )
        await engine.dispose()
        await self._run(*(f"DROP DATABASE {name} WITH (FORCE)" for name in names))

    async def _run(self, *statements: str) -> None:
        engine = self._engine()
        try:
            async with engine.connect() as connection:
                for statement in statements:
                    await connection.exec_driver_sql(statement)
        finally:
            await engine.dispose()

    def _engine(self) -> AsyncEngine:
        """Connections to another database than those that are copied and dropped."""
        url = self.server.admin_url or urls.with_database(self.server.owner_url, "postgres")
        return connect(url, isolation_level="AUTOCOMMIT")
