"""Commands that use an embedded server, as processes of their own that a test can kill."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tthc.db.embedded import lock
from tthc.db.embedded.cluster import NAME
from tthc.db.embedded.process import processes_in
from tthc.settings import CHECKOUT

HOLD = """
import sys
from tthc.db.server import running_server
from tthc.domain.errors import TthcError
from tthc.settings import read_settings
try:
    with running_server(read_settings()) as server:
        print(server.admin_url, flush=True)
        sys.stdin.read()
except TthcError as refusal:
    sys.exit(str(refusal))
"""
SOON = 5.0  # well over the second after which an unused server stops


class Command:
    """A process that holds the server of a data directory until told to end."""

    def __init__(
        self,
        data_dir: Path,
        pg_bin: Path | None = None,
        *,
        python: Sequence[str | Path] = (sys.executable,),
        code: Path = CHECKOUT,
        **options: Any,
    ) -> None:
        self.process: subprocess.Popen[str] = subprocess.Popen(
            [*python, "-c", HOLD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(code),
                "TTHC_DATA_DIR": str(data_dir),
                "TTHC_PG_BIN": str(pg_bin or ""),
            },
            **options,
        )

    def url(self) -> str:
        """The server's URL, once it answers."""
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        assert line, self.end()
        return line

    def end(self) -> str:
        """Let the command end by itself; what it said on stderr."""
        return self.process.communicate()[1].strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def keeper_of(data_dir: Path) -> int:
    return int((data_dir / lock.KEEPER).read_text())


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def server_processes(data_dir: Path) -> list[int]:
    return processes_in(data_dir / NAME)


def owners_of_server(data_dir: Path) -> set[int]:
    return {Path(f"/proc/{pid}").stat().st_uid for pid in server_processes(data_dir)}


def wait_until_keeper_begins(data_dir: Path) -> None:
    lock_file = data_dir / lock.KEEPER
    while not lock_file.exists() or not lock_file.read_text():
        time.sleep(0.005)


def wait_until_gone(data_dir: Path) -> None:
    """Fail unless keeper and server end soon, with nothing left of them."""
    deadline = time.monotonic() + SOON
    while is_alive(keeper_of(data_dir)) or server_processes(data_dir):
        assert time.monotonic() < deadline, "an orphan"
        time.sleep(0.02)
    assert not (data_dir / NAME / "postmaster.pid").exists()
