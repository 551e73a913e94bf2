"""What is done to published scores, within the year of test_score_year.py."""

from dataclasses import replace
from datetime import datetime

import asyncpg
import pytest

from tests.ledger import write_history
from tests.planted import Group, histories
from tests.web.scoring_year import RUBRIC, YEAR, People, columns, sheet_of
from tthc import clock
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.rules.periods import read_period
from tthc.service.integrity import verify_ledger
from tthc.service.publishing import verify_publication


async def restate_the_period(province: Server, people: People) -> None:
    """A late case of S1 is recorded in February: other points are computed, and stand beside."""
    known = datetime(2024, 2, 12, 9, tzinfo=clock.VIETNAM)
    connection = await asyncpg.connect(province.night_url)
    units = await connection.fetch("SELECT code, id FROM units WHERE simulated")
    ids = {row["code"]: row["id"] for row in units}
    kinds = await connection.fetch("SELECT code, id FROM procedures")
    procedures = {row["code"]: row["id"] for row in kinds}
    (late,) = histories(ids, procedures, (Group("PL.S1", 1, -3),))
    late = [replace(each, recorded_at=known) for each in late]
    await write_history(connection, late, simulated=True)
    await connection.close()
    assert columns(await sheet_of(people["s1"], "PL.S1"), "1.1") == [1, 1, 1, 1]
    told = {"period": YEAR, "reason": "Hồ sơ ghi muộn"}
    answer = await people["province"].post("/api/v1/publications", json=told)
    assert (answer.status_code, answer.json()["version"]) == (201, 2), answer.text
    sheet = await sheet_of(people["s1"], "PL.S1")
    assert sheet["figures"]["version"] == 2
    assert columns(sheet, "1.1") == [0, 1, 1, 1]
    assert sheet["totals"]["approved"]["points"] == 4.5
    night = connect_night(province)
    async with night.begin() as reading:
        whole = await verify_publication(reading, read_period(YEAR), simulated=True)
        assert whole["ok"], whole
        ledger = await verify_ledger(reading)
        assert ledger["ok"], ledger
    owner = await asyncpg.connect(province.owner_url)
    await owner.execute("UPDATE published_scores SET points = points + 1 WHERE rubric = $1", RUBRIC)
    await owner.close()
    async with night.begin() as reading:
        bent = await verify_publication(reading, read_period(YEAR), simulated=True)
    assert "Điểm đã chốt" in bent["first_problem"]
    await night.dispose()


async def try_to_change_acts(province: Server) -> None:
    for url in (province.app_url, province.night_url):
        connection = await asyncpg.connect(url)
        for statement in (
            "UPDATE score_acts SET actor = 'x'",
            "DELETE FROM score_acts",
            "UPDATE score_sheets SET seq = 0",
            "UPDATE score_rounds SET version = 9",
            "DELETE FROM published_scores",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        await connection.close()
