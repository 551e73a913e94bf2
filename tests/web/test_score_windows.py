"""The windows of a round: set anew by a further decision, and of one block alone."""

import asyncio
from datetime import date
from functools import partial
from typing import Any

import pytest

from jobs.night import run_night
from tests.planted import plant
from tests.web.scoring_year import (
    AS_OF,
    PAPER,
    ROUND,
    WINDOWS,
    close,
    fine,
    give,
    people_of,
    refused,
    sheet_of,
    stand_on,
)
from tthc.db.server import Server


async def test_windows_are_set_anew_by_a_further_decision(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plant(database)
    night = partial(run_night, database.night_url, simulated=True, as_of=AS_OF)
    assert (await asyncio.to_thread(night)).ran
    stand_on(monkeypatch, 1, 20)
    async with people_of(database) as people:
        leader = people["province"]
        named = ROUND | {"appraisers": {"departments": ["appraiser_s1.thu"]}}
        fine(await leader.post("/api/v1/score-rounds", json=named))
        refused(await give(people["s2"], "PL.S2", "1.1", "self", 0), 422, "tự chấm điểm")
        later: dict[str, Any] = WINDOWS | {"self": {"first": "2024-01-02", "last": "2024-01-31"}}
        refused(
            await leader.post("/api/v1/score-rounds", json=named | {"windows": later}),
            400,
            "nêu lý do",
        )
        longer = named | {"windows": later, "reason": "Gia hạn 15 ngày", "decision": "20/QĐ-UBND"}
        assert fine(await leader.post("/api/v1/score-rounds", json=longer))["version"] == 2
        fine(await give(people["s2"], "PL.S2", "1.1", "self", 0))
        for leaf in ("2.1", "2.2", "3.1"):
            fine(await give(people["s2"], "PL.S2", leaf, "self", 1, evidence=PAPER))
        fine(await close(people["s2"], "PL.S2", "submit"))
        # the block is another appraiser's
        refused(
            await give(people["appraiser"], "PL.S2", "1.1", "appraised", 0), 403, "appraiser_s1.thu"
        )
        fine(await give(people["appraiser_s1"], "PL.S2", "1.1", "appraised", 0))
        # one block's windows are set alone; those named to appraise stay named
        own = named | {"windows": _only(1, 26), "block": "departments", "reason": "Riêng các sở"}
        del own["appraisers"]
        strange = await leader.post("/api/v1/score-rounds", json=own | {"block": "communes"})
        refused(strange, 400, "không có khối")
        third = fine(await leader.post("/api/v1/score-rounds", json=own))
        assert (third["version"], third["windows"]["self"]["to"]) == (3, "2024-01-31")
        of_block = third["blocks"]["departments"]["windows"]
        assert of_block["appraisal"] == {
            "name": "thẩm định",
            "from": "2024-01-26",
            "to": "2024-01-31",
        }
        assert third["appraisers"]["departments"]["logins"] == ["appraiser_s1.thu"]
        sheet = await sheet_of(people["s2"], "PL.S2")
        assert sheet["round"]["windows"] == of_block
        refused(
            await give(people["appraiser_s1"], "PL.S2", "2.1", "appraised", 1), 422, "26/01/2024"
        )


def _only(month: int, day: int) -> dict[str, Any]:
    """The usual windows, but that the appraisal begins on another day."""
    start = date(2024, month, day).isoformat()
    return WINDOWS | {"appraisal": WINDOWS["appraisal"] | {"first": start}}
