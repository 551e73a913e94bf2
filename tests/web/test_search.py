"""A case is found by its code, or by whose it is: without accents, within what one sees, traced."""

import asyncio
import string
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import httpx
import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st
from litestar import Litestar

from tests.databases import Databases
from tests.forms import filled
from tests.law.lives import UNIT, make_procedure
from tests.people import signed_in
from tests.programs import act, new_case
from tests.site import living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.domain.vietnamese import bare

Site = httpx.AsyncClient
MO = {"name": "Nguyễn Thị Mơ", "phone": "0912 345 678", "authorised_name": "Đỗ Văn Quý"}
LAM = {"name": "Nguyễn Thị Lâm", "phone": "+84 (0)987.654.321 / 024 3825 6789"}
SHOP = {"name": "Công ty TNHH Ánh Dương 568", "kind": "organisation", "phone": "02838297052"}


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[tuple[Server, str]]:
    own = asyncio.run(databases.copy())

    async def prepare() -> str:
        owner = connect_owner(own)
        async with owner.begin() as connection:
            procedure = await make_procedure(connection, [5, "working_day"])
        await owner.dispose()
        return procedure

    yield own, asyncio.run(prepare())
    asyncio.run(databases.drop(own))


@pytest.fixture(scope="module")
def codes(office: tuple[Server, str]) -> dict[str, str]:
    """Whose case has which code."""
    server, procedure = office

    async def receive() -> dict[str, str]:
        found = {}
        async with living_app(server) as app, signed_in(app, role="clerk") as clerk:
            for name, person in {"Mơ": MO, "Lâm": LAM, "Ánh Dương": SHOP}.items():
                body = new_case(procedure, applicant=person)
                answer = await clerk.post("/api/v1/cases", json=body)
                assert answer.status_code == 201, answer.text
                found[name] = answer.json()["case_code"]
        return found

    return asyncio.run(receive())


@pytest.fixture
async def app(office: tuple[Server, str]) -> AsyncIterator[Litestar]:
    async with living_app(office[0]) as app:
        yield app


@pytest.fixture
async def clerk(app: Litestar) -> AsyncIterator[Site]:
    async with signed_in(app, role="clerk") as client:
        yield client


async def search(client: Site, asked: str) -> dict[str, Any]:
    answer = await client.post("/api/v1/cases/search", json={"q": asked})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def found(client: Site, asked: str) -> set[str]:
    return {one["case_code"] for one in (await search(client, asked))["items"]}


async def by_page(client: Site, asked: str) -> httpx.Response:
    page = await client.get("/tim")
    return await client.post("/tim", data=filled(page.text, "/tim") | {"q": asked})


@pytest.mark.parametrize(
    ("asked", "whose"),
    [
        ("Nguyễn Thị Mơ", {"Mơ"}),
        ("nguyen thi", {"Mơ", "Lâm"}),
        ("NGUYỄN  thi", {"Mơ", "Lâm"}),
        ("mo ng", {"Mơ"}),
        ("do van quy", {"Mơ"}),
        ("Đô", {"Mơ"}),
        ("lam nguyễn", {"Lâm"}),
        ("anh duong", {"Ánh Dương"}),
        ("cong ty 568", {"Ánh Dương"}),
        ("568", {"Ánh Dương"}),
        ("678", {"Mơ"}),
        ("345678", {"Mơ"}),
        ("0912345678", {"Mơ"}),
        ("+84 912-345-678", {"Mơ"}),
        ("84912345678", {"Mơ"}),
        ("912 345 678", {"Mơ"}),
        ("0987654321", {"Lâm"}),
        ("6789", {"Lâm"}),
        ("lam 4321", {"Lâm"}),
        ("mo 4321", set()),
        ("0912", set()),  # the end is asked for, not the beginning
        ("guyen", set()),
        ("nguyễn thị hoa", set()),
        ("' | ':*", None),
        ("mơ & (lâm):*", set()),
        ("%_", None),
    ],
)
async def test_persons_by_pieces(
    clerk: Site, codes: dict[str, str], asked: str, whose: set[str] | None
) -> None:
    if whose is None:
        answer = await clerk.post("/api/v1/cases/search", json={"q": asked})
        assert answer.status_code == 400
        assert "Gõ ngắn quá" in answer.json()["detail"]
        return
    assert await found(clerk, asked) == {codes[each] for each in whose}


async def test_a_code_leads_straight_to_its_case(clerk: Site, codes: dict[str, str]) -> None:
    for typed in (codes["Mơ"], f"  {codes['Mơ']}\n", codes["Mơ"].lower()):
        assert (await search(clerk, typed))["case_code"] == codes["Mơ"]
        answer = await by_page(clerk, typed)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/ho-so/{codes['Mơ']}")


async def test_the_page_masks_and_no_address_or_log_knows_a_name(
    clerk: Site, codes: dict[str, str]
) -> None:
    with structlog.testing.capture_logs() as told:
        answer = await by_page(clerk, "nguyen thi mơ")
    assert answer.status_code == 200
    assert codes["Mơ"] in answer.text
    assert "Nguyễn T. M." in answer.text
    assert "***678" in answer.text
    assert MO["name"] not in answer.text
    assert MO["phone"] not in answer.text
    assert told
    assert "mơ" not in f"{told} {answer.request.url} {answer.headers}".lower()


