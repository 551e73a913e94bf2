"""What waits in quarantine, for people: the leader of the topmost unit looks and lets it pass."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from tests.forms import filled
from tests.law.lives import UNIT, make_procedure
from tests.people import signed_in
from tests.portal import CODE, step, sync
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.service.integrity import verify_ledger
from tthc.service.tokens import digest

API = "/api/v1/portal/quarantine"
PAGE = "/goi-tin-cho"
PROVINCE = "01"  # of UNIT
NO_DUE = {"NgayHenTra": ""}
Send = Callable[..., Any]


@pytest.fixture
async def procedure(database: Server) -> str:
    owner = connect_owner(database)
    async with owner.begin() as connection:
        made = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    return made


@pytest.fixture
async def app(database: Server) -> AsyncIterator[Litestar]:
    async with living_app(database) as app:
        yield app


@pytest.fixture
async def send(app: Litestar, database: Server) -> AsyncIterator[Send]:
    """Sends one case as a province's system does; answers what became of it."""
    async with client_of(app) as program:
        program.headers.update(bearing(await token_for(database, "cổng")))

        async def sent(case: dict[str, Any], service: str = "DongBoHoSoMC") -> str:
            told = {"madonvi": "H26", "data": [case]}
            answer = await program.post(f"/api/v1/portal/{service}", json=told)
            return str(answer.json()["data"][0]["status"])

        yield sent


async def waiting(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get(API)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["items"])
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_leader_lets_pass_what_lacks_a_due_date(
    app: Litestar, database: Server, send: Send, procedure: str
) -> None:
    """On the page, without a script: the case is recorded in their name, and leaves a trace."""
    assert await send(sync(procedure, 4, **NO_DUE)) == "waiting"
    assert await send(step(4, "20260303090000"), "CapNhatTienDoHoSoMC") == "waiting"
    assert await send(sync("không-có", 4, MaHoSo="00004-260302-0002")) == "waiting"
    async with signed_in(app, role="leader", unit=PROVINCE, login="lan.ct") as leader:
        day = (await leader.get("/ban-lam-viec")).text
        assert re.search(r'<a href="/goi-tin-cho"><b>3</b> gói tin', day)
        listed = await waiting(leader)
        assert [one["case_code"] for one in listed] == [CODE, CODE, "00004-260302-0002"]
        assert "Mơ" not in str(listed)
        page = (await leader.get(PAGE)).text
        assert "3 gói tin đang chờ" in page
        assert "Thiếu NgayHenTra" in page
        form = {**filled(page, PAGE), "number": str(listed[0]["id"])}
        done = await leader.post(PAGE, data=form)
        assert done.status_code == 200
        assert "đã ghi vào sổ" in done.text
        assert "1 gói tin đang chờ" in done.text  # the step found its case
        again = await leader.post(PAGE, data=form)
        assert again.status_code == 422
        assert "không có gói tin" in again.text.lower()
        form["number"] = str(listed[2]["id"])
        still = await leader.post(PAGE, data=form)
        assert "vẫn chờ" in still.text
        for number in ("", "-1", "x", "9" * 40):
            assert (await leader.post(PAGE, data=form | {"number": number})).status_code == 422
        case = (await leader.get(f"/api/v1/cases/{CODE}")).json()
        assert (case["state"], case["due_at"]) == (4, None)
        (event, *_) = (await leader.get(f"/api/v1/cases/{CODE}/events")).json()["events"]
        assert event["actor"] == "lan.ct"
    owner = await asyncpg.connect(database.owner_url)
    told = await owner.fetch("SELECT actor, details->>'answer' FROM traces WHERE kind = $1", KIND)
    assert [tuple(row) for row in told] == [("lan.ct", "recorded"), ("lan.ct", "waiting")]
    kept = await owner.fetch("SELECT released_by FROM portal_claims ORDER BY id")
    assert [row[0] for row in kept] == ["lan.ct", None, "lan.ct"]
    await owner.close()
    engine = connect_owner(database)
    async with engine.connect() as connection:
        assert (await verify_ledger(connection))["ok"]
    await engine.dispose()


KIND = "claim_released"


