"""What writes may be sent again: by its key it is done once, and answered as it was."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.law.lives import UNIT, make_procedure
from tests.programs import bearing, new_case, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.db.engine import connect_owner
from tthc.db.server import Server

API = "/api/v1"
HEADER = "Idempotency-Key"
# POSTs without a key: they write nothing, or know again by the content itself what was sent before
KEYLESS = {
    f"{API}/cases/search": "reads; only a trace of the reading stays",
    f"{API}/calendars/preview": "undone after it was looked at",
    f"{API}/terms/preview": "undone after it was looked at",
    f"{API}/hours/preview": "undone after it was looked at",
    f"{API}/scores/{{rubric}}/what-if": "writes nothing",
    f"{API}/imports": "a file is known by its digest",
    f"{API}/foreign-reports": "a file is known by its digest",
    f"{API}/portal/DongBoHoSoMC": "each case of a message is known by its digest",
    f"{API}/portal/CapNhatTienDoHoSoMC": "each case of a message is known by its digest",
}


@pytest.fixture
async def site(database: Server) -> AsyncIterator[httpx.AsyncClient]:
    secret = await token_for(database, "gửi lại", actor="Lan")
    async with living_app(database) as app, client_of(app) as client:
        client.headers.update(bearing(secret))
        yield client


@pytest.fixture
async def procedure(database: Server) -> str:
    owner = connect_owner(database)
    async with owner.begin() as connection:
        made = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    return made


async def test_every_write_takes_a_key_or_has_no_need_of_one(stranger: httpx.AsyncClient) -> None:
    paths = (await stranger.get("/api/schema")).json()["paths"]
    posts = {path: calls["post"] for path, calls in paths.items() if "post" in calls}
    keyless = {
        path
        for path, call in posts.items()
        if HEADER not in {each["name"] for each in call.get("parameters", ())}
    }
    assert keyless == KEYLESS.keys()
    assert not [path for path, calls in paths.items() if calls.keys() & {"put", "patch", "delete"}]


async def twice(
    site: httpx.AsyncClient, path: str, body: dict[str, Any], **other: Any
) -> dict[str, Any]:
    """The answer, the same both times, also to two at once; and of the key to nothing else."""
    key = {HEADER: f"key {path}"}
    first, second = await asyncio.gather(
        *(site.post(f"{API}{path}", json=body, headers=key) for _ in range(2))
    )
    assert first.status_code in (200, 201), first.text
    again = await site.post(f"{API}{path}", json=body, headers=key)
    assert first.json() == second.json() == again.json()
    assert first.status_code == again.status_code
    strange = await site.post(f"{API}{path}", json=body | other, headers=key)
    assert strange.status_code == 422
    assert "khóa mới" in strange.json()["detail"]
    found: dict[str, Any] = again.json()
    return found


async def test_a_letter_is_drafted_and_approved_once(
    site: httpx.AsyncClient, procedure: str
) -> None:
    case = (await site.post(f"{API}/cases", json=new_case(procedure))).json()
    later = (clock.local_date(clock.now()) + timedelta(days=30)).isoformat()
    draft = {"reason": "Thiếu người", "cause": "staff", "new_due": later}
    path = f"/cases/{case['case_code']}/letters"
    letter = await twice(site, path, draft, reason="Khác")
    kept = (await site.get(f"{API}{path}")).json()["letters"]
    assert [one["id"] for one in kept] == [letter["id"]]
    approved = await twice(
        site, f"/letters/{letter['id']}/approve", {"approver": "Minh"}, approver="Hà"
    )
    assert approved["approver"] == "Minh"


async def test_figures_are_explained_once(site: httpx.AsyncClient) -> None:
    said = {"period": "month:2026-03", "unit": UNIT, "text": "Mất điện ba ngày"}
    told = await twice(site, "/explanations", said, text="Mất điện")
    kept = (await site.get(f"{API}/explanations?period=month:2026-03")).json()
    assert (kept["total"], kept["items"][0]["id"]) == (1, told["id"])


async def test_a_control_sheet_is_passed_on_and_signed_for_once(
    site: httpx.AsyncClient, procedure: str
) -> None:
    codes = [
        (await site.post(f"{API}/cases", json=new_case(procedure))).json()["case_code"]
        for _ in range(2)
    ]
    sheet = {"batch": "BG-01", "codes": codes, "officer": "Tám"}
    assert len((await twice(site, "/transfers", sheet, officer="Chín"))["cases"]) == 2
    signed = await twice(site, "/transfers/acceptance", {"batch": "BG-01"}, note="khác")
    assert {one["version"] for one in signed["cases"]} == {3}


async def test_a_period_is_published_once(site: httpx.AsyncClient) -> None:
    """Without the key it would be a further version, which needs a reason."""
    published = await twice(site, "/publications", {"period": "month:2026-03"}, reason="Sửa")
    kept = (await site.get(f"{API}/publications")).json()["publications"]
    assert [(one["version"], one["digest"]) for one in kept] == [(1, published["digest"])]
    further = await site.post(f"{API}/publications", json={"period": "month:2026-03"})
    assert further.status_code in (400, 409, 422)


async def test_a_refusal_is_not_kept(site: httpx.AsyncClient) -> None:
    key, said = {HEADER: "changed"}, {"period": "month:2026-03", "unit": UNIT, "text": " "}
    assert (await site.post(f"{API}/explanations", json=said, headers=key)).status_code == 400
    good = await site.post(f"{API}/explanations", json=said | {"text": "Lũ"}, headers=key)
    assert good.status_code == 201
