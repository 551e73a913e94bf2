"""One server for the whole run, one template built by the real migrations, a copy per worker.

The server is embedded, in a folder of its own, unless TTHC_DATABASE_URL names one (whose owner's
URL must be allowed to create databases and roles). Whoever asks for no fixture starts nothing.

- `server`, `engine` (the night's role, which sees all), `owner_engine`: this worker's database
- `connection`: the night's, in a transaction that is rolled back; for sessions on it use
  `join_transaction_mode="create_savepoint"`
- `owner`: the owner's, rolled back too
- `database`: a private copy of the template for a test that commits, dropped afterwards
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from hypothesis import settings
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.databases import Databases
from tests.run import begin_run, end_run
from tthc.db.engine import connect_night, connect_owner
from tthc.db.server import Server, running_server
from tthc.service import passwords
from tthc.settings import Settings, read_settings

RUN = "TTHC_TEST_RUN"  # from the first process to the workers: a folder that all of them share


settings.register_profile("shared machine", deadline=None)  # a slow minute is no failure
settings.load_profile("shared machine")
structlog.configure(  # traces without every frame's variables: those take seconds to print
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=True),
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)
passwords.HASHER = PasswordHasher.from_parameters(CHEAPEST)  # no setting can do this


def pytest_configure(config: pytest.Config) -> None:
    if RUN not in os.environ:
        folder, held = begin_run()
        os.environ[RUN] = str(folder)
        config.add_cleanup(lambda: _end_run(folder, held))


def _end_run(folder: Path, held: int) -> None:
    """Leave nothing behind: neither databases on a named server nor the embedded one's files."""
    del os.environ[RUN]
    if (folder / "template").exists() and not _is_embedded():
        with running_server(_settings(folder)) as server:
            asyncio.run(Databases(server, folder).drop_all())
    end_run(folder, held)


def _is_embedded() -> bool:
    return not os.environ.get("TTHC_DATABASE_URL")


def _settings(folder: Path) -> Settings:
    return read_settings(os.environ | {"TTHC_DATA_DIR": str(folder)})


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The run's server, with the template."""
    folder = Path(os.environ[RUN])
    with running_server(_settings(folder)) as server:
        databases = Databases(server, folder)
        asyncio.run(databases.build_template())
        yield databases


@pytest.fixture(scope="session")
def server(databases: Databases) -> Server:
    """This worker's database."""
    return asyncio.run(databases.copy())


@pytest.fixture
def database(databases: Databases) -> Iterator[Server]:
    """A database of the test's own, to commit to."""
    own = asyncio.run(databases.copy())
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture(scope="session")
async def engine(server: Server) -> AsyncIterator[AsyncEngine]:
    engine = connect_night(server)
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
async def owner_engine(server: Server) -> AsyncIterator[AsyncEngine]:
    engine = connect_owner(server)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """The night's connection; what the test does is rolled back."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest.fixture
async def owner(owner_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """The owner's connection; what the test does is rolled back."""
    async with owner_engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()
