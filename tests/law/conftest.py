"""The office of the law files: a database of a module's own, its people, a program at its door."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.databases import Databases
from tests.law.office import People
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[Server]:
    """A database of this module's own."""
    own = asyncio.run(databases.copy())
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture(scope="module")
async def owners(office: Server) -> AsyncIterator[AsyncEngine]:
    engine = connect_owner(office)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="module")
async def people(office: Server) -> AsyncIterator[People]:
    async with living_app(office) as app:
        yield People(app)


@pytest.fixture(scope="module")
async def site(office: Server, people: People) -> AsyncIterator[httpx.AsyncClient]:
    secret = await token_for(office, "Phần mềm một cửa", actor="Lan")
    async with client_of(people.app) as client:
        client.headers.update(bearing(secret))
        yield client
