"""Processes of an embedded server: tied to their keeper, counted, stopped."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOPPING_SECONDS = 60.0
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # PostgreSQL's words for its ways to stop


def die_with_parent(parent: int) -> Callable[[], None]:
    """What a child runs before its program, after it has changed persons (which would undo it)."""
    libc = ctypes.CDLL(None)

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, FAST)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if os.getppid() != parent:  # it went before we were tied
            os._exit(1)

    return tie


def processes_in(folder: Path) -> list[int]:
    """Processes that work in a folder, as every process of a PostgreSQL server does in its own."""
    wanted = folder.stat()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            place = (entry / "cwd").stat()
        except OSError:  # gone, or another person's
            continue
        if (place.st_dev, place.st_ino) == (wanted.st_dev, wanted.st_ino):
            found.append(int(entry.name))
    return sorted(found)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Stop a server in good order, and if that takes too long, in any."""
    for way, seconds in ((FAST, STOPPING_SECONDS), (IMMEDIATE, 10.0), (signal.SIGKILL, None)):
        if server.poll() is not None:
            return
        server.send_signal(way)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
