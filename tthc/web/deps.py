"""What handlers ask for by name."""

from collections.abc import AsyncIterator

from litestar.datastructures import State
from sqlalchemy.ext.asyncio import AsyncConnection


async def read_ledger(state: State) -> AsyncIterator[AsyncConnection]:
    """`ledger`: the application's connection, reading one snapshot and writing nothing."""
    async with state.engine.connect() as connection:
        await connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        yield connection


async def write_ledger(state: State) -> AsyncIterator[AsyncConnection]:
    """`writing`: one transaction, kept before the answer is sent and undone by a refusal."""
    async with state.engine.begin() as connection:
        yield connection
