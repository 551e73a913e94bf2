"""What the portal's senders list with a case: shown as sent, to whoever reads the case, and no
link that leads where it does not say.
"""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.law.lives import UNIT, make_procedure
from tests.people import key_on, signed_in
from tests.portal import CODE, GIVEN, sync
from tests.programs import bearing, token_for
from tests.site import client_of, living_app
from tthc.db.engine import connect_owner
from tthc.db.server import Server

CASE = f"/api/v1/cases/{CODE}"
HOSTILE = (
    "javascript:alert(document.cookie)",
    "JAVASCRIPT://%0aalert(1)//https://tinh.example.org",
    "data:text/html,<script>alert(1)</script>",
    'https://tinh.example.org/"onmouseover="alert(1)',
    "https://tinh.example.org/'><script>alert(1)</script>",
    "https://cong.example.org@xau.example.org/",
    "http://tinh.example.org/kq.pdf",
    "/kq/77.pdf",
)
FEES = [
    {"TenPhiLePhi": "Lệ phí hộ tịch", "MaPhiLePhi": "LP-1", "Gia": "1250000", "HinhThucThu": "QR"},
    {"TenPhiLePhi": "<b>Phí</b>", "Gia": "15000.50", "LoaiPhiLePhi": "hai"},
]


@pytest.fixture
async def taken(database: Server) -> AsyncIterator[tuple[Any, httpx.AsyncClient]]:
    """A case that two messages told of, the second with more results."""
    owner = connect_owner(database)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    async with living_app(database) as app, client_of(app) as program:
        program.headers.update(bearing(await token_for(database, "cổng")))
        results = [
            {"MaKetQua": f"KQ-{n}", "DuongDanTepTinKetQua": s} for n, s in enumerate(HOSTILE)
        ]
        good = {"MaKetQua": "KQ-77", "DuongDanTepTinKetQua": "https://tinh.example.org/kq/77.pdf"}
        for more in ([good], [good, *results]):
            case = sync(procedure, 10, **GIVEN) | {"DanhSachGiayToKetQua": more}
            case |= {"DanhSachLePhi": FEES, "TaiLieuNop": [{"TenTepDinhKem": "đơn bà Mơ.pdf"}]}
            told = {"madonvi": "H26", "data": [case]}
            answer = await program.post("/api/v1/portal/DongBoHoSoMC", json=told)
            assert answer.json()["data"][0]["status"] == "recorded", answer.text
        yield app, program


async def test_what_was_sent_is_told_once_and_as_unchecked(
    taken: tuple[Any, httpx.AsyncClient],
) -> None:
    app, program = taken
    sent = (await program.get(CASE)).json()["sent"]
    assert sent["checked"] is False
    assert [each["code"] for each in sent["results"]] == ["KQ-77", *(f"KQ-{n}" for n in range(8))]
    opened = {each["code"]: each["host"] for each in sent["results"] if each["url"]}
    assert opened == dict.fromkeys(("KQ-77", "KQ-3", "KQ-4"), "tinh.example.org")
    assert [each["said"] for each in sent["results"][1:]] == list(HOSTILE)
    assert [(each["name"], each["amount"]) for each in sent["fees"]] == [
        ("Lệ phí hộ tịch", "1250000"),
        ("<b>Phí</b>", "15000.50"),
    ]
    async with signed_in(app, role="officer", unit=UNIT) as officer:
        assert (await officer.get(CASE)).json()["sent"] == sent
    async with signed_in(app, role="officer", unit="00007") as stranger:
        assert (await stranger.get(CASE)).status_code == 404


async def test_the_page_leads_nowhere_that_it_does_not_say(
    taken: tuple[Any, httpx.AsyncClient],
) -> None:
    app, _ = taken
    async with signed_in(app, role="clerk", unit=UNIT) as clerk:
        page = (await clerk.get(f"/ho-so/{CODE}")).text
        assert "Chưa kiểm tra" in page
        links = re.findall(r'<a href="(https?:[^"]*|[a-z]*script[^"]*|data:[^"]*)"([^>]*)>', page)
        assert len(links) == 3
        for url, others in links:
            assert url.startswith("https://tinh.example.org/")
            assert others == ' rel="external nofollow noopener noreferrer"'
        assert page.count("mở ở tinh.example.org</a>") == 3
        assert not re.search(r"<script>alert|<b>Phí|\sonmouseover=", page)
        assert "1.250.000 đồng" in page
        assert "15.000,50 đồng" in page
        assert "đơn bà Mơ.pdf" not in page  # a file's name may name somebody
        asked = {"form_key": key_on(page), "do": "person"}
        assert "đơn bà Mơ.pdf" in (await clerk.post(f"/ho-so/{CODE}", data=asked)).text
        files = (await clerk.get(f"{CASE}/applicant")).json()["files"]
        assert [each["said"] for each in files] == ["đơn bà Mơ.pdf"]
