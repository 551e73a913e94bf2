"""The night's list of letters that are due tomorrow."""

import asyncio
from datetime import date, datetime

import pytest
from adbc_driver_postgresql.dbapi import connect

from jobs.letters import list_letters_due
from tests.law.lives import Life, make_procedure
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.facts import Knowledge
from tthc.db.server import Server


def test_the_letters_due_tomorrow_by_unit(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def receive() -> list[str]:
        owner = connect_owner(database)
        codes = []
        async with owner.begin() as connection:
            procedure = await make_procedure(connection, [5, "working_day"])
            for day in (3, 3, 4):
                life = Life(connection, monkeypatch, procedure)
                at = datetime(2026, 3, day, 9, tzinfo=clock.VIETNAM)
                await life.play({"at": at, "act": "receive"})
                codes.append(life.code)
        await owner.dispose()
        return codes

    first, second, _ = asyncio.run(receive())
    night = clock.end_of(date(2026, 3, 8))  # due on the 10th: the letter on the 9th
    with connect(database.night_url) as connection:
        told = list_letters_due(connection, Knowledge(night, night), simulated=False)
        nobody = list_letters_due(connection, Knowledge(night, night), simulated=True)
    assert told == {"letters": 2, "units": {"00004": [first, second]}}
    assert nobody == {"letters": 0, "units": {}}
