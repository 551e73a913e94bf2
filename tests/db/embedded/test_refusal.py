"""What the machine may refuse: one sentence each, and nothing half-made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.db.embedded.commands import HOLD, wait_until_gone
from tthc.db.embedded.cluster import Cluster
from tthc.db.embedded.share import share_server
from tthc.domain.errors import SettingError
from tthc.settings import CHECKOUT

FULL = "đã đầy: hãy giải phóng dung lượng"


def refusal(data_dir: Path, pg_bin: Path | None = None) -> str:
    with pytest.raises(SettingError) as refused, share_server(data_dir, pg_bin):
        pass
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


def program(folder: Path, name: str, script: str) -> None:
    """A program that stands in for one of PostgreSQL's that fails in a way hard to bring about."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f'#!/bin/sh\n[ "$1" = --version ] && {VERSION}\n{script}\n')
    (folder / name).chmod(0o755)


VERSION = 'echo "postgres (PostgreSQL) 16.3" && exit'
ENOSPC = "initdb: error: could not write file: No space left on device"


def test_a_disk_that_fills_while_the_cluster_is_made(tmp_path: Path, open_folder: Path) -> None:
    program(open_folder, "postgres", "exit 1")
    program(
        open_folder, "initdb", f'echo half > "${{1#*=}}/PG_VERSION"; echo "{ENOSPC}" >&2; exit 1'
    )
    assert FULL in refusal(tmp_path, open_folder)
    assert not list(tmp_path.glob("postgresql*/"))


MAY_MOUNT = "unshare --mount mount -t tmpfs none /mnt"
needs_mount = pytest.mark.skipif(
    subprocess.run(["sh", "-c", MAY_MOUNT], check=False, capture_output=True).returncode != 0,
    reason="this person may not mount a small disk",
)


def on_small_disk(folder: Path, megabytes: int, script: str) -> str:
    """What a shell script says on stderr that runs where the folder is a small disk."""
    mount = f"mount -t tmpfs -o size={megabytes}m none '{folder}' && "
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", mount + script],
        env=os.environ | {"TTHC_DATA_DIR": str(folder), "HOLD": HOLD, "PYTHONPATH": str(CHECKOUT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    ).stderr


COMMAND = f'{sys.executable} -c "$HOLD" </dev/null'


@needs_mount
def test_a_real_disk_too_small_for_a_cluster(tmp_path: Path) -> None:
    assert FULL in on_small_disk(tmp_path, 10, COMMAND)


@needs_mount
def test_a_real_disk_that_is_full_when_the_server_starts(tmp_path: Path) -> None:
    fill = "sleep 2; cat /dev/zero > $TTHC_DATA_DIR/fill 2>/dev/null"
    assert FULL in on_small_disk(tmp_path, 100, f"{COMMAND} && {{ {fill}; {COMMAND}; }}")


def test_a_server_that_does_not_come_up_shows_its_last_word(tmp_path: Path) -> None:
    with share_server(tmp_path, None):
        pass
    wait_until_gone(tmp_path)
    (tmp_path / "postgresql" / "global" / "pg_control").unlink()
    assert "dòng cuối của nhật ký" in (sentence := refusal(tmp_path))
    assert "pg_control" in sentence


def test_a_data_directory_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "không phải thư mục" in refusal(tmp_path / "file")
    assert "không phải thư mục" in refusal(tmp_path / "file" / "below")


def test_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "postgresql").mkdir()
    (tmp_path / "postgresql" / "letter.txt").touch()
    assert "không phải dữ liệu của PostgreSQL" in refusal(tmp_path)
    assert (tmp_path / "postgresql" / "letter.txt").exists()


def test_no_programs_where_the_setting_points(tmp_path: Path) -> None:
    assert "TTHC_PG_BIN" in refusal(tmp_path, tmp_path / "none")


def test_programs_that_are_too_old(tmp_path: Path, open_folder: Path) -> None:
    for name in ("postgres", "initdb"):
        program(open_folder, name, "exit 1")
        file = open_folder / name
        file.write_text(file.read_text().replace("16.3", "14.11"))
    assert "PostgreSQL 14 quá cũ" in refusal(tmp_path, open_folder)


def test_data_made_by_another_version(tmp_path: Path) -> None:
    (tmp_path / "postgresql").mkdir()
    (tmp_path / "postgresql" / "PG_VERSION").write_text("12\n")
    assert "do PostgreSQL 12 tạo mà chỉ tìm thấy PostgreSQL 1" in refusal(tmp_path)


def test_data_choose_the_programs_that_fit_them(tmp_path: Path, pg_bin: Path) -> None:
    with share_server(tmp_path, pg_bin):
        pass
    wait_until_gone(tmp_path)
    made_by = (tmp_path / "postgresql" / "PG_VERSION").read_text().strip()
    assert str(Cluster(tmp_path, None).programs.major) == made_by


def test_a_server_started_by_hand_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process works in the folder: it is neither stopped nor ignored."""
    with share_server(tmp_path, None):
        pass
    wait_until_gone(tmp_path)
    monkeypatch.setattr("tthc.db.embedded.cluster.STOPPING_SECONDS", 0.2)
    other = subprocess.Popen(["sleep", "60"], cwd=tmp_path / "postgresql")
    try:
        with pytest.raises(SettingError, match=f"tiến trình {other.pid}"):
            Cluster(tmp_path, None).start()
    finally:
        other.kill()
        other.wait()


def test_an_interrupted_beginning_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "postgresql.new").mkdir()
    (tmp_path / "postgresql.new" / "PG_VERSION").write_text("15\n")
    with share_server(tmp_path, None) as folder:
        assert (folder / "base").is_dir()
    assert not (tmp_path / "postgresql.new").exists()
