"""Rounds: windows set anew, or of one block alone; the province's own sheet."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import date
from typing import Any

import httpx
import pytest

from jobs.night import run_night
from tests.databases import Databases
from tests.people import signed_in
from tests.planted import plant
from tests.site import living_app
from tests.web.scoring_year import (
    AS_OF,
    PAPER,
    ROUND,
    WINDOWS,
    YEAR,
    close,
    done_once,
    fine,
    give,
    people_of,
    refused,
    sheet_of,
    stand_on,
)
from tthc.db.server import Server


@pytest.fixture(scope="module")
def province(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())
    asyncio.run(plant(own))
    assert run_night(own.night_url, simulated=True, as_of=AS_OF).ran
    yield own
    asyncio.run(databases.drop(own))


async def test_windows_are_set_anew_by_a_further_decision(
    province: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_on(monkeypatch, 1, 20)
    async with people_of(province) as people:
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


async def test_the_provinces_own_sheet_is_appraised_and_approved_by_the_ministry(
    province: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PAR INDEX: 64.5 of the rest and 32 of the survey are entered; 60 and 28 are approved."""
    stand_on(monkeypatch, 1, 20)
    url = "/api/v1/scores/par-index/PL"

    async def point(who: httpx.AsyncClient, leaf: str, column: str, **more: Any) -> httpx.Response:
        said = {"period": YEAR, "column": column} | more
        return await who.post(f"{url}/{leaf}", json=said)

    async def step(who: httpx.AsyncClient, name: str) -> httpx.Response:
        return await who.post(url, json={"period": YEAR, "step": name})

    windows = {
        stage: {"first": "2024-01-02", "last": "2024-02-15"}
        for stage in ("self", "appraisal", "explanation", "approval")
    }
    asked = {"rubric": "par-index", "period": YEAR, "root": "PL", "decision": "9/QĐ-BNV"}
    homes = (("leader", "PL"), ("appraiser", None), ("appraiser", None), ("appraiser", "PL.S1"))
    async with living_app(province) as app, AsyncExitStack() as stack:
        leader, ministry, second, own = [
            await stack.enter_async_context(signed_in(app, role=role, unit=unit, simulated=True))
            for role, unit in homes
        ]
        opened = await done_once(
            leader, "/api/v1/score-rounds", asked | {"windows": windows}, decision="10/QĐ-BNV"
        )
        entered = {"period": YEAR, "column": "entered", "points": 64.5, "evidence": PAPER}
        await done_once(leader, f"{url}/*.1", entered, points=64)
        (act,) = (await leader.get(f"{url}/*.1", params={"period": YEAR})).json()["history"]
        assert (opened["version"], act["points"]) == (1, 64.5)
        submitted = {"period": YEAR, "step": "submit"}
        await done_once(leader, url, submitted, reason="lần nữa")
        less = {"points": 60, "reason": "Thiếu kế hoạch tuyên truyền"}
        # own: of a department that the province leads
        refused(await point(own, "*.1", "appraised", **less), 403, "người thẩm định của Bộ")
        refused(await point(leader, "*.1", "appraised", **less), 403, "thẩm định")
        fine(await point(ministry, "ĐT.1", "entered", points=28, evidence=PAPER))
        fine(await point(ministry, "*.1", "appraised", **less))
        fine(await step(ministry, "end_appraisal"))
        fine(await step(leader, "end_explanation"))
        refused(await step(leader, "approve"), 403, "người thẩm định của Bộ")
        refused(await step(ministry, "approve"), 403, "không phê duyệt nó")
        approved = fine(await step(second, "approve"))
        given = {each["code"]: each["columns"]["approved"] for each in approved["leaves"]}
        assert {code: each["points"] for code, each in given.items() if each} == {
            "3.1.1": 0,
            "3.1.3": 0.95,
            "3.2.1": 0,
            "*.1": 60,
            "ĐT.1": 28,
        }
        block = {"period": YEAR, "root": "PL", "block": "provinces"}
        results = fine(await leader.post("/api/v1/scores/par-index/results", json=block))
        # 0.95 + 60 + 28 of 99 (no district), as of 100: 88.95 × 100 / 99 = 89.848…
        (row,) = results["blocks"][0]["units"]
        assert (row["unit"], row["points"], row["max"]) == ("PL", 89.85, 100)
