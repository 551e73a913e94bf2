"""What handlers ask for by name: the application's connection, in the name of who asks.

A person or program is recognised before a connection is taken, so that nobody holds one while
waiting for another.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.readers import standing_for
from tthc.domain.access import Actor
from tthc.web.access import find_digest, is_assumed

Begin = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
Asking = Request[Any, Any, Any]


# Both ask for `actor`, so that it is found before: for what may be found side by side the
# framework opens a group of tasks, which costs a twentieth of a receipt.
async def read_ledger(
    state: State, request: Asking, actor: NamedDependency[Actor | None]
) -> AsyncIterator[AsyncConnection]:
    """`ledger`: reading one snapshot and writing nothing."""
    del actor
    digest = await find_digest(request)
    async with state.engine.connect() as connection:
        await connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        async with standing_for(connection, digest, clock.now(), must=is_assumed(request)):
            yield connection


async def write_ledger(
    state: State, request: Asking, actor: NamedDependency[Actor | None]
) -> AsyncIterator[AsyncConnection]:
    """`writing`: one transaction, kept before the answer is sent and undone by a refusal."""
    del actor
    async with begin_for(state, request)() as connection:
        yield connection


def begin_for(state: State, request: Asking) -> Begin:
    """Opens transactions in the name of who asks, for what takes more than one."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncConnection]:
        digest = await find_digest(request)
        async with (
            state.turns.take(),
            state.engine.begin() as connection,
            standing_for(connection, digest, clock.now(), must=is_assumed(request)),
        ):
            yield connection

    return begin
