import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.db.embedded.commands import Command
from tthc.db.embedded.find import candidates, find_programs
from tthc.db.embedded.person import choose_person


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="tthc-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def command() -> Iterator[Callable[..., Command]]:
    """Starts commands; those that a failed test leaves are killed."""
    started: list[Command] = []

    def start(*arguments: object, **options: object) -> Command:
        started.append(Command(*arguments, **options))  # type: ignore[arg-type]  # handed on
        return started[-1]

    yield start
    for command in started:
        command.kill()


def _found() -> list[Path]:
    person = choose_person(Path("/"), Path("/nowhere"))
    return [
        find_programs(person, folder, None).folder
        for folder in candidates()
        if (folder / "postgres").exists()
    ]


@pytest.fixture(params=_found(), ids=str)
def pg_bin(request: pytest.FixtureRequest) -> Path:
    """The machine's programs and the wheel's, whichever there are."""
    folder: Path = request.param
    return folder
