"""One small simulated province for all the tests of this folder, in a database of its own."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.simulated import REAL, Simulated, asked, prepared, rows_of
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.writing import write


@pytest.fixture(scope="session")
def simulated(databases: Databases) -> Iterator[Simulated]:
    server = asyncio.run(databases.copy())
    before = [rows[0] for rows in rows_of(server, *REAL)]
    reference = prepared(server)
    setting = Setting(asked(), reference)
    written = write(setting, server.night_url, lambda _: None)
    yield Simulated(server, reference, setting, written, before)
    asyncio.run(databases.drop(server))
