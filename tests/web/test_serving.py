"""A case's life through the real uvicorn, with the real clock; planted bugs in what guards it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.law.lives import make_procedure
from tests.portal import GIVEN, sync
from tests.programs import act, bearing, new_case, token_for
from tests.serving import Uvicorn
from tthc import clock
from tthc.db.engine import connect_night, connect_owner
from tthc.db.server import Server
from tthc.service.integrity import verify_ledger
from tthc.web.api import cases

# some working weeks from now, on a Wednesday
NEW_DUE = clock.local_date(clock.now()) + timedelta(days=28)
NEW_DUE += timedelta(days=2 - NEW_DUE.weekday())


@pytest.fixture
async def programs(database: Server) -> tuple[Server, str, dict[str, str]]:
    """A database, a procedure of five working days, and a token's header."""
    owner = connect_owner(database)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    return database, procedure, bearing(await token_for(database, "Một cửa"))


async def live(site: httpx.AsyncClient, procedure: str) -> dict[str, Any]:
    """Receive, supplement, resume, extend with a letter, resolve, return."""
    case: dict[str, Any] = (await site.post("/api/v1/cases", json=new_case(procedure))).json()
    for kind, more in (("start", {}), ("suspend", {"content": "bản sao"}), ("resume", {})):
        case = (await act(site, case, kind, **more)).json()
    letters = f"/api/v1/cases/{case['case_code']}/letters"
    draft = {"reason": "quá tải", "cause": "workload", "new_due": NEW_DUE.isoformat()}
    drafted = await site.post(letters, json=draft)
    assert drafted.status_code == 201, drafted.text
    letter = drafted.json()
    issued = {"number": "1/XL", "signer": "Trần Thị Hai"}
    await site.post(f"/api/v1/letters/{letter['id']}/issue", json=issued)
    sent = await site.post(f"/api/v1/letters/{letter['id']}/send", json={"channel": "email"})
    case = sent.json()
    for kind, more in (
        ("extend", {"letter_number": "1/XL"}),
        ("resolve", {"outcome": "granted"}),
        ("return", {"channel": "counter"}),
    ):
        answer = await act(site, case, kind, **more)
        assert answer.status_code == 200, answer.text
        case = answer.json()
    return case


async def test_the_journey_through_uvicorn(programs: tuple[Server, str, dict[str, str]]) -> None:
    server, procedure, headers = programs
    with Uvicorn(server) as living:
        async with httpx.AsyncClient(base_url=living.url, headers=headers, timeout=30) as site:
            case = await live(site, procedure)
            assert (case["state"], case["verdict"], case["version"]) == (10, "early", 9)
            assert case["due_at"] == f"{NEW_DUE}T17:00:00+07:00"
            numbers = {"Idempotency-Key": "một".encode().hex()}
            made = await asyncio.gather(
                *(
                    site.post("/api/v1/cases", json=new_case(procedure), headers=numbers)
                    for _ in range(12)
                )
            )
            assert len({each.json()["case_code"] for each in made}) == 1
            rivals = await asyncio.gather(
                *(act(site, made[0].json(), "start", officer=f"cán bộ {n}") for n in range(12))
            )
            assert sorted(each.status_code for each in rivals) == [200, *[409] * 11]
            assert (await site.get("/metrics")).text.count("tthc_requests_total{") >= 3
    await whole(server)


async def test_senders_at_once_make_one_case(
    programs: tuple[Server, str, dict[str, str]],
) -> None:
    """Two senders, every state at once, one message with good and bad: one case each, state 10."""
    server, procedure, headers = programs
    states = [sync(procedure, 2), sync(procedure, 4), sync(procedure, 10, **GIVEN)]
    bad = sync(procedure, 2, MaHoSo="00004-260302-0002", NgayHenTra="hôm sau")
    with Uvicorn(server) as living:
        async with httpx.AsyncClient(base_url=living.url, headers=headers, timeout=30) as site:
            answers = await asyncio.gather(
                *(
                    site.post(
                        "/api/v1/portal/DongBoHoSoMC",
                        json={"madonvi": sender, "data": [one, bad]},
                    )
                    for one in states
                    for sender in ("H26", "G22")
                )
            )
            assert {each.status_code for each in answers} == {200}
            assert all(each.json()["error_code"] in ("0", "1") for each in answers)
            case = (await site.get("/api/v1/cases/00004-260302-0001")).json()
            assert case["state"] == 10
            assert (await site.get("/api/v1/cases/00004-260302-0002")).status_code == 404
            quarantine = "/api/v1/portal/quarantine"
            first = (await site.get(quarantine, params={"limit": 1})).json()
            rest = (await site.get(quarantine, params={"after": first["next_cursor"]})).json()
            assert (first["total"], rest["total"], rest["next_cursor"]) == (2, 2, None)
            waiting = [*first["items"], *rest["items"]]
            assert [each["case_code"] for each in waiting] == ["00004-260302-0002"] * 2
            number = waiting[0]["id"]
            still = await site.post(f"/api/v1/portal/quarantine/{number}/release")
            assert still.json()["status"] == "waiting"
            odd = await site.post(
                "/api/v1/portal/DongBoHoSoMC",
                json={"madonvi": "H26", "data": [{}, {"MaHoSo": 5}, 5, None, ["x"]]},
            )
            told = [each["status"] for each in odd.json()["data"]]
            assert told == ["refused", "waiting", "refused", "refused", "refused"]
    await whole(server)


async def test_a_version_that_is_not_looked_at_is_caught(
    programs: tuple[Server, str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted bug: If-Match is read and forgotten. The second officer would not be told."""
    server, procedure, headers = programs
    monkeypatch.setattr(cases, "read_version", lambda _: None)
    with Uvicorn(server) as living:
        async with httpx.AsyncClient(base_url=living.url, headers=headers, timeout=30) as site:
            case = (await site.post("/api/v1/cases", json=new_case(procedure))).json()
            one = await act(site, case, "note", text="một")
            other = await act(site, case, "note", text="hai")
    assert (one.status_code, other.status_code) == (200, 200)  # with the check: 409


async def whole(server: Server) -> None:
    engine = connect_night(server)
    async with engine.connect() as connection:
        report = await verify_ledger(connection)
    await engine.dispose()
    assert report["ok"], report
