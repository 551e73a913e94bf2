"""Keys of repeated requests are kept for a week, then forgotten by the night; cases stay."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from jobs.night import run_night
from tests.law.lives import UNIT, make_procedure
from tthc import clock
from tthc.db.engine import connect_night, connect_owner
from tthc.db.server import Server
from tthc.domain.access import Actor, Scope
from tthc.domain.errors import SettingError
from tthc.service.acts import Asked
from tthc.service.filing import Form
from tthc.service.receipts import receive_case
from tthc.settings import read_settings

LAN = Actor("Lan", Scope(simulated=False))
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


async def receive(server: Server, *keys: str) -> list[str]:
    """Receive a case under each key; returns their codes."""
    owner, engine = connect_owner(server), connect_night(server)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    codes = []
    for key in keys:
        async with engine.begin() as connection:
            form = Form(procedure, UNIT, "counter")
            codes.append((await receive_case(connection, LAN, form, Asked(key=key)))["case_code"])
    await owner.dispose()
    await engine.dispose()
    return codes


def ask(server: Server, sql: str) -> list[Any]:
    async def asked() -> list[Any]:
        connection = await asyncpg.connect(server.night_url)
        try:
            return [row[0] for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return asyncio.run(asked())


def test_the_night_forgets_what_is_older_than_a_week(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = timedelta(days=7)
    codes = []
    for key, at in (("old", NOW - week - timedelta(seconds=1)), ("young", NOW - week)):
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        codes += asyncio.run(receive(database, key))
    monkeypatch.setattr(clock, "now", lambda: NOW)
    run_night(database.night_url, simulated=False, as_of=clock.end_of(NOW.date()))
    assert ask(database, "SELECT key FROM idempotency_keys") == ["young"]
    told = ask(database, "SELECT result::text FROM job_runs WHERE step = 'keys'")
    assert told == ['{"forgotten": 1, "kept_days": 7}']
    # one that is remembered is answered alike; one that is forgotten is a new request
    again = asyncio.run(receive(database, "old", "young"))
    assert again[1] == codes[1]
    assert again[0] not in codes
    assert len(ask(database, "SELECT code FROM cases")) == 3


def test_how_long_is_a_setting() -> None:
    assert read_settings({"TTHC_KEY_DAYS": "30"}).keys_kept == timedelta(days=30)
    with pytest.raises(SettingError, match="TTHC_KEY_DAYS"):
        read_settings({"TTHC_KEY_DAYS": "0"})
