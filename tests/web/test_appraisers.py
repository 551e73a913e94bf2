"""What an appraiser reads: the night's scores of every unit but their own, and no case.

The province of tests/planted.py, whose unit PL.X1 also inherited one that has ended.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import httpx
import pytest

from jobs.night import run_night
from tests.databases import Databases
from tests.people import signed_in
from tests.planted import plant
from tests.site import living_app
from tthc import clock
from tthc.db.server import Server

AS_OF = clock.end_of(date(2023, 12, 31))
YEAR = {"period": "year:2023"}
SCORE = "/api/v1/scores/qd-766"


@pytest.fixture(scope="module")
def province(databases: Databases) -> Iterator[Server]:
    own = asyncio.run(databases.copy())
    asyncio.run(_fill(own))
    assert run_night(own.night_url, simulated=True, as_of=AS_OF).ran
    yield own
    asyncio.run(databases.drop(own))


async def _fill(server: Server) -> None:
    await plant(server)
    owner = await asyncpg.connect(server.owner_url)
    ended = await owner.fetchval(
        "INSERT INTO units (simulated, code, name, kind, level, parent_id, root_id, valid_to) "
        "SELECT true, 'PL.CU', 'Xã Cũ', kind, level, parent_id, root_id, '2023-07-01' "
        "FROM units WHERE code = 'PL.X1' RETURNING id"
    )
    await owner.execute(
        "INSERT INTO unit_successors SELECT $1, u.id, false, (SELECT min(id) FROM sources) "
        "FROM units u WHERE u.code = 'PL.X1'",
        ended,
    )
    await owner.close()


@asynccontextmanager
async def reader(
    server: Server, role: str, unit: str | None = None, blocks: Sequence[str] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        living_app(server) as app,
        signed_in(app, role=role, unit=unit, simulated=True, blocks=blocks) as client,
    ):
        yield client


async def document(client: httpx.AsyncClient, **asked: str) -> dict[str, Any]:
    answer = await client.get(SCORE, params=YEAR | asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def units_of(found: dict[str, Any]) -> dict[str, Any]:
    return {each["unit"]: each for block in found["blocks"] for each in block["units"]}


async def test_the_ranking_of_all_but_ones_own(province: Server) -> None:
    async with reader(province, "auditor") as auditor:
        whole = await document(auditor, as_of=AS_OF.isoformat())
    async with reader(province, "appraiser", "PL.X1") as appraiser:
        seen = await document(appraiser)
    theirs, all_units = units_of(seen), units_of(whole)
    assert set(all_units) - set(theirs) == {"PL.X1"}
    assert theirs == {code: each for code, each in all_units.items() if code != "PL.X1"}
    communes = next(each for each in seen["blocks"] if each["block"] == "communes")
    assert "PL.X1" not in str(communes)
    second = next(each for each in communes["areas"] if each["code"] == "2")
    assert second["percent"] == "95.00"  # (100 + 90) / 2: X2 and X3


async def test_a_unit_leaf_by_leaf_and_no_case(province: Server) -> None:
    async with reader(province, "auditor") as auditor:
        whole = await document(auditor, as_of=AS_OF.isoformat(), unit="PL.X3")
    async with reader(province, "appraiser", "PL.X1") as appraiser:
        seen = await document(appraiser, unit="PL.X3")
        assert seen["digest"] == whole["digest"]
        assert seen["points"] == whole["points"] == 18
        assert not [leaf for leaf in seen["criteria"] if leaf["cases_url"]]
        for address in (
            "/api/v1/cases?where=known",
            f"{SCORE}/forecast?period=year:2023",
            "/api/v1/cases/PL.X3-4-0",
        ):
            assert (await appraiser.get(address)).status_code == 403, address


async def test_never_ones_own_nor_what_it_inherited(province: Server) -> None:
    async with reader(province, "appraiser", "PL.X1") as appraiser:
        for unit in ("PL.X1", "PL.CU@2023-06-01"):
            answer = await appraiser.get(SCORE, params=YEAR | {"unit": unit})
            assert answer.status_code == 403, unit
            assert "chính đơn vị mình" in answer.json()["detail"]
    async with reader(province, "appraiser") as of_no_unit:
        assert len(units_of(await document(of_no_unit))) == 7
        assert (await document(of_no_unit, unit="PL.X1"))["points"] == 19


async def test_only_the_blocks_that_were_given(province: Server) -> None:
    """Of the departments: theirs are ranked and summed, a commune's are refused wherever asked."""
    async with reader(province, "appraiser", blocks=["departments"]) as appraiser:
        seen = await document(appraiser)
        assert [each["block"] for each in seen["blocks"]] == ["departments"]
        assert set(units_of(seen)) == {"PL.S1", "PL.S2"}
        counted = next(each for each in seen["criteria"] if each["code"] == "2")
        assert counted["denominator"] == 9  # S1 has 4 cases, S2 has 5
        feed = (await appraiser.get(f"{SCORE}/feed", params=YEAR)).json()["lines"]
        assert {each["unit"] for each in feed} == {"PL.S1", "PL.S2"}
        for address in (SCORE, f"{SCORE}/feed", f"{SCORE}/PL.X1", f"{SCORE}/PL.X1/2"):
            asked = YEAR | ({} if "PL.X1" in address else {"unit": "PL.X1"})
            answer = await appraiser.get(address, params=asked)
            assert answer.status_code == 403, address
            assert "không thuộc khối" in answer.json()["detail"]
        page = await appraiser.get("/cham-diem/qd-766", params={"ky": "year:2023"})
        assert "Sở Một" in page.text
        assert "Xã Một" not in page.text
        assert (await appraiser.get(f"{SCORE}/PL.S1", params=YEAR)).status_code == 200


