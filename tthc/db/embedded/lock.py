"""Kernel locks on files: released by the kernel however their holder ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX

USERS = "users.lock"  # shared by every command that uses the server; exclusive while it stops
START = "start.lock"  # exclusive from the decision to start until the server answers
KEEPER = "keeper.lock"  # exclusive for the keeper's whole life

PAUSE = 0.02


def open_file(path: Path) -> int:
    """A descriptor of a file that is created where missing.

    Root leaves the file to the owner of its folder, who may be the next to come.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    folder = path.parent.stat()
    if os.geteuid() == 0 and os.fstat(descriptor).st_uid != folder.st_uid:
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
    return descriptor


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """The same descriptor, closed at the end, which gives its locks back."""
    descriptor = open_file(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def try_lock(descriptor: int, kind: int) -> bool:
    """Whether the lock could be had without waiting."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for_lock(descriptor: int, kind: int, seconds: float) -> bool:
    """Whether the lock could be had in the given time."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor, kind):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def unlock(descriptor: int) -> None:
    fcntl.flock(descriptor, fcntl.LOCK_UN)
