"""The files of one embedded server: made, mended after a crash, and served.

PostgreSQL sees its folder only as an open descriptor, `/proc/self/fd/N`, and makes its socket in
it: so neither a closed folder above (/root) nor a path longer than a socket's name may be matters.
"""

import os
import shutil
import subprocess
import time
from pathlib import Path

from tthc.db.embedded.find import Programs, find_programs
from tthc.db.embedded.person import Person, choose_person
from tthc.db.embedded.process import STOPPING_SECONDS, die_with_parent, processes_in, stop
from tthc.db.embedded.refusal import explain_failure, explain_os_error
from tthc.domain.errors import SettingError

NAME = "postgresql"
SUPERUSER = "tthc_admin"
STARTING_SECONDS = 180.0  # a recovery after a crash replays what was written since
SHM = Path("/dev/shm")  # noqa: S108  # only measured
SMALL_SHM = 1 << 30

# For a newcomer's machine: bulk loads and full scans by few connections. Nothing is traded for
# durability: a commit is on the disk.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "log_checkpoints": "off",
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Cluster:
    """The files, the person who owns them and the programs that fit them."""

    def __init__(self, data_dir: Path, pg_bin: Path | None) -> None:
        self.path = data_dir / NAME
        self.log = data_dir / f"{NAME}.log"
        self.person: Person = choose_person(data_dir, self.path)
        self.programs: Programs = find_programs(self.person, pg_bin, self._made_by())

    def _made_by(self) -> int | None:
        try:
            return int((self.path / "PG_VERSION").read_text().split(".")[0])
        except FileNotFoundError:
            if self.path.is_dir() and any(self.path.iterdir()):
                raise SettingError(
                    f"Thư mục “{self.path}” không phải dữ liệu của PostgreSQL: "
                    "hãy dời đi nơi khác, hoặc đặt TTHC_DATA_DIR khác."
                ) from None
            return None

    def make(self) -> None:
        """Make the files where there are none: whole under their name, or not at all."""
        if (self.path / "PG_VERSION").exists():
            return
        new = self.path.with_name(f"{NAME}.new")
        shutil.rmtree(new, ignore_errors=True)
        try:
            new.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(new, self.person.uid, self.person.gid)
            self._fill(new)
            new.rename(self.path)  # over an empty folder too
        except OSError as error:
            raise explain_os_error(error, new.parent) from error
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _fill(self, new: Path) -> None:
        folder = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
        try:
            done = self.person.run(
                [
                    self.programs.folder / "initdb",
                    f"--pgdata=/proc/self/fd/{folder}",
                    f"--username={SUPERUSER}",
                    "--auth=trust",  # the folder is its owner's alone: docs/adr/0020
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-instructions",
                ],
                pass_fds=(folder,),
            )
        finally:
            os.close(folder)
        if done.returncode:
            raise explain_failure(done.stdout, new.parent)

    def start(self) -> subprocess.Popen[bytes]:
        """The server, answering; it ends with the process that called this.

        Raises SettingError with the log's last line where it does not come up.
        """
        self._clear_leftovers()
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with self.log.open("ab") as log:
                read_from = log.tell()
                process = subprocess.Popen(  # noqa: S603  # a program that find.py chose
                    [
                        self.programs.folder / "postgres",
                        *("-D", f"/proc/self/fd/{folder}"),
                        *(f"--{name}={value}" for name, value in _settings().items()),
                    ],
                    pass_fds=(folder,),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509  # the keeper has one thread
                    **self.person.process(),
                )
        except OSError as error:
            raise explain_os_error(error, self.path.parent) from error
        finally:
            os.close(folder)
        if not self._wait_until_ready(process):
            stop(process)
            with self.log.open("rb") as log:
                log.seek(read_from)
                raise explain_failure(log.read().decode(errors="replace"), self.path.parent)
        return process

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + STARTING_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                status = (self.path / "postmaster.pid").read_text().splitlines()
            except (FileNotFoundError, UnicodeDecodeError):
                status = []
            if status[:1] == [str(process.pid)] and [s.strip() for s in status[7:]] == ["ready"]:
                return True
            time.sleep(0.01)
        return False

    def _clear_leftovers(self) -> None:
        """Wait for what a killed keeper left, then remove the lock files that no process holds.

        PostgreSQL alone would refuse to start where another process bears the number of the dead.
        """
        deadline = time.monotonic() + STOPPING_SECONDS / 2
        while processes := processes_in(self.path):
            if time.monotonic() > deadline:
                raise SettingError(
                    f"Một máy chủ PostgreSQL khác (tiến trình {processes[0]}) đang mở “{self.path}”"
                    ": hãy dừng nó rồi chạy lại."
                )
            time.sleep(0.05)
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
            (self.path / name).unlink(missing_ok=True)


def _settings() -> dict[str, str]:
    shm = os.statvfs(SHM) if SHM.is_dir() else None
    small = shm is None or shm.f_frsize * shm.f_bavail < SMALL_SHM  # 64 MB in many containers
    return SETTINGS | {"dynamic_shared_memory_type": "mmap" if small else "posix"}
