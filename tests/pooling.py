"""A real PgBouncer in transaction mode before the embedded server."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tthc.db import urls
from tthc.db.embedded.person import choose_person
from tthc.db.server import APP, NIGHT, Server

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
CONFIG = """
[databases]
* = host={host} port=5432
[pgbouncer]
pool_mode = transaction
default_pool_size = {size}
query_wait_timeout = 60
listen_addr =
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
"""


@contextmanager
def pooling(server: Server, size: int = 2) -> Iterator[Server]:
    """A database behind a pool of so many connections for each role."""
    host = urls.parameter(server.app_url, "host")
    if server.admin_url is None or host is None:
        pytest.skip("only with the embedded server")
    person = choose_person(Path(host).parent, Path(host))
    folder = Path(tempfile.mkdtemp(prefix="tthc-open-"))
    folder.chmod(0o755)  # everybody may enter it, unlike pytest's own
    config = folder / "pgbouncer.ini"
    config.write_text(CONFIG.format(host=host, folder=folder, size=size))
    (folder / "users").write_text("".join(f'"{role}" ""\n' for role in (APP, NIGHT)))
    if os.geteuid() == 0:
        os.chown(folder, person.uid, person.gid)
    process = subprocess.Popen([PGBOUNCER or "", "--quiet", config], **person.process())

    def through(role: str, url: str) -> str:
        return urls.socket_url(role, urls.database_of(url), str(folder)).replace("5432", "6432")

    try:
        _wait_for(folder / ".s.PGSQL.6432")
        yield replace(
            server,
            app_url=through(APP, server.app_url),
            night_url=through(NIGHT, server.night_url),
            pooled=True,
            night_pooled=True,
        )
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("pgbouncer does not answer")
