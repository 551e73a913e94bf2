"""A server that nobody has prepared and that asks for passwords, as a province's may be."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import asyncpg

from tthc.db import urls
from tthc.db.embedded.share import share_server
from tthc.db.server import Server, running_server
from tthc.settings import read_settings

PASSWORD = "mật%2Fkhẩu@:/?#"  # all that a URL must escape
ESCAPED = "m%E1%BA%ADt%252Fkh%E1%BA%A9u%40%3A%2F%3F%23"
RULES = "local all tthc_admin trust\nlocal all all scram-sha-256\n"


@dataclass(frozen=True)
class ForeignServer:
    folder: Path

    def url(self, user: str, database: str = "tỉnh") -> str:
        url = urls.socket_url(user, quote(database), str(self.folder))
        return url if user == "tthc_admin" else url.replace("@/", f":{ESCAPED}@/")

    async def run(self, statement: str, database: str = "postgres") -> object:
        """Run a statement as the server's administrator."""
        connection = await asyncpg.connect(self.url("tthc_admin", database))
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()


@contextmanager
def foreign_server(data_dir: Path, pg_bin: Path | None) -> Iterator[ForeignServer]:
    with share_server(data_dir, pg_bin) as folder:
        server = ForeignServer(folder)
        asyncio.run(_ask_for_passwords(server))
        yield server


async def _ask_for_passwords(server: ForeignServer) -> None:
    (server.folder / "pg_hba.conf").write_text(RULES)
    before = await server.run("select pg_conf_load_time()::text from pg_reload_conf()")
    while await server.run("select pg_conf_load_time()::text") == before:
        pass


def named(app: str, owner: str = "") -> Server:
    """The server that a person's settings name."""
    settings = {"TTHC_DATABASE_URL": app, "TTHC_OWNER_DATABASE_URL": owner}
    with running_server(read_settings(settings)) as server:
        return server
