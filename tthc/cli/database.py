"""A command's connection: the server is held while it works."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.engine import connect_night, connect_owner
from tthc.db.server import running_server
from tthc.settings import read_settings

Answer = TypeVar("Answer")


def ask_ledger(question: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    """Ask in one read-only snapshot of the ledger, as the night's role."""

    async def ask() -> Answer:
        with running_server(read_settings()) as server:
            engine = connect_night(server)
            try:
                async with engine.connect() as connection:
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                    return await question(connection)
            finally:
                await engine.dispose()

    return asyncio.run(ask())


def change_ledger(act: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    """One act on the ledger, as the night's role: all of it is kept, or nothing."""

    async def change() -> Answer:
        with running_server(read_settings()) as server:
            engine = connect_night(server)
            try:
                async with engine.begin() as connection:
                    return await act(connection)
            finally:
                await engine.dispose()

    return asyncio.run(change())


def change_as_owner(act: Callable[[AsyncConnection], Awaitable[Answer]]) -> Answer:
    """One act of the administrator, as the owner's role: all of it is kept, or nothing."""

    async def change() -> Answer:
        with running_server(read_settings()) as server:
            engine = connect_owner(server)
            try:
                async with engine.begin() as connection:
                    return await act(connection)
            finally:
                await engine.dispose()

    return asyncio.run(change())
