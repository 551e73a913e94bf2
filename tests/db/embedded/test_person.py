"""A normal user's own server, and a folder that is somebody else's."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from tests.db.embedded.commands import Command, owners_of_server, wait_until_gone
from tthc.db.embedded.person import Person, choose_person
from tthc.domain.errors import SettingError
from tthc.settings import CHECKOUT

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become another; as a normal user every test is one"
)
NEWER = "import sys; sys.exit(sys.version_info < (3, 11))"
NOBODY = Person(65534, 65534)


def as_nobody(*program: str | Path) -> int:
    try:
        return subprocess.run(program, check=False, **NOBODY.process()).returncode
    except OSError:
        return 1


@pytest.fixture
def nobody(open_folder: Path) -> dict[str, object]:
    """What it takes to run a command as `nobody`: a Python and the code within reach."""
    versions = ("python3", "python3.13", "python3.12", "python3.11")
    places = [Path(folder, name) for folder in ("/usr/bin", "/usr/local/bin") for name in versions]
    python = next((place for place in places if as_nobody(place, "-c", NEWER) == 0), None)
    if python is None:
        pytest.skip("no Python 3.11 that `nobody` can run")
    shutil.copytree(CHECKOUT / "tthc", open_folder / "tthc", ignore=shutil.ignore_patterns("data"))
    for path in (open_folder, *open_folder.rglob("*")):
        path.chmod(0o755)
    return {"python": [python], "code": open_folder, "user": 65534, "group": 65534}


async def test_a_normal_user_runs_the_server_as_oneself(
    open_folder: Path, pg_bin: Path, command: Callable[..., Command], nobody: dict[str, object]
) -> None:
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, NOBODY.uid, NOBODY.gid)
    used = command(home / "data", pg_bin, **nobody)
    connection = await asyncpg.connect(used.url())
    assert await connection.fetchval("select 42") == 42
    await connection.close()
    assert owners_of_server(home / "data") == {NOBODY.uid}
    used.end()
    wait_until_gone(home / "data")


def test_a_normal_user_is_told_of_a_folder_that_is_closed(
    open_folder: Path, command: Callable[..., Command], nobody: dict[str, object]
) -> None:
    assert "Không ghi được vào thư mục dữ liệu" in command(open_folder / "data", **nobody).end()


def test_a_normal_user_is_told_whose_the_data_are(
    open_folder: Path, command: Callable[..., Command], nobody: dict[str, object]
) -> None:
    home = open_folder / "home"
    (home / "postgresql").mkdir(parents=True)
    os.chown(home, NOBODY.uid, NOBODY.gid)
    assert "thuộc về người dùng “root”" in command(home, **nobody).end()


async def test_root_serves_a_user_s_data_as_that_user(
    open_folder: Path, command: Callable[..., Command], nobody: dict[str, object]
) -> None:
    """`sudo` once, and the user can still use what it made."""
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, NOBODY.uid, NOBODY.gid)
    for options in ({}, nobody):
        used = command(home, **options)
        used.url()
        assert owners_of_server(home) == {NOBODY.uid}
        assert not used.end()
        wait_until_gone(home)


def test_root_without_anybody_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", unknown)
    with pytest.raises(SettingError, match="người dùng thường"):
        choose_person(tmp_path, tmp_path / "postgresql")
