"""Places against last year, on the planted province of 2023 and a year after it.

2023 by progress (766): X2 1st (100 %), X1 2nd (95 %), X3 3rd (90 %). In 2024 X2 has become X5
alone: X1 and X5 are all in time, X3 is not.
"""

import asyncio
import re
from datetime import date, timedelta
from functools import partial
from typing import Any

import asyncpg
import httpx
import pytest

from jobs.night import run_night
from tests.ledger import write_history
from tests.people import signed_in
from tests.planted import CIVIL, Group, histories, plant
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tests.web.scoring_year import stand_on
from tthc import clock
from tthc.db.server import Server
from tthc.service.places import inherited

GROUPS = (Group("PL.X1", 3, 0), Group("PL.X5", 2, 1), Group("PL.X3", 2, -1))


async def a_year_later(server: Server) -> None:
    owner = await asyncpg.connect(server.owner_url)
    ids = {row["code"]: row["id"] for row in await owner.fetch("SELECT id, code FROM units")}
    ids["PL.X5"] = await owner.fetchval(
        "INSERT INTO units (simulated, code, name, kind, level, parent_id, root_id, valid_from) "
        "VALUES (true, 'PL.X5', 'Xã Năm', 'people_committee', 'commune', $1, $1, '2024-01-01') "
        "RETURNING id",
        ids["PL"],
    )
    await owner.execute("UPDATE units SET valid_to = '2024-01-01' WHERE id = $1", ids["PL.X2"])
    await owner.execute(
        "INSERT INTO unit_successors SELECT $1, $2, false, id FROM sources LIMIT 1",
        *(ids["PL.X2"], ids["PL.X5"]),
    )
    procedure = await owner.fetchval("SELECT id FROM procedures WHERE code = $1", CIVIL)
    await owner.close()
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for events in histories(ids, {CIVIL: procedure}, GROUPS, timedelta(days=366)):
            await write_history(connection, events, simulated=True)
    await connection.close()


def test_places_gained_and_lost_across_a_merger(database: Server) -> None:
    async def ask() -> dict[str, Any]:
        await plant(database)
        await a_year_later(database)
        headers = bearing(await token_for(database, "xếp hạng", "read", simulated=True))
        async with living_app(database) as app, client_of(app) as client:
            answer = await client.get(
                "/api/v1/scores/qd-766",
                params={"period": "year:2024", "compare": "last_year"},
                headers=headers,
            )
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    (communes,) = [each for each in asyncio.run(ask())["blocks"] if each["block"] == "communes"]
    assert {each["unit"]: (each["place"], each["compared"]) for each in communes["units"]} == {
        "PL.X1": (1, {"last_year": 2, "gained": 1, "words": "tăng 1 bậc"}),
        "PL.X5": (1, {"last_year": 1, "gained": 0, "words": "giữ nguyên thứ hạng"}),
        "PL.X3": (3, {"last_year": 3, "gained": 0, "words": "giữ nguyên thứ hạng"}),
        "PL.X4": (None, {"last_year": None, "gained": None, "words": "không so sánh được"}),
    }


async def test_the_years_ranking_so_far_tells_places_gained_by_what_nights_left(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X1 gained a place, X5 took over X2's, X4 had none; a commune's leader sees their own place
    among all, and not the first one of the one unit whose cases they see.
    """
    await plant(database)
    await a_year_later(database)
    stand_on(monkeypatch, 12, 1)  # of 2024
    for year, month, day in ((2023, 12, 31), (2024, 11, 30)):
        as_of = clock.end_of(date(year, month, day))
        night = partial(run_night, database.night_url, simulated=True, as_of=as_of)
        assert (await asyncio.to_thread(night)).ran
    async with living_app(database) as app:
        told = {}
        for role, unit in (("leader", "PL"), ("appraiser", None), ("leader", "PL.X3")):
            async with signed_in(app, role=role, unit=unit, simulated=True) as reader:
                page = await reader.get("/cham-diem/qd-766?ky=year:2024")
                told[role, unit] = _ranked(page.text)
    whole = {
        "Xã Một": ("1", "tăng 1 bậc"),
        "Xã Năm": ("1", "giữ nguyên thứ hạng"),
        "Xã Ba": ("3", "giữ nguyên thứ hạng"),
        "Xã Bốn": ("—", "không so sánh được"),
    }
    assert whole.items() <= told["leader", "PL"].items()
    assert whole.items() <= told["appraiser", None].items()
    assert told["leader", "PL.X3"] == {"Xã Ba": whole["Xã Ba"]}


def _ranked(page: str) -> dict[str, tuple[str, str]]:
    """Place and movement of each unit on the page."""
    cells = re.findall(
        r'class="place"><b>([^<]*)</b>.*?<a [^>]*>([^<]*)</a>.*?<td>([^<]*)</td>', page, re.DOTALL
    )
    return {unit: (place, moved) for place, unit, moved in cells}


def test_only_what_passed_on_whole_is_compared() -> None:
    before = {1: 5, 2: 6, 3: 7}
    assert inherited(before, [(1, 11)]) == {11: 5}
    assert inherited(before, [(1, 11), (2, 11)]) == {}  # made of several
    assert inherited(before, [(3, 12), (3, 13)]) == {}  # parts of one
    assert inherited(before, [(4, 14)]) == {}  # had no place


async def test_a_period_without_a_year_before_is_refused(
    site: httpx.AsyncClient, worlds: Server
) -> None:
    headers = bearing(await token_for(worlds, "cùng kỳ", "read"))
    asked = {"period": "all:known", "compare": "last_year"}
    answer = await site.get("/api/v1/scores/bac-ninh-kpi", params=asked, headers=headers)
    assert answer.status_code == 400
    assert "không có cùng kỳ năm trước" in answer.json()["detail"]


def test_units_of_the_time_and_those_that_stand_for_them_today(database: Server) -> None:
    """What X2 did in 2023 is X2's at the time, and X5's today; nothing is lost or counted twice."""

    async def ask() -> list[dict[str, int]]:
        await plant(database)
        await a_year_later(database)
        headers = bearing(await token_for(database, "đơn vị", "read", simulated=True))
        found = []
        async with living_app(database) as app, client_of(app) as client:
            for by in ("unit", "unit_today", None):
                asked = {"definition": "on_time/resolved", "period": "year:2023"}
                answer = await client.get(
                    "/api/v1/figures",
                    params=asked | ({"by": by} if by else {}),
                    headers=headers,
                )
                assert answer.status_code == 200, answer.text
                rows = answer.json()["rows"]
                found.append({row[by] if by else "": row["denominator"] for row in rows})
        return found

    then, today, whole = asyncio.run(ask())
    assert then["PL.X2"] > 0
    assert "PL.X5" not in then
    assert "PL.X2" not in today
    assert today["PL.X5"] == then["PL.X2"]
    assert today == {"PL.X5" if unit == "PL.X2" else unit: n for unit, n in then.items()}
    assert sum(today.values()) == sum(then.values()) == whole[""]
