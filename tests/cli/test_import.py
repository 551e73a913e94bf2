"""`tthc import` as a program: its JSON, its exit codes, and being killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.commands import Called, call
from tests.imports import Office
from tthc.db.server import Server

KEYS = [
    *("rows", "created", "updated", "unchanged", "rejected", "rejects_file", "sha256"),
    "already_imported",
]
PROFILE = """
[profile]
name = "thử"
[units]
auto_create = true
[procedures]
auto_create = true
[fields]
case_code = "mã"
procedure_code = { const = "TT" }
receiving_unit = { const = "DV" }
channel = { const = "other" }
received_at = "nhận"
"""


class Shell:
    def __init__(self, server: Server, folder: Path) -> None:
        self.office = Office(server, folder)
        self.folder = folder
        self.environment = os.environ | {
            "TTHC_DATABASE_URL": server.app_url,
            "TTHC_NIGHT_DATABASE_URL": server.night_url,
            "TTHC_OWNER_DATABASE_URL": server.owner_url,
            "TTHC_DATA_DIR": str(folder / "data"),
        }
        (folder / "thử.toml").write_text(PROFILE, encoding="utf-8")

    def line(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", "tthc", "import", *map(str, words)]

    def run(self, *words: str | Path) -> Called:
        data_dir = self.environment["TTHC_DATA_DIR"]
        return call(self.office.server, "import", *map(str, words), TTHC_DATA_DIR=data_dir)

    def counted(self, *words: str | Path) -> dict[str, Any]:
        done = self.run(*words, "--json")
        assert (done.returncode, done.stderr) == (0, "")
        document: dict[str, Any] = json.loads(done.stdout)
        assert list(document) == KEYS
        return document


@pytest.fixture
def shell(database: Server, tmp_path: Path) -> Shell:
    return Shell(database, tmp_path)


def test_one_json_document_and_the_exit_code(shell: Shell) -> None:
    path, profile = shell.folder / "tệp.csv", shell.folder / "thử.toml"
    path.write_text("mã,nhận\nH-1,2026-03-02\nH-2,hôm qua\n", encoding="utf-8")
    dry = shell.counted(path, "--profile", profile, "--dry-run")
    assert shell.office.cases() == {}
    done = shell.counted(path, "--profile", profile)
    assert dry == done
    assert (done["rows"], done["created"], done["rejected"]) == (2, 1, 1)
    assert Path(done["rejects_file"]).is_relative_to(shell.folder / "data" / "rejects")
    again = shell.counted(path, "--profile", profile)
    assert again == done | {"already_imported": True}
    other = shell.counted(path, "--profile", profile, "--world", "simulated")
    assert (other["created"], other["rejected"]) == (0, 2)
    said = shell.run(path, "--profile", profile)
    assert "đã được nhập trước đây" in said.stdout


def test_refusals_are_a_sentence_and_exit_code_1(shell: Shell) -> None:
    path, profile = shell.folder / "tệp.csv", shell.folder / "thử.toml"
    path.write_bytes(b"")
    for words, sentence in (
        ((path, "--profile", profile), "rỗng"),
        ((shell.folder / "không", "--profile", profile), "Không có tệp"),
        ((path, "--profile", "không-có"), "Không có cấu hình nhập"),
    ):
        done = shell.run(*words, "--json")
        assert (done.returncode, done.stdout) == (1, "")
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert shell.run(path).returncode == 2


def test_killed_in_the_middle_it_leaves_nothing(shell: Shell) -> None:
    path, profile = shell.folder / "to.csv", shell.folder / "thử.toml"
    rows = "".join(f"H-{number},2026-03-02 08:00\n" for number in range(70_000))
    path.write_text("mã,nhận\n" + rows, encoding="utf-8")
    process = subprocess.Popen(shell.line(path, "--profile", profile), env=shell.environment)
    while process.poll() is None and not shell.office.ask(WRITING):
        time.sleep(0.02)
    time.sleep(0.3)
    assert process.poll() is None, "it was done before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    while shell.office.ask(WRITING):  # the server notices by itself
        time.sleep(0.05)
    for table in ("imports", "import_rejects", "cases", "case_events"):
        assert shell.office.ask(f"SELECT count(*) FROM {table}") == [{"count": 0}]
    assert not shell.office.ask("SELECT 1 FROM units WHERE kind = 'imported'")
    assert shell.counted(path, "--profile", profile)["created"] == 70_000


# the import's own backend, once it has written something
WRITING = """
SELECT 1 FROM pg_stat_activity
WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
"""


def test_only_one_import_at_a_time(shell: Shell) -> None:
    path = shell.folder / "tệp.csv"
    path.write_text("mã,nhận\nH-1,2026-03-02\n", encoding="utf-8")
    import adbc_driver_postgresql.dbapi as adbc

    from tthc.db import imports

    with (
        adbc.connect(shell.office.server.night_url) as connection,
        connection.cursor() as cursor,
    ):
        imports.take_turn(cursor)
        done = shell.run(path, "--profile", shell.folder / "thử.toml")
        assert (done.returncode, done.stdout) == (1, "")
        assert "Một lần nhập khác đang chạy" in done.stderr
