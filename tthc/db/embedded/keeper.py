"""The process that holds the embedded server for all commands.

The first command starts it and may end before the others: it belongs to no terminal and to no
command. It stops the server soon after the last one has gone, and the server dies with it.

    python -m tthc.db.embedded.keeper DATA_DIR PG_BIN START_FD KEEPER_FD

Both locks come from the command, locked. What went wrong is one sentence on stdout.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tthc.db.embedded import lock
from tthc.db.embedded.cluster import Cluster
from tthc.db.embedded.process import stop
from tthc.db.embedded.refusal import explain_os_error
from tthc.domain.errors import SettingError

LOOK_EVERY = 0.2
LOOKS_ALONE = 4  # so that commands one after the other share a server
WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


def main(data_dir: Path, pg_bin: Path | None, start: int, keeper: int) -> None:
    if os.fork():  # the command waits for this one only, and reaps it
        os._exit(0)
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    os.ftruncate(keeper, 0)
    os.pwrite(keeper, f"{os.getpid()}\n".encode(), 0)
    try:
        with lock.opened(data_dir / lock.USERS) as users:
            cluster = Cluster(data_dir, pg_bin)
            cluster.make()
            server = cluster.start()
            _say_ready(start)
            _watch(server, users)
            stop(server)
            os.close(keeper)  # before the users' lock: who gets that finds no keeper
    except SettingError as refusal:
        print(refusal)  # noqa: T201  # the command reads it
    except OSError as error:
        print(explain_os_error(error, data_dir))  # noqa: T201  # the same


def _say_ready(start: int) -> None:
    """Let the commands in: the one that started this, and those that wait for it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    os.close(start)


def _watch(server: subprocess.Popen[bytes], users: int) -> None:
    """Return when nobody uses the server any more (nobody can then come), or it must stop."""
    alone, last_use = 0, 0
    while server.poll() is None:
        told = signal.sigtimedwait(WATCHED, LOOK_EVERY)
        if told and told.si_signo in (signal.SIGTERM, signal.SIGINT):
            return
        free = lock.try_lock(users, lock.EXCLUSIVE)
        use = os.fstat(users).st_mtime_ns  # by somebody who came and went since the last look
        alone = alone + 1 if free and use == last_use else 0
        last_use = use
        if alone >= LOOKS_ALONE:
            return
        lock.unlock(users)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None, *map(int, sys.argv[3:5]))
