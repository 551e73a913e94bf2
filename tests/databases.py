"""Databases for tests: a template from the real migrations, and copies of it."""

import asyncio
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
        with self._once("template") as first:
            if first:
                await upgrade(self.server.on(self.template))
                if self.server.admin_url:  # a test's database need not survive a power cut
                    await self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    def filled(self, fill: Callable[[Server], None]) -> Server:
        """A database that is filled once in the run, for all its workers: to be copied only."""
        server = self.server.on(f"{self.prefix}_{fill.__name__}")
        with self._once(fill.__name__) as first:
            if first:
                asyncio.run(self._create(server, self.template))
                fill(server)
        return server

    @contextmanager
    def _once(self, task: str) -> Iterator[bool]:
        """Whether the task is the caller's to do; whoever comes later waits until it is done."""
        done = self.folder / task
        with lock.opened(self.folder / f"{task}.lock") as doing:
            lock.wait_for_lock(doing, lock.EXCLUSIVE, 300)
            yield not done.exists()
            done.touch()

    async def copy(self, of: Server | None = None) -> Server:
        """A copy of the template, or of a database that nobody is connected to."""
        template = urls.database_of(of.owner_url) if of else self.template
        copy = self.server.on(f"{self.prefix}_{os.getpid()}_{secrets.token_hex(4)}")
        await self._create(copy, template)
        return copy

    async def _create(self, server: Server, template: str) -> None:
        name = urls.database_of(server.owner_url)
        await self._run(
            f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER} STRATEGY FILE_COPY"
        )

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
