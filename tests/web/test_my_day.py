"""Bàn làm việc: who stayed silent, the hours of an answer, and only what one may do."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from litestar import Litestar

from tests.forms import filled
from tests.law.lives import UNIT
from tests.people import key_on, signed_in
from tests.programs import act, new_case
from tests.site import living_app
from tests.web import test_counter
from tthc import clock
from tthc.db.server import Server
from tthc.service.words import answer_time

Site = httpx.AsyncClient
office = test_counter.office


@pytest.fixture
async def app(office: tuple[Server, str]) -> AsyncIterator[Litestar]:
    async with living_app(office[0]) as app:
        yield app


def now_is(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=clock.VIETNAM).astimezone(UTC)
    monkeypatch.setattr(clock, "now", lambda: at)


async def received(clerk: Site, procedure: str, **told: Any) -> dict[str, Any]:
    answer = await clerk.post("/api/v1/cases", json=new_case(procedure, **told))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def tabs(page: str) -> dict[str, int]:
    found = re.findall(r'href="/ban-lam-viec\?xem=(\w+)"[^>]*><b>([\d.]+)</b>', page)
    return {name: int(count) for name, count in found}


async def test_who_stayed_silent_may_be_closed(
    app: Litestar, office: tuple[Server, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked on 3 March, silent for 15 days: from the 19th the case is on the clerk's desk, and on
    nobody else's; the count is the list's.
    """
    now_is(monkeypatch, "2026-03-02T09:00")
    async with signed_in(app, role="clerk") as clerk:
        case = await received(clerk, office[1])
    now_is(monkeypatch, "2026-03-03T09:00")
    async with signed_in(app, role="officer") as officer:
        case = (await act(officer, case, "start")).json()
        case = (await act(officer, case, "suspend", content="bản sao")).json()
        assert case["state"] == 5, case
    for day, silent in (("2026-03-18", 0), ("2026-03-19", 1)):
        now_is(monkeypatch, f"{day}T08:00")
        async with signed_in(app, role="clerk") as clerk:
            assert tabs((await clerk.get("/ban-lam-viec")).text)["may_be_closed"] == silent
            listed = (await clerk.get("/ban-lam-viec?xem=may_be_closed")).text
            assert (case["case_code"] in listed) is bool(silent)
            assert listed.count('<th scope="row">') == silent
    assert "18/03/2026" in listed
    assert "mẫu 05" in listed
    async with signed_in(app, role="officer") as officer:
        assert "may_be_closed" not in tabs((await officer.get("/ban-lam-viec")).text)
        assert (await officer.get("/ban-lam-viec?xem=may_be_closed")).status_code == 404


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-03-02T14:00", "còn 8 giờ làm việc"),
        ("2026-03-02T16:40", "còn 5 giờ 20 phút làm việc"),
        ("2026-03-03T07:00", "còn 5 giờ làm việc"),  # before the shop opens
        ("2026-03-03T14:00", "còn 0 phút làm việc"),
        ("2026-03-03T15:30", "quá 1 giờ 30 phút làm việc"),
    ],
)
async def test_the_hours_left_to_answer_a_submission(
    app: Litestar,
    office: tuple[Server, str],
    monkeypatch: pytest.MonkeyPatch,
    now: str,
    left: str,
) -> None:
    """118 Art. 17.2: eight working hours from its arrival at 14:00 on a Monday."""
    now_is(monkeypatch, "2026-03-02T14:00")
    async with signed_in(app, role="clerk") as clerk:
        case = await received(clerk, office[1], act="submit", channel="online")
    now_is(monkeypatch, now)
    async with signed_in(app, role="clerk") as clerk:
        listed = (await clerk.get("/ban-lam-viec?xem=awaiting_acceptance")).text
        (row,) = [each for each in listed.split("<tr>") if case["case_code"] in each]
        assert f">{left}<" in row
        assert "14:00 03/03/2026" in row
        page = (await clerk.get(f"/ho-so/{case['case_code']}")).text
        assert f"chờ tiếp nhận, {left} để trả lời" in page


async def test_whose_result_is_ready_is_called(app: Litestar, office: tuple[Server, str]) -> None:
    """Masked until it is for calling them; that is a reading of the person."""
    person = {"name": "Nguyễn Thị Gọi", "phone": "0912 000 777"}
    async with (
        signed_in(app, role="clerk") as clerk,
        signed_in(app, role="officer") as officer,
    ):
        case = await received(clerk, office[1], applicant=person)
        done = {"type": "resolve", "outcome": "granted"}
        await officer.post(
            f"/api/v1/cases/{case['case_code']}/events", json=done, headers={"If-Match": "*"}
        )
        page = (await clerk.get("/ban-lam-viec?xem=awaiting_return")).text
        assert "0912" not in page
        data = filled(page, "/ban-lam-viec")
        called = await clerk.post("/ban-lam-viec", data=data)
        assert called.status_code == 200
        assert "Nguyễn Thị Gọi" in called.text
        assert '<span class="left when">0912 000 777</span>' in called.text  # never cut short


def test_left_time_in_words() -> None:
    assert [answer_time(each) for each in (None, 59, 60, 3600, -3661)] == [
        *("", "còn 0 phút làm việc", "còn 1 phút làm việc", "còn 1 giờ làm việc"),
        "quá 1 giờ 1 phút làm việc",
    ]


async def test_only_who_may_move_a_case_is_offered_other_units(
    app: Litestar, office: tuple[Server, str]
) -> None:
    async with signed_in(app, role="clerk") as clerk, signed_in(app, role="leader") as leader:
        await received(clerk, office[1])
        assert 'name="don_vi"' not in (await clerk.get("/ban-giao")).text
        page = (await leader.get("/ban-giao")).text
        assert 'name="don_vi"' in page
        assert f'value="Phường Ba Đình · {UNIT}"' in page
        key = key_on(page)
        (number,) = re.findall(r'name="so" value="([^"]+)"', page)
        code = re.findall(r'name="ho_so" value="([^"]+)"', page)[-1]
        said = {"form_key": key, "so": number, "nguoi": "Bình", "ho_so": code}
        wrong = await leader.post("/ban-giao", data=said | {"don_vi": "phường không có ấy"})
        assert wrong.status_code == 422
        assert "Không có đơn vị nào của tỉnh tên là" in wrong.text
        moved = await leader.post("/ban-giao", data=said | {"don_vi": "hoan kiem"})
        assert moved.status_code == 303, moved.text
        case = (await leader.get(f"/api/v1/cases/{code}")).json()
        assert case["competent_unit_name"] == "Phường Hoàn Kiếm"
