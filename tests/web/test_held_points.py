"""What an open case holds of its unit's points, told on its page before it is due.

On 16/03/2023 four cases of S1 are open and due on 10/04. By the night of 15/03 it has 4 of 4 in
time: one late would leave 20 × 3/4 = 15 by Decision 766, and one late without a letter takes Hà
Tĩnh's whole point.
"""

import asyncio
from datetime import date, datetime
from functools import partial
from html import unescape

import pytest

from jobs.night import run_night
from tests.people import signed_in
from tests.planted import Group, plant
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.server import Server

NOW = datetime(2023, 3, 16, 9, tzinfo=clock.VIETNAM)
RUBRICS = {"qd-766": "2", "ha-tinh-2023": "1.1"}


async def test_a_case_holds_what_its_lateness_would_cost(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plant(database, (Group("PL.S1", 4, None),))
    as_of = clock.end_of(date(2023, 3, 15))
    night = partial(run_night, database.night_url, simulated=True, as_of=as_of)
    assert (await asyncio.to_thread(night)).ran
    monkeypatch.setattr(clock, "now", lambda: NOW)
    async with living_app(database) as app:
        async with signed_in(app, role="leader", unit="PL.S1", simulated=True) as leader:
            page = unescape((await leader.get("/ho-so/PL.S1-0-0")).text)
        assert "Hồ sơ này giữ <b>5 điểm</b>" in page
        assert "Hồ sơ này giữ <b>1 điểm</b>" in page
        assert page.index("giữ <b>5") < page.index("giữ <b>1")
        async with client_of(app) as client:
            headers = bearing(await token_for(database, "giả định", "read", simulated=True))
            held = {}
            for rubric, leaf in RUBRICS.items():
                points = []
                for change in ("in_time", "late"):
                    asked = {"period": "year:2023", "unit": "PL.S1", "as_of": NOW.isoformat()}
                    asked |= {"cases": ["PL.S1-0-0"], "change": change}  # type: ignore[dict-item]  # a document
                    path = f"/api/v1/scores/{rubric}/what-if"
                    answer = await client.post(path, json=asked, headers=headers)
                    found = answer.json()["criteria"]
                    points += [each["after"] for each in found if each["code"] == leaf]
                held[rubric] = points[0] - points[1]
        assert held == {"qd-766": 5, "ha-tinh-2023": 1}  # as what-if has it
