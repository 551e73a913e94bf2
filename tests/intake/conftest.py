from pathlib import Path

import pytest

from tests.imports import Office
from tthc.db.server import Server


@pytest.fixture
def office(database: Server, tmp_path: Path) -> Office:
    return Office(database, tmp_path)
