"""A command's connection: the server is held while it works."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tthc.db.engine import connect_night, connect_owner
from tthc.db.server import Server, running_server
from tthc.settings import read_settings

Answer = TypeVar("Answer")


def ask_ledger(question: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    """Ask in one read-only snapshot of the ledger, as the night's role."""

    async def ask(engine: AsyncEngine) -> Answer:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            return await question(connection)

    return _with(connect_night, ask)


def change_ledger(act: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    """One act on the ledger, as the night's role: all of it is kept, or nothing."""
    return _change(connect_night, act)


def change_as_owner(act: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    """One act of the administrator, as the owner's role: all of it is kept, or nothing."""
    return _change(connect_owner, act)


def _change(
    connect: Callable[[Server], AsyncEngine], act: Callable[[AsyncConnection], Awaitable[Answer]]
) -> Answer:
    async def change(engine: AsyncEngine) -> Answer:
        async with engine.begin() as connection:
            return await act(connection)

    return _with(connect, change)


def _with(
    connect: Callable[[Server], AsyncEngine], work: Callable[[AsyncEngine], Awaitable[Answer]]
) -> Answer:
    async def run() -> Answer:
        with running_server(read_settings()) as server:
            engine = connect(server)
            try:
                return await work(engine)
            finally:
                await engine.dispose()

    return asyncio.run(run())
