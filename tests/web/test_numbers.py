"""Numbers of forms over HTTP: from the issuing unit's book, none left out, none given twice."""

import asyncio
import os
from typing import Any

import httpx

from tests.law.lives import UNIT
from tests.reports.reading import squeezed, text_of
from tests.web.test_cases import at, done, office, procedure, receive, secret, site
from tests.web.test_forms import printed

__all__ = ["at", "office", "procedure", "secret", "site"]

Site = httpx.AsyncClient
Case = dict[str, Any]
WRITERS = 20


async def numbers(site: Site, case: Case) -> list[str]:
    """The numbers that a case's acts bear."""
    events = (await site.get(f"/api/v1/cases/{case['case_code']}/events")).json()["events"]
    return [each["payload"]["notice"] for each in events if each["payload"].get("notice")]


async def ask(site: Site, case: Case, key: str, **act: Any) -> httpx.Response:
    return await site.post(
        f"/api/v1/cases/{case['case_code']}/events",
        json=act,
        headers={"Idempotency-Key": key, "If-Match": str(case["version"])},
    )


async def test_twenty_writers_draw_twenty_numbers(site: Site, procedure: str, at: Any) -> None:
    """Each request is sent twice at once, and every fifth is refused: no number is lost by it."""
    at("2026-03-02 09:00")
    cases = [await receive(site, procedure) for _ in range(WRITERS + 1)]
    drawn = await done(site, cases.pop(), "suspend", content="trước hết")
    (first,) = await numbers(site, drawn)
    asked = []
    for place, case in enumerate(cases):
        key, said = os.urandom(16).hex(), {"type": "suspend", "content": "bản sao"}
        before = {"occurred_at": "2026-03-01T09:00:00+07:00"} if place % 5 == 0 else {}
        asked += [ask(site, case, key, **said, **before) for _ in range(2)]
    answers = await asyncio.gather(*asked)
    refused = [each for each in answers if each.status_code == 422]
    assert {each.status_code for each in answers} == {200, 422}
    assert len(refused) == 2 * WRITERS / 5
    found = sorted([each for case in cases for each in await numbers(site, case)])
    start = int(first.split("/")[0]) + 1
    assert found == [f"{start + place:02d}/HDHS-UBND" for place in range(WRITERS * 4 // 5)]


async def test_every_form_has_a_book_of_its_own_each_year(
    site: Site, procedure: str, at: Any
) -> None:
    """A reprint keeps its number; what a unit numbers elsewhere is printed as it was said."""
    for year in (2024, 2025):
        at(f"{year}-03-04 09:00")
        case = await receive(site, procedure)
        case = await done(site, case, "suspend", content="bản sao")
        for _ in range(2):
            assert "Số: 01/HDHS-UBND" in await printed(site, case, "02")
        at(f"{year}-03-05 09:00")
        case = await done(site, case, "resume")
        refusing = {"outcome": "refused", "reason": "không đủ điều kiện"}
        case = await done(site, case, "resolve", **refusing)
        assert "Số: 01/TC-UBND" in await printed(site, case, "03")
        other = await receive(site, procedure)
        other = await done(site, other, "stop", reason="có đơn đề nghị")
        assert "Số: 01/TB-UBND" in await printed(site, other, "05")
        third = await receive(site, procedure)
        third = await done(site, third, "stop", reason="có đơn", notice="9/TB-VP")
        assert await numbers(site, third) == ["9/TB-VP"]
        told = (await site.get(f"/api/v1/cases/{case['case_code']}/events")).json()["events"]
        assert [(each["actor"], each["recorded_at"][:10]) for each in told if each["payload"]] == [
            ("Phần mềm một cửa", f"{year}-03-04"),
            ("Phần mềm một cửa", f"{year}-03-05"),
        ]
        asked = {"unit": UNIT, "from": f"{year}-03-01", "to": f"{year}-04-01"}
        book = squeezed(text_of((await site.get("/api/v1/register", params=asked)).content))
        for number in ("01/HDHS-UBND, 01/TC-UBND", "01/TB-UBND", "9/TB-VP"):
            assert squeezed(f"số {number}") in book


async def test_whoever_may_not_act_draws_nothing(site: Site, procedure: str, at: Any) -> None:
    at("2023-03-06 09:00")
    case = await receive(site, procedure)
    gone = await ask(site, case | {"case_code": "không-có"}, "x1", type="suspend", content="x")
    assert gone.status_code == 404
    case = await done(site, case, "suspend", content="bản sao")
    assert await numbers(site, case) == ["01/HDHS-UBND"]
