"""The site over a real database with two worlds and their nights."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from litestar import Litestar
from playwright.async_api import Browser
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.browsing import started_browser
from tests.databases import Databases
from tests.people import signed_in
from tests.site import client_of, living_app
from tests.worlds import fill_worlds
from tthc.db.engine import connect_night
from tthc.db.server import Server


@pytest.fixture(scope="session")
def worlds(databases: Databases) -> Iterator[Server]:
    """A database with two worlds and the night of 31/03/2026 over each."""
    own = asyncio.run(databases.copy(databases.filled(fill_worlds)))
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture(scope="session")
async def shared_app(worlds: Server) -> AsyncIterator[Litestar]:
    """The site over the worlds, alive for as long as the worker."""
    async with living_app(worlds) as app:
        yield app


@pytest.fixture
def app(shared_app: Litestar) -> Litestar:
    """A module over other data than the worlds has its own."""
    return shared_app


@pytest.fixture
async def site(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client of somebody who sees the whole real world."""
    async with signed_in(app) as client:
        yield client


@pytest.fixture
async def simulated_site(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client of somebody who sees the whole simulated world."""
    async with signed_in(app, simulated=True) as client:
        yield client


@pytest.fixture
async def stranger(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client of nobody."""
    async with client_of(app) as client:
        yield client


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of a worker."""
    async with started_browser() as browser:
        yield browser


@pytest.fixture
async def ledger(worlds: Server) -> AsyncIterator[AsyncConnection]:
    """The same worlds, asked directly."""
    engine = connect_night(worlds)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()
