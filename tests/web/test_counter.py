"""The counter's pages over HTTP, as a browser without a script sends their forms."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.databases import Databases
from tests.forms import filled
from tests.law.lives import make_procedure
from tests.people import enter, open_account, signed_in
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server

NAME = "Nguyễn Thị Một"


@pytest.fixture(scope="module")
def office(databases: Databases) -> Iterator[tuple[Server, str]]:
    """A database of this module's own, with a procedure of five working days."""
    own = asyncio.run(databases.copy())

    async def prepare() -> str:
        owner = connect_owner(own)
        async with owner.begin() as connection:
            procedure = await make_procedure(connection, [5, "working_day"], code="9.000777")
        await owner.dispose()
        return procedure

    yield own, asyncio.run(prepare())
    asyncio.run(databases.drop(own))


@pytest.fixture
async def clerk(office: tuple[Server, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with living_app(office[0]) as app, signed_in(app, role="clerk") as client:
        yield client


async def receive(clerk: httpx.AsyncClient, procedure: str, **typed: str) -> httpx.Response:
    page = await clerk.get("/tiep-nhan", params={"thu_tuc": procedure})
    assert page.status_code == 200
    data = filled(page.text, "/tiep-nhan") | {"do": "save", "name": NAME} | typed
    return await clerk.post("/tiep-nhan", data=data)


def code_in(answer: httpx.Response) -> str:
    return answer.headers["location"].partition("da_ghi=")[2]


async def test_a_page_gone_back_to_makes_another_case_once_it_is_meant(
    clerk: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    """The page before, sent again with another name: told, nothing is lost, and then it is one."""
    page = (await clerk.get("/tiep-nhan", params={"thu_tuc": office[1]})).text
    data = filled(page, "/tiep-nhan") | {"do": "save", "name": NAME}
    first = await clerk.post("/tiep-nhan", data=data)
    told = await clerk.post("/tiep-nhan", data=data | {"name": "Trần Thị Khác"})
    assert told.status_code == 422
    assert "Trang này đã ghi một lần rồi" in told.text
    assert "Idempotency" not in told.text
    again = filled(told.text, "/tiep-nhan") | {"do": "save"}
    assert again["name"] == "Trần Thị Khác"
    second = await clerk.post("/tiep-nhan", data=again)
    assert second.status_code == 303
    assert code_in(second) != code_in(first)


async def test_an_error_page_speaks_to_people(clerk: httpx.AsyncClient) -> None:
    """Not of JSON and headers, as programs are told."""
    page = await clerk.get("/tiep-nhan", params={"tim": "x" * 300})
    assert page.status_code == 400
    assert "hãy mở lại trang rồi làm lại" in page.text
    assert "“tim” quá dài" in page.text
    lost = await clerk.get("/ban-giao/khong-co")
    assert (lost.status_code, "Về trang đầu" in lost.text) == (404, True)
    refused = await clerk.get("/nhat-ky")
    assert (refused.status_code, "Về chỗ làm việc" in refused.text) == (403, True)
    assert 'href="/ban-lam-viec">Về' in refused.text


@pytest.mark.parametrize("asked", ["9.000777", "000777", "9.000"])
async def test_a_procedure_is_found_by_its_code(clerk: httpx.AsyncClient, asked: str) -> None:
    answer = await clerk.get("/tiep-nhan", params={"tim": asked})
    assert answer.status_code == (303 if asked == "9.000777" else 200)
    assert "thu_tuc=9.000777" in (answer.headers.get("location") or answer.text)


async def test_a_procedure_is_found_without_accents(clerk: httpx.AsyncClient) -> None:
    found = (await clerk.get("/tiep-nhan", params={"tim": "dk khai"})).text
    assert "Không có thủ tục nào" in found
    found = (await clerk.get("/tiep-nhan", params={"tim": "DANG ky khai sinh"})).text
    names = re.findall(r'thu_tuc=[^"]+"><span class="id">[^<]+</span> ([^<]+)</a>', found)
    assert names
    assert all("khai sinh" in each.lower() for each in names)
    # words side by side come before words apart, where none was received more often
    found = (await clerk.get("/tiep-nhan", params={"tim": "khai sinh"})).text
    names = re.findall(r'thu_tuc=[^"]+"><span class="id">[^<]+</span> ([^<]+)</a>', found)
    apart = ["khai sinh" not in each.lower() for each in names]
    assert apart == sorted(apart)


async def test_a_receipt_and_its_slip(clerk: httpx.AsyncClient, office: tuple[Server, str]) -> None:
    """Seen before it is saved, then promised in the same words; a double click makes one case."""
    _, procedure = office
    page = (await clerk.get("/tiep-nhan", params={"thu_tuc": procedure})).text
    (promised,) = re.findall(r'<p class="large">([^<]+)</p>', page)
    data = filled(page, "/tiep-nhan") | {"do": "save", "name": NAME, "phone": "0900000001"}
    first, again = [await clerk.post("/tiep-nhan", data=data) for _ in range(2)]
    assert (first.status_code, again.status_code) == (303, 303)
    assert code_in(first) == code_in(again)
    done = (await clerk.get(first.headers["location"])).text
    assert code_in(first) in done
    assert NAME not in done  # nor in any address
    slip = await clerk.get(f"/api/v1/cases/{code_in(first)}/forms/01")
    assert slip.content.startswith(b"%PDF")
    known = (await clerk.get(f"/api/v1/cases/{code_in(first)}")).json()
    hour, _, day = promised.partition(" ")
    assert known["due_at"][11:16] == hour
    assert "/".join(reversed(known["due_at"][:10].split("-"))) in day
    third = await receive(clerk, procedure)
    assert code_in(third) != code_in(first)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": " "}, "hãy ghi họ tên chủ hồ sơ"),
        ({"name": "N" * 500}, "nhiều nhất là 200"),
        ({"luc": "2099-01-01T08:00"}, "chưa đến: chỉ ghi việc đã xảy ra"),
        ({"luc": "hôm qua"}, "Không đọc được thời điểm"),
        ({"truong_hop": "không có"}, "Thủ tục không có trường hợp"),
        ({"hinh_thuc": "bồ câu"}, "Hình thức nộp “bồ câu” không có"),
        ({"thu_tuc": "1.000000"}, "không nhận thủ tục “1.000000”"),
        ({"don_vi": "99999"}, "99999"),
    ],
)
async def test_what_is_wrong_is_said_and_everything_typed_is_kept(
    clerk: httpx.AsyncClient, office: tuple[Server, str], typed: dict[str, str], says: str
) -> None:
    answer = await receive(clerk, office[1], phone="0912 345 678", **typed)
    assert answer.status_code in (404, 422)
    assert says in answer.text
    if answer.status_code != 404:
        assert 'value="0912 345 678"' in answer.text


async def test_a_procedure_of_another_level_or_of_yesterday_is_not_taken(
    clerk: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    owner = connect_owner(office[0])
    async with owner.begin() as connection:
        found = await connection.exec_driver_sql(
            "SELECT code FROM procedures WHERE levels = ARRAY['province'] ORDER BY id LIMIT 1"
        )
        elsewhere = found.scalar_one()
        ended = await make_procedure(connection, [5, "working_day"], code="9.000778")
        await connection.exec_driver_sql(
            "UPDATE procedures SET valid_to = current_date - 1 WHERE code = $1", (ended,)
        )
    await owner.dispose()
    for code in (elsewhere, ended):
        page = await clerk.get("/tiep-nhan", params={"thu_tuc": code})
        assert page.status_code == 404, code
        assert f"Nơi này không nhận thủ tục “{code}”" in page.text
        form = filled((await clerk.get("/tiep-nhan?thu_tuc=9.000777")).text, "/tiep-nhan")
        saved = form | {"do": "save", "name": NAME, "thu_tuc": code}
        refused = await clerk.post("/tiep-nhan", data=saved)
        assert refused.status_code == 404, code
        assert f"Nơi này không nhận thủ tục “{code}”" in refused.text


@pytest.mark.parametrize(
    "name", ["Trần 😀 Văn", '<script>alert("x")</script>', "'; DROP TABLE cases; --", "Ng̃"]
)
async def test_any_name_is_taken_as_it_is(
    clerk: httpx.AsyncClient, office: tuple[Server, str], name: str
) -> None:
    answer = await receive(clerk, office[1], name=name)
    code = code_in(answer)
    known = await clerk.get(f"/api/v1/cases/{code}/applicant")
    assert known.json()["name"] == name
    for page in (f"/ho-so/{code}", "/ban-lam-viec"):
        assert "<script>alert" not in (await clerk.get(page)).text


async def test_my_day_counts_what_it_lists(
    clerk: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    await receive(clerk, office[1])
    page = (await clerk.get("/ban-lam-viec")).text
    tabs = re.findall(r'href="/ban-lam-viec\?xem=(\w+)"[^>]*><b>([\d.]+)</b>', page)
    assert [name for name, _ in tabs][-1] == "at_hand"
    for name, count in tabs:
        listed = (await clerk.get("/ban-lam-viec", params={"xem": name})).text
        assert listed.count('<th scope="row">') == int(count), name
    assert int(dict(tabs)["to_pass_on"]) > 0
    assert NAME not in page
    assert "Nguyễn T. M." in page


async def test_who_may_not_receive_finds_no_such_page(office: tuple[Server, str]) -> None:
    async with living_app(office[0]) as app:
        for role in ("officer", "auditor", "admin"):
            async with signed_in(app, role=role) as client:
                assert (await client.get("/tiep-nhan")).status_code == 403
                assert 'href="/tiep-nhan"' not in (await client.get("/dinh-nghia")).text


async def test_an_immediate_case_on_one_line(
    clerk: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    data = filled((await clerk.get("/ghi-nhanh")).text, "/ghi-nhanh")
    data |= {"thu_tuc": office[1], "name": NAME}
    first, again = [await clerk.post("/ghi-nhanh", data=data) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    after = (await clerk.get(first.headers["location"])).text
    assert filled(after, "/ghi-nhanh")["thu_tuc"] == office[1]
    known = (await clerk.get(f"/api/v1/cases/{code_in(first)}")).json()
    assert (known["state"], known["returned_at"]) == (10, known["received_at"])
    refused = await clerk.post("/ghi-nhanh", data=data | {"thu_tuc": "1.000000", "once": "khác"})
    assert refused.status_code == 422
    assert "không nhận thủ tục" in refused.text
    assert NAME in refused.text


async def test_files_are_passed_on_with_one_slip(office: tuple[Server, str]) -> None:
    """Passed on by the clerk, all or none, once; signed for by the officer; printed for both."""
    async with (
        living_app(office[0]) as app,
        signed_in(app, role="clerk") as clerk,
        signed_in(app, role="officer") as officer,
    ):
        codes = [code_in(await receive(clerk, office[1])) for _ in range(3)]
        page = (await clerk.get("/ban-giao")).text
        data: dict[str, str | list[str]] = {**filled(page, "/ban-giao"), "nguoi": "Bình"}
        nobody = await clerk.post("/ban-giao", data=data)
        assert "chọn ít nhất một hồ sơ" in nobody.text
        strange = await clerk.post("/ban-giao", data=data | {"ho_so": [*codes, "không có"]})
        assert strange.status_code == 422
        sent = [await clerk.post("/ban-giao", data=data | {"ho_so": codes}) for _ in range(2)]
        assert [each.status_code for each in sent] == [303, 303]
        batch = str(data["so"])
        slip = await clerk.get(f"/api/v1/handovers/{batch}")
        assert slip.content.startswith(b"%PDF")
        waiting = (await officer.get("/ban-giao")).text
        assert batch in waiting
        form = filled(waiting, "/ban-giao") | {"nhan": batch}
        assert (await officer.post("/ban-giao", data=form)).status_code == 303
        assert batch not in (await officer.get("/ban-giao")).text
        for code in codes:
            sheet = (await clerk.get(f"/api/v1/cases/{code}/control-sheet")).json()["lines"]
            assert [(line["batch"], line["to"]["officer"]) for line in sheet] == [(batch, "Bình")]
            assert sheet[0]["taken_over_at"]


@pytest.mark.parametrize(
    ("role", "first"), [("clerk", "/ban-lam-viec"), ("appraiser", "/cham-diem")]
)
async def test_a_sign_in_leads_to_where_the_work_is(
    office: tuple[Server, str], role: str, first: str
) -> None:
    async with living_app(office[0]) as app:
        login = await open_account(office[0], role=role)
        async with client_of(app) as client:
            answer = await enter(client, login)
            assert (answer.status_code, answer.headers["location"]) == (303, first)
            assert (await client.get(first)).status_code == 200
