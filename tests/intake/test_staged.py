"""An import by a night's role that may not copy past row-level security: the same ledger.

Providers of PostgreSQL rarely give BYPASSRLS (ADR 0051); rows then go through a temporary table.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote

import asyncpg
import pytest

from tests.databases import Databases
from tests.imports import Office
from tests.intake.test_newer_files import FIRST, NEXT_DAY, counted, take
from tthc.db import urls
from tthc.db.server import NIGHT, Server

NEWER = ({"resolved": "2026-03-05 09:00", "applicant": "Lê Thị Lan"}, {"code": "H-2"})


@pytest.fixture
async def plain(database: Server) -> Iterator[Server]:  # type: ignore[misc]  # pytest's own async
    """The database, whose night works as a role that has all of the night's but BYPASSRLS."""
    if database.admin_url is None:
        pytest.skip("a role is made by the server's superuser")
    admin = await asyncpg.connect(database.admin_url)
    role = f"tthc_plain_{token_hex(4)}"
    await admin.execute(f"CREATE ROLE {role} IN ROLE {NIGHT}")
    url = urls.with_database(database.admin_url, urls.database_of(database.owner_url))
    yield replace(database, night_url=f"{url}&options={quote(f'-c role={role}')}")
    await admin.execute(f"DROP ROLE {role}")
    await admin.close()


async def test_the_ledger_is_the_same(plain: Server, databases: Databases, tmp_path: Path) -> None:
    night = await asyncpg.connect(plain.night_url)
    hiding = "SELECT row_security_active('cases') AND row_security_active('case_events')"
    assert await night.fetchval(hiding)
    await night.close()
    straight = await databases.copy()
    ledgers = []
    for server in (plain, straight):
        office = Office(server, tmp_path)
        assert counted(take(office, FIRST)) == (1, 0, 0, 0)
        assert counted(take(office, *NEWER, at=NEXT_DAY)) == (1, 1, 0, 0)
        office.prove()
        ledgers.append((office.history(), office.ask("SELECT name FROM applicants")))
    await databases.drop(straight)
    assert ledgers[0] == ledgers[1]
    assert len(ledgers[0][0]) == 2