async def test_blocks_are_those_of_the_day(province: Server) -> None:
    """A commune that a decision put among the departments in 2023 is theirs; nobody else's."""
    owner = await asyncpg.connect(province.owner_url)
    try:
        await owner.execute(
            "INSERT INTO unit_blocks SELECT u.id, 'departments', '2023-06-01', NULL, "
            "(SELECT min(id) FROM sources) FROM units u WHERE code = 'PL.X2'"
        )
        for blocks, theirs in ((["departments"], True), (["communes"], False)):
            async with reader(province, "appraiser", blocks=blocks) as appraiser:
                answer = await appraiser.get(SCORE, params=YEAR | {"unit": "PL.X2"})
                assert (answer.status_code == 200) is theirs, blocks
    finally:
        await owner.execute("DELETE FROM unit_blocks")
        await owner.close()


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"as_of": "2023-04-11"}, 400, "bỏ as_of"),
        ({"period": "year:2021"}, 404, "Chưa có lần tính đêm nào cho kỳ year:2021"),
        ({"unit": "PL.X9"}, 404, "PL.X9"),
    ],
)
async def test_what_the_night_did_not_count(
    province: Server, asked: dict[str, str], status: int, said: str
) -> None:
    async with reader(province, "appraiser", "PL.X1") as appraiser:
        answer = await appraiser.get(SCORE, params=YEAR | asked)
        assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text


async def test_a_year_that_no_night_counted_is_not_compared_with(province: Server) -> None:
    async with reader(province, "appraiser", "PL.X1") as appraiser:
        answer = await appraiser.get(SCORE, params=YEAR | {"compare": "last_year"})
    told = {
        each["compared"]["words"] for block in answer.json()["blocks"] for each in block["units"]
    }
    assert told == {"không so sánh được"}


async def test_an_administrator_reads_no_score(province: Server) -> None:
    async with reader(province, "admin") as admin:
        for address in ("/api/v1/scores", f"{SCORE}?period=year:2023"):
            assert (await admin.get(address)).status_code == 403
