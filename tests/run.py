"""The folder of one test run, which all its workers share and which goes when the run ends."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from tthc.db.embedded import lock

MEMORY = Path("/dev/shm")
ROOM = 3 << 30  # bytes: some dozens of small databases and what is written ahead
PREFIX = "tthc-test-"
HELD = "run.lock"  # locked by the run's first process for its life
JUST_MADE = 60.0


def begin_run() -> tuple[Path, int]:
    """A new folder and the descriptor that holds it; runs that were killed are cleared away."""
    places = [place for place in (MEMORY, Path(tempfile.gettempdir())) if place.is_dir()]
    for folder in (each for place in places for each in place.glob(f"{PREFIX}*")):
        if (folder / HELD).exists() and folder.stat().st_uid == os.geteuid():
            _clear(folder)
    # in memory, where it holds the databases: copying one there costs a sixth
    roomy = (place for place in places if shutil.disk_usage(place).free >= ROOM)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=next(roomy, None)))
    folder.chmod(0o711)  # a PgBouncer of another person's passes through
    held = lock.open_file(folder / HELD)
    lock.try_lock(held, lock.EXCLUSIVE)
    return folder, held


def end_run(folder: Path, held: int) -> None:
    """Remove the folder once the keeper of its server has gone."""
    with lock.opened(folder / lock.USERS) as users:
        lock.wait_for_lock(users, lock.EXCLUSIVE, 60)
        shutil.rmtree(folder)
    os.close(held)


def _clear(folder: Path) -> None:
    if time.time() - folder.stat().st_mtime < JUST_MADE:
        return
    with lock.opened(folder / HELD) as held, lock.opened(folder / lock.USERS) as users:
        if lock.try_lock(held, lock.EXCLUSIVE) and lock.try_lock(users, lock.EXCLUSIVE):
            shutil.rmtree(folder, ignore_errors=True)  # another run may clear it too
