"""A command's share in the embedded server of a data directory."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tthc.db.embedded import lock
from tthc.db.embedded.cluster import NAME
from tthc.db.embedded.refusal import explain_os_error
from tthc.domain.errors import BusyError, SettingError
from tthc.settings import CHECKOUT

PATIENCE = 200.0  # more than the keeper takes to start or stop a server
LONGEST_SOCKET = 107
LONGEST_LOG = 16 << 20
SOCKET = ".s.PGSQL.5432"


@contextmanager
def share_server(data_dir: Path, pg_bin: Path | None) -> Iterator[Path]:
    """The folder of the server's socket, for as long as this command needs it.

    Raises SettingError where there can be no server, BusyError where one neither starts nor stops.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = lock.open_file(data_dir / lock.USERS)
    except OSError as error:
        raise explain_os_error(error, data_dir) from error
    try:
        if not lock.wait_for_lock(users, lock.SHARED, PATIENCE):
            raise BusyError(f"Máy chủ trong “{data_dir}” đang dừng quá lâu: hãy thử lại sau.")
        os.utime(users)  # the keeper sees that somebody came, however short the stay
        _start_where_needed(data_dir, pg_bin)
        with _short_name(data_dir / NAME) as folder:
            yield folder
    finally:
        os.close(users)


def _start_where_needed(data_dir: Path, pg_bin: Path | None) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with (
                lock.opened(data_dir / lock.START) as start,
                lock.opened(data_dir / lock.KEEPER) as keeper,
            ):
                if lock.wait_for_lock(start, lock.EXCLUSIVE, PATIENCE):
                    if lock.try_lock(keeper, lock.EXCLUSIVE):
                        _start_keeper(data_dir, pg_bin, start, keeper)
                        return
                    if _answers(data_dir / NAME):
                        return
        except OSError as error:
            raise explain_os_error(error, data_dir) from error
        if time.monotonic() > deadline:
            raise BusyError(f"Máy chủ trong “{data_dir}” không trả lời: hãy thử lại sau.")
        time.sleep(lock.PAUSE)  # a keeper that is just ending


def _start_keeper(data_dir: Path, pg_bin: Path | None, start: int, keeper: int) -> None:
    """Hand both locks to a new keeper and wait until its server answers.

    Raises SettingError with the keeper's sentence.
    """
    log_file = data_dir / f"{NAME}.log"
    if log_file.exists() and log_file.stat().st_size > LONGEST_LOG:
        log_file.replace(log_file.with_suffix(".log.1"))
    log = lock.open_file(log_file)
    os.lseek(log, 0, os.SEEK_END)
    path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
    program = [sys.executable, "-m", "tthc.db.embedded.keeper"]
    try:
        done = subprocess.run(  # noqa: S603  # this very Python
            [*program, data_dir, pg_bin or "", str(start), str(keeper)],
            pass_fds=(start, keeper),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": path, "PYTHONUTF8": "1"},
            check=False,
        )
    finally:
        os.close(log)
    sentence = done.stdout.decode().strip()
    if sentence or done.returncode:
        raise SettingError(sentence or f"Không khởi động được máy chủ nhúng: xem “{log_file}”.")


def _answers(folder: Path) -> bool:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return False
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(f"/proc/self/fd/{descriptor}/{SOCKET}")
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


@contextmanager
def _short_name(folder: Path) -> Iterator[Path]:
    """The folder by a name that fits a socket's address and libpq's list of hosts."""
    if len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET and "," not in str(folder):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="tthc-", dir="/tmp") as place:
        link = Path(place) / "s"
        link.symlink_to(folder)
        yield link
