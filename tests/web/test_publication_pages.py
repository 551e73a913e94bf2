"""A month looked at, published, printed and verified on the pages; later knowledge told there.

The same through HTTP where a case is in no bucket: nothing is published.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import httpx
import pytest
from click.testing import CliRunner, Result
from litestar import Litestar
from pypdf import PdfReader

from tests.databases import Databases
from tests.law.journeys import Journey
from tests.law.lives import UNIT, make_procedure
from tests.people import key_on, signed_in
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc import clock
from tthc.cli import tthc
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.rules import predicates

MONTH = "month:2026-03"
QR = re.compile(r"tthc:publication:\S+")


@pytest.fixture
def office(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())
    yield own
    asyncio.run(databases.drop(own))


@pytest.fixture
async def app(office: Server) -> AsyncIterator[Litestar]:
    async with living_app(office) as app:
        yield app


@pytest.fixture
async def leader(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with signed_in(app, role="leader", unit="01") as client:
        yield client


def at(day: int, hour: int = 9, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=clock.VIETNAM)


@pytest.fixture
async def life(office: Server, app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """Received on 2 March, due on the 9th, open and overdue at the month's end."""
    engine = connect_owner(office)
    async with engine.begin() as owner:
        procedure = await make_procedure(owner, [5, "working_day"])
    await engine.dispose()
    program = client_of(app)
    program.headers.update(bearing(await token_for(office, "Phần mềm", actor="Lan")))
    journey = Journey(program, monkeypatch, procedure)
    await journey.play({"at": at(2), "act": "receive"})
    monkeypatch.setattr(clock, "now", lambda: at(1, 8, month=4))
    return journey


async def publish(client: httpx.AsyncClient, **more: str) -> httpx.Response:
    page = (await client.get("/cong-bo/xem-truoc", params={"period": MONTH})).text
    form = {"form_key": key_on(page), "period": MONTH} | more
    return await client.post("/cong-bo", data=form)


async def test_from_a_look_to_a_restatement(
    app: Litestar,
    office: Server,
    life: Journey,
    leader: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "Chưa kỳ nào được chốt" in (await leader.get("/cong-bo")).text
    look = (await leader.get("/cong-bo/xem-truoc", params={"period": MONTH})).text
    assert "1 hồ sơ sẽ được chốt" in look
    assert "16 đẳng thức" in look
    assert "Chưa kỳ nào" not in (await publish(leader)).text
    page = (await leader.get(f"/cong-bo/{MONTH}")).text
    assert "Từ lần chốt cuối, không hồ sơ nào khác đi" in page
    assert "0,00" in page  # no case of the burden was on time

    said = await leader.get(f"/cong-bo/{MONTH}/bien-ban")
    assert said.headers["content-type"] == "application/pdf"
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(said.content)).pages)
    published = (await leader.get(f"/api/v1/publications/{MONTH}")).json()
    assert published["digest"][:8] in text
    record = f"tthc:publication:real:{MONTH}:1:{published['digest']}"
    proven = await verify(office, record)
    assert (proven.exit_code, "0/1" in proven.output) == (0, True), proven.output
    for wrong in (record[:-1] + ("0" if record[-1] != "0" else "1"), record + "0", "tthc"):
        assert (await verify(office, wrong)).exit_code == 1

    late = {"at": at(16), "recorded": at(5, month=4)}
    await life.play(late | {"act": "draft", "new_due": at(20, month=4).date()})
    await life.play(late | {"act": "issue", "number": "15/XL"})
    monkeypatch.setattr(clock, "now", lambda: at(6, month=4))
    async with signed_in(app, role="leader", unit="01") as later:
        page = (await later.get(f"/cong-bo/{MONTH}")).text
        assert "Từ lần chốt cuối, 1 hồ sơ khác đi" in page
        assert life.code in page
        assert "Ban hành văn bản xin lỗi 09:00 16/03/2026, ghi lúc 09:00 05/04/2026" in page
        refused = await publish(later)
        assert (refused.status_code, "hãy nêu lý do" in refused.text) == (422, True)
        again = await publish(later, reason="ghi bổ sung văn bản xin lỗi")
        assert again.headers["location"] == f"/cong-bo/{MONTH}"
        page = (await later.get(f"/cong-bo/{MONTH}")).text
        assert "Lần chốt 2 đã điều chỉnh 1 hồ sơ" in page
        assert "chốt lần 1" in (await later.get(f"/cong-bo/{MONTH}?version=1")).text
    assert (await verify(office, record)).exit_code == 0, (
        "the first version's paper still proves itself"
    )


async def verify(office: Server, record: str) -> Result:
    environment = {
        "TTHC_DATABASE_URL": office.app_url,
        "TTHC_OWNER_DATABASE_URL": office.owner_url,
        "TTHC_NIGHT_DATABASE_URL": office.night_url,
    }
    return await asyncio.to_thread(
        CliRunner().invoke, tthc, ["verify", "--record", record], env=environment
    )


async def test_a_case_in_no_bucket_stops_publishing_over_http(
    life: Journey, leader: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = predicates.partition()
    monkeypatch.setattr(predicates, "partition", lambda: known[:-1])
    answer = await leader.post("/api/v1/publications", json={"period": MONTH})
    assert answer.status_code == 422
    assert "Còn 1 hồ sơ chưa xếp được vào nhóm nào" in answer.json()["detail"]
    page = await publish(leader)
    assert page.status_code == 422
    assert "Còn 1 hồ sơ chưa xếp được" in page.text
    assert (await leader.get("/api/v1/publications")).json() == {"publications": []}
    assert life.code


async def test_who_may_publish(app: Litestar, life: Journey) -> None:
    """Clerks read what was published; a leader of one commune publishes nothing of all."""
    async with signed_in(app, role="clerk", unit=UNIT) as clerk:
        assert (await clerk.get("/cong-bo")).status_code == 200
        refused = await clerk.get("/cong-bo/xem-truoc", params={"period": MONTH})
        assert refused.status_code == 403
    for unit in ("00008", UNIT):  # that of the one case there is sees every case
        async with signed_in(app, role="leader", unit=unit) as other:
            answer = await other.get("/cong-bo/xem-truoc", params={"period": MONTH})
            assert (answer.status_code, "cấp trên cùng" in answer.text) == (422, True)
    assert life.code