async def test_nobody_else_sees_or_releases(app: Litestar, send: Send, procedure: str) -> None:
    assert await send(sync(procedure, 4, **NO_DUE)) == "waiting"
    for role, unit in (("leader", UNIT), ("clerk", PROVINCE), ("official", PROVINCE)):
        async with signed_in(app, role=role, unit=unit) as person:
            for answer in (await person.get(API), await person.post(f"{API}/1/release")):
                assert answer.status_code == 403, (role, unit)
                assert "hãy" in answer.json()["detail"]
            page = await person.get(PAGE)
            assert CODE not in page.text
            if role == "leader":
                assert "lãnh đạo đơn vị cấp trên cùng" in page.text
                assert "gói tin" not in (await person.get("/ban-lam-viec")).text
                data = {**filled((await person.get("/doi-mat-khau")).text, "/doi-mat-khau")}
                refused = await person.post(PAGE, data=data | {"number": "1"})
                assert refused.status_code == 422
            else:
                assert page.status_code == 403
    async with signed_in(app, role="leader", unit=PROVINCE) as leader:
        assert len(await waiting(leader)) == 1
    elsewhere = {"DonViXuLy": "79", "MaHoSo": "79-260302-0001"}
    assert await send(sync(procedure, 4, **elsewhere)) == "recorded"
    async with signed_in(app, role="leader", unit=PROVINCE) as leader:  # a case is beyond them now
        assert (await leader.get(API)).status_code == 403


async def test_a_case_of_a_unit_beyond_is_not_let_in(
    app: Litestar, send: Send, procedure: str
) -> None:
    """A claim that waits may be of any unit: what the leader may not write goes on waiting."""
    beyond = {"DonViXuLy": "79", "MaHoSo": "79-260302-0001"}
    assert await send(sync(procedure, 4, **NO_DUE, **beyond)) == "waiting"
    async with signed_in(app, role="leader", unit=PROVINCE) as leader:
        (one,) = await waiting(leader)
        answer = await leader.post(f"{API}/{one['id']}/release")
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == "waiting"
        assert "ngoài phạm vi" in answer.json()["message"]
        (one,) = await waiting(leader)
        assert "ngoài phạm vi" in one["waits"]


async def test_a_release_is_done_once_by_its_key(
    app: Litestar, database: Server, send: Send, procedure: str
) -> None:
    assert await send(sync(procedure, 4, **NO_DUE)) == "waiting"
    assert await send(sync(procedure, 4, **NO_DUE, MaHoSo="00004-260302-0002")) == "waiting"
    async with signed_in(app, role="leader", unit=PROVINCE) as leader:
        first, second = (f"{API}/{one['id']}/release" for one in await waiting(leader))
        key = {"Idempotency-Key": "cho qua"}
        answers = [await leader.post(first, headers=key) for _ in range(3)]
        assert [each.status_code for each in answers] == [200] * 3
        assert len({each.text for each in answers}) == 1
        assert answers[0].json()["status"] == "recorded"
        strange = await leader.post(second, headers=key)
        assert strange.status_code == 422
        assert "khóa mới" in strange.json()["detail"]
        assert (await leader.post(first)).status_code == 404  # without its key it is another
        assert len(await waiting(leader)) == 1
    owner = await asyncpg.connect(database.owner_url)
    assert await owner.fetchval("SELECT count(*) FROM case_events") == 2
    assert await owner.fetchval("SELECT count(*) FROM traces WHERE kind = $1", KIND) == 1
    await owner.close()


async def test_by_sql_too_only_the_leader_sees_and_changes_them(
    app: Litestar, database: Server, send: Send, procedure: str
) -> None:
    """No case is beyond any of these, so that each rule is alone: role, topmost unit, person."""
    assert await send(sync(procedure, 4, **NO_DUE)) == "waiting"
    named = await token_for(database, "cùng tên", actor="lan.ct")  # a program called as the leader
    connection = await asyncpg.connect(database.owner_url)
    unit = await connection.fetchval("SELECT id FROM units WHERE code = $1 AND NOT simulated", "01")
    await connection.execute("UPDATE tokens SET unit_id = $1 WHERE label = 'cùng tên'", unit)
    await connection.close()
    people: dict[tuple[str, str | None], int] = {}
    people |= {("leader", PROVINCE): 1, ("leader", UNIT): 0, ("clerk", PROVINCE): 0}
    people |= {("officer", PROVINCE): 0, ("official", PROVINCE): 0, ("auditor", None): 0}
    for (role, home), wanted in people.items():
        login = "lan.ct" if wanted else None
        async with signed_in(app, role=role, unit=home, login=login) as person:
            assert await in_sight(database, person.cookies["tthc"]) == wanted, (role, home)
    assert await in_sight(database, named) == 0


async def in_sight(server: Server, secret: str) -> int:
    """How many claims the bearer of a secret sees, and may change, by SQL of their own."""
    connection = await asyncpg.connect(server.app_url)
    try:
        async with connection.transaction():
            assert await connection.fetchval("SELECT enter($1, now())", digest(secret))
            seen = len(await connection.fetch("SELECT FROM portal_claims"))
            told = await connection.execute("UPDATE portal_claims SET waived = true")
            assert told == f"UPDATE {seen}"
    finally:
        await connection.close()
    return seen
