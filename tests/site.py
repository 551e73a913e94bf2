"""A client of the site without a network."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
from litestar import Litestar

from tthc.db.server import Server
from tthc.settings import read_settings
from tthc.web.app import create_app

IDLE: dict[frozenset[tuple[str, str]], list[Litestar]] = defaultdict(list)  # built, not alive


@asynccontextmanager
async def living_app(server: Server, **environment: str) -> AsyncIterator[Litestar]:
    """The site over a server, started; its life is one task's, as the framework demands.

    Building one costs more than most tests do, so that one whose life is over gets another.
    """
    idle = IDLE[frozenset(environment.items())]
    app = idle.pop() if idle else _built(environment, server)
    app.state.server = server
    started, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await over.wait()

    life = asyncio.create_task(live())
    await started.wait()
    try:
        yield app
    finally:
        over.set()
        await life
        idle.append(app)


def _built(environment: dict[str, str], server: Server) -> Litestar:
    return create_app(read_settings({"TTHC_SITE_NAMES": "site,127.0.0.1"} | environment), server)


def client_of(app: Litestar) -> httpx.AsyncClient:
    """Requests go straight to the application; its failures are answers."""
    transport = httpx.ASGITransport(cast("Any", app), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://site")
