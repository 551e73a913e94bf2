"""The papers of a file at the counter: ticked, told, counted in sets, or lacking."""

import re
import secrets

import asyncpg
import httpx

from tests.forms import filled
from tests.law.lives import UNIT, make_procedure
from tests.people import signed_in
from tests.reports.reading import text_of
from tests.site import living_app
from tests.web import test_counter
from tests.web.test_counter import NAME, code_in, receive
from tthc.db.engine import connect_owner
from tthc.db.server import Server

office, clerk = test_counter.office, test_counter.clerk


def offered(page: str) -> dict[str, bool]:
    """The papers of a form, and whether each is ticked."""
    found = re.findall(r'name="paper" value="([^"]*)"( checked)?', page)
    return {paper: bool(ticked) for paper, ticked in found}


async def another_procedure(server: Server) -> str:
    """One of which nothing was filed yet."""
    owner = connect_owner(server)
    async with owner.begin() as connection:
        code = f"9.{secrets.randbelow(10**6):06}"
        procedure = await make_procedure(connection, [5, "working_day"], code=code)
    await owner.dispose()
    return procedure


async def test_papers_that_files_came_with_are_offered_to_be_ticked(
    clerk: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    """Those of several files of the procedure; kept when refused; recorded and printed in sets."""
    procedure = await another_procedure(office[0])
    names = "Giấy ủy quyền của Trần Văn Tám"
    for papers in (f"Sổ hộ khẩu\nẢnh 4x6\n{names}", "Ảnh 4x6", "ảnh  4X6\nSổ hộ khẩu"):
        await receive(clerk, procedure, papers=papers)
    page = (await clerk.get("/tiep-nhan", params={"thu_tuc": procedure})).text
    assert offered(page) == {"ảnh 4X6": False, "Sổ hộ khẩu": False}
    assert offered((await clerk.get("/tiep-nhan", params={"thu_tuc": office[1]})).text) == {}
    typed = {"paper": ["Sổ hộ khẩu", "Hộ chiếu"], "papers": "Đơn\nsổ hộ khẩu", "sets": "không"}
    data = filled(page, "/tiep-nhan") | {"do": "save", "name": NAME}
    refused = await clerk.post("/tiep-nhan", data=data | typed)
    assert refused.status_code == 422
    assert "Số bộ hồ sơ là một số từ 1 đến 99" in refused.text
    assert offered(refused.text) == {"ảnh 4X6": False, "Sổ hộ khẩu": True, "Hộ chiếu": True}
    code = code_in(await clerk.post("/tiep-nhan", data=data | typed | {"sets": "2"}))
    (received,) = (await clerk.get(f"/api/v1/cases/{code}/events")).json()["events"]
    assert received["payload"] == {"papers": "Sổ hộ khẩu\nHộ chiếu\nĐơn", "sets": 2}
    slip = " ".join(text_of((await clerk.get(f"/api/v1/cases/{code}/forms/01")).content).split())
    assert "Sổ hộ khẩu Hộ chiếu Đơn" in slip
    assert "Số lượng hồ sơ: 2 bộ" in slip
    assert "2 bộ hồ sơ" in (await clerk.get(f"/ho-so/{code}")).text
    one = await clerk.post("/tiep-nhan", data=data | {"paper": "Ảnh 4x6", "once": "một"})
    assert one.status_code == 303


async def test_the_papers_of_other_shops_are_not_offered(office: tuple[Server, str]) -> None:
    procedure = await another_procedure(office[0])
    owner = await asyncpg.connect(office[0].owner_url)
    other = await owner.fetchval(
        "SELECT code FROM units WHERE level = 'commune' AND valid_to IS NULL AND NOT simulated "
        "AND code <> $1 ORDER BY id DESC LIMIT 1",
        UNIT,
    )
    await owner.close()
    async with (
        living_app(office[0]) as app,
        signed_in(app, role="clerk") as clerk,
        signed_in(app, role="clerk", unit=other) as stranger,
    ):
        for _ in range(2):
            await receive(clerk, procedure, papers="Bản vẽ")
        pages = [
            (await one.get("/tiep-nhan", params={"thu_tuc": procedure})).text
            for one in (clerk, stranger)
        ]
    assert [list(offered(page)) for page in pages] == [["Bản vẽ"], []]


async def test_what_a_file_lacks_is_told_on_form_02(
    clerk: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    """Guided, not refused: recorded once, nothing promised, no form 03."""
    page = (await clerk.get("/tiep-nhan", params={"thu_tuc": office[1]})).text
    data = filled(page, "/tiep-nhan") | {"do": "guide", "name": NAME, "lacking": "giấy chứng sinh"}
    first, again = [await clerk.post("/tiep-nhan", data=data) for _ in range(2)]
    assert code_in(first) == code_in(again)
    assert "chưa tiếp nhận: khi đủ giấy tờ" in (await clerk.get(first.headers["location"])).text
    code = code_in(first)
    known = (await clerk.get(f"/api/v1/cases/{code}")).json()
    assert (known["state"], known["received_at"], known["due_at"]) == (3, None, None)
    slip = " ".join(text_of((await clerk.get(f"/api/v1/cases/{code}/forms/02")).content).split())
    assert "giấy chứng sinh" in slip
    assert "thời hạn giải quyết tính từ khi nhận đủ hồ sơ" in slip
    refusal = await clerk.get(f"/api/v1/cases/{code}/forms/03")
    assert refusal.status_code == 422
    assert "mẫu số 02" in refusal.json()["detail"]
    shown = (await clerk.get(f"/ho-so/{code}")).text
    assert "Đã hướng dẫn bổ sung, hoàn thiện (mẫu số 02)" in shown
    assert "/forms/03" not in shown


async def test_the_papers_handed_in_are_on_the_slip(
    clerk: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    papers = "Tờ khai theo mẫu\n\n  Giấy chứng sinh (bản chính) \n"
    answer = await receive(clerk, office[1], papers=papers)
    code = code_in(answer)
    (received,) = (await clerk.get(f"/api/v1/cases/{code}/events")).json()["events"]
    assert received["payload"]["papers"] == "Tờ khai theo mẫu\nGiấy chứng sinh (bản chính)"
    slip = await clerk.get(f"/api/v1/cases/{code}/forms/01")
    assert slip.status_code == 200
    assert "Giấy chứng sinh (bản chính)" in " ".join(text_of(slip.content).split())


async def test_a_file_that_lacks_papers_is_not_taken(
    clerk: httpx.AsyncClient, office: tuple[Server, str]
) -> None:
    """Recorded once with its reason and form 03; nothing was promised."""
    nothing = await receive(clerk, office[1], do="refuse", papers="Tờ khai")
    assert nothing.status_code == 422
    assert "Chưa có lý do" in nothing.text
    assert "Tờ khai</textarea>" in nothing.text
    page = (await clerk.get("/tiep-nhan", params={"thu_tuc": office[1]})).text
    data = filled(page, "/tiep-nhan") | {"do": "refuse", "name": NAME, "lacking": "giấy chứng sinh"}
    first, again = [await clerk.post("/tiep-nhan", data=data) for _ in range(2)]
    assert code_in(first) == code_in(again)
    after = (await clerk.get(first.headers["location"])).text
    assert "Đã ghi không tiếp nhận" in after
    known = (await clerk.get(f"/api/v1/cases/{code_in(first)}")).json()
    assert (known["state"], known["received_at"], known["due_at"]) == (3, None, None)
    slip = await clerk.get(f"/api/v1/cases/{code_in(first)}/forms/03")
    assert slip.content.startswith(b"%PDF")