@pytest.mark.parametrize("asked", ["x", "12", "y" * 300, "\0 lan", "<script>alert(1)</script>"])
async def test_whatever_is_typed_gets_an_answer(
    clerk: Site, codes: dict[str, str], asked: str
) -> None:
    answer = await by_page(clerk, asked)
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in answer.text
    assert not any(code in answer.text for code in codes.values())


async def test_a_reader_elsewhere_finds_nothing_until_the_case_comes_to_them(
    app: Litestar, clerk: Site, office: tuple[Server, str]
) -> None:
    """A case that is moved is found by those it came to, and still by those it came from."""
    server, procedure = office
    owner = await asyncpg.connect(server.owner_url)
    other = await owner.fetchval(
        "SELECT code FROM units WHERE level = 'commune' AND valid_to IS NULL AND NOT simulated "
        "AND code <> $1 ORDER BY id DESC LIMIT 1",
        UNIT,
    )
    await owner.close()
    body = new_case(procedure, applicant={"name": "Vũ Thị Dời", "phone": "0900111222"})
    case = (await clerk.post("/api/v1/cases", json=body)).json()
    async with (
        signed_in(app, role="officer", unit=other) as stranger,
        signed_in(app, role="leader") as leader,
    ):
        assert await found(stranger, "vu thi doi") == set()
        assert (await search(stranger, case["case_code"]))["case_code"] is None
        moved = await act(leader, case, "transfer", unit=other)
        assert moved.status_code == 200, moved.text
        for one in (stranger, leader, clerk):
            assert await found(one, "vu thi doi") == {case["case_code"]}
            assert await found(one, "1222") == {case["case_code"]}
        assert await found(stranger, "nguyen thi") == set()


async def test_who_looked_for_a_person_is_kept(
    app: Litestar, clerk: Site, codes: dict[str, str]
) -> None:
    await search(clerk, "nguyen thi lam")
    await search(clerk, "không ai cả")
    async with signed_in(app, role="auditor") as auditor:
        told = (await auditor.get("/api/v1/traces", params={"kind": "searched"})).json()["items"]
        assert [one["details"]["rows"] for one in told[:2]] == [0, 1]
        assert told[1]["cases"] == [codes["Lâm"]]
        assert "lam" not in str(told).lower().replace(codes["Lâm"].lower(), "")


async def test_who_may_not_know_persons_looks_for_codes_only(
    app: Litestar, codes: dict[str, str]
) -> None:
    async with signed_in(app, role="official") as official:
        answer = await search(official, "nguyen thi mo")
        assert (answer["items"], answer["by_code_only"]) == ([], True)
        assert "chỉ tìm được theo mã hồ sơ" in (await by_page(official, "nguyen")).text
        assert (await search(official, codes["Mơ"]))["case_code"] == codes["Mơ"]


async def test_an_erased_person_is_found_no_more(
    app: Litestar, clerk: Site, office: tuple[Server, str]
) -> None:
    body = new_case(office[1], applicant={"name": "Tạ Quên", "phone": "0955555555"})
    case = (await clerk.post("/api/v1/cases", json=body)).json()
    case = (await act(clerk, case, "withdraw", reason="đổi ý")).json()
    assert await found(clerk, "ta quen") == {case["case_code"]}
    async with signed_in(app, role="leader") as leader:
        erased = await act(leader, case, "erase", grounds="01/QĐ")
        assert erased.status_code == 200, erased.text
        assert await found(leader, "ta quen") == set()
        assert await found(leader, "55555") == set()
        assert (await search(leader, case["case_code"]))["case_code"] == case["case_code"]


async def test_the_newest_fifty_are_shown_and_that_there_are_more(
    app: Litestar, office: tuple[Server, str]
) -> None:
    async with signed_in(app, role="clerk") as clerk:
        codes = []
        for _ in range(51):
            body = new_case(office[1], applicant={"name": "Phan Đông"})
            codes.append((await clerk.post("/api/v1/cases", json=body)).json()["case_code"])
        answer = await search(clerk, "phan dong")
        assert [one["case_code"] for one in answer["items"]] == codes[:0:-1]
        assert answer["more"]
        assert "50 hồ sơ mới nhất" in (await by_page(clerk, "phan dong")).text


LETTERS = st.text(
    st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyAĐƯƠẠẦÝĩ" + string.digits + " -.,'’\u00a0"),
    max_size=30,
)


def test_the_database_tells_words_as_we_do(office: tuple[Server, str]) -> None:
    """Against `bare`, which was written apart and tells procedures and units."""

    async def words_of(said: list[str]) -> list[list[str]]:
        owner = await asyncpg.connect(office[0].owner_url)
        told = [await owner.fetchval("SELECT plain_words($1)", each) for each in said]
        await owner.close()
        return told

    @given(st.lists(LETTERS, min_size=20, max_size=60))
    @example(["Đặng Thị Ưu", "HOÀ hòa Hoà", "O'Brien-Lê"])
    def same(said: list[str]) -> None:
        for given_text, told in zip(said, asyncio.run(words_of(said)), strict=True):
            assert set(told) == set(bare(given_text).split())

    same()
