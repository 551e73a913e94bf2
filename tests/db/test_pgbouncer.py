"""Behind PgBouncer, where every transaction may get another's connection."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tthc.db import urls
from tthc.db.embedded.person import choose_person
from tthc.db.engine import connect_app
from tthc.db.server import Server

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
CONFIG = """
[databases]
* = host={host} port=5432
[pgbouncer]
pool_mode = transaction
default_pool_size = 2
listen_addr =
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
"""

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="no pgbouncer on this machine")


@pytest.fixture
def pooled(server: Server, open_folder: Path) -> Iterator[Server]:
    """This worker's database behind a pool too small for a connection each."""
    host = urls.parameter(server.app_url, "host")
    if server.admin_url is None or host is None:
        pytest.skip("only with the embedded server")
    person = choose_person(Path(host).parent, Path(host))
    config = open_folder / "pgbouncer.ini"
    config.write_text(CONFIG.format(host=host, folder=open_folder))
    (open_folder / "users").write_text('"tthc_app" ""\n')
    if os.geteuid() == 0:
        os.chown(open_folder, person.uid, person.gid)
    process = subprocess.Popen([PGBOUNCER or "", "--quiet", config], **person.process())
    try:
        _wait_for(open_folder / ".s.PGSQL.6432")
        url = urls.socket_url("tthc_app", urls.database_of(server.app_url), str(open_folder))
        yield replace(server, app_url=url.replace("5432", "6432"), pooled=True)
    finally:
        process.kill()
        process.wait()


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        time.sleep(0.02)
    pytest.fail("pgbouncer does not answer")


async def test_transactions_share_connections(pooled: Server) -> None:
    engine = connect_app(pooled, pool_size=4)

    async def work(number: int) -> list[int]:
        seen = []
        for _ in range(10):
            async with engine.begin() as connection:
                answer = await connection.scalar(text("select :n + 0"), {"n": number})
                seen.append(int(answer or 0))
                assert await connection.scalar(text("select current_user")) == "tthc_app"
        return seen

    assert await asyncio.gather(*map(work, range(4))) == [[number] * 10 for number in range(4)]
    await engine.dispose()
