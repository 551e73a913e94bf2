"""The acts of the case page, sent as a browser without a script sends them."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from secrets import token_hex

import httpx
import pytest

from tests.people import signed_in
from tests.reports.reading import text_of
from tests.site import living_app
from tests.web import test_counter
from tests.web.test_counter import NAME, code_in, receive
from tthc import clock
from tthc.db.server import Server

office = test_counter.office
OFFERED = re.compile(r'<details class="act-form" id="viec-(\w+)"')


class People:
    """One of each role at the commune, each with a browser, and the hour at which they act."""

    def __init__(self, clients: dict[str, httpx.AsyncClient], patch: pytest.MonkeyPatch) -> None:
        self.clients, self.patch = clients, patch

    def at(self, moment: str) -> None:
        instant = datetime.fromisoformat(moment).replace(tzinfo=clock.VIETNAM).astimezone(UTC)
        self.patch.setattr(clock, "now", lambda: instant)

    async def page(self, role: str, code: str) -> str:
        return (await self.clients[role].get(f"/ho-so/{code}")).text

    async def offered(self, role: str, code: str) -> set[str]:
        return set(OFFERED.findall(await self.page(role, code)))

    async def send(self, role: str, code: str, act: str, do: str, **said: str) -> httpx.Response:
        page = await self.page(role, code)
        (key, *_) = re.findall(r'name="form_key" value="(\w+)"', page)
        (version, *_) = re.findall(r'name="version" value="(\d+)"', page)
        data = {"form_key": key, "version": version, "once": token_hex(8), "act": act, "do": do}
        return await self.clients[role].post(f"/ho-so/{code}", data=data | said)

    async def act(self, role: str, code: str, act: str, **said: str) -> str:
        """Offered, previewed without a change, then done. Returns what the preview said."""
        before = await self.page(role, code)
        assert act in OFFERED.findall(before)
        seen = await self.send(role, code, act, "preview", **said)
        assert seen.status_code == 200, refusal(seen)
        assert undated(await self.page(role, code)) == undated(before)
        done = await self.send(role, code, act, "save", **said)
        assert done.status_code == 303, refusal(done)
        (told,) = re.findall(r"<p><b>Nếu ghi:</b>(.*?)</p>", seen.text, re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", "", told).split())

    async def refused(self, role: str, code: str, act: str, **said: str) -> str:
        answer = await self.send(role, code, act, "save", **said)
        assert answer.status_code == 422
        return refusal(answer)

    async def printed(self, role: str, code: str, number: str) -> str:
        return text_of(
            (await self.clients[role].get(f"/api/v1/cases/{code}/forms/{number}")).content
        )


def undated(page: str) -> str:
    """A page but for the key that each showing of its forms has."""
    return re.sub(r'name="once" value="[^"]+"', "", page)


def refusal(answer: httpx.Response) -> str:
    return " ".join(re.findall(r"(?:Chưa được|Sửa lại):</b> ([^<]+)", answer.text))


@pytest.fixture
async def people(
    office: tuple[Server, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[People]:
    async with living_app(office[0]) as app, AsyncExitStack() as stack:
        clients = {
            role: await stack.enter_async_context(signed_in(app, role=role))
            for role in ("clerk", "officer", "leader")
        }
        yield People(clients, monkeypatch)


@pytest.fixture
async def code(people: People, office: tuple[Server, str]) -> str:
    """Received on Monday 2 March, due on Monday 9 March."""
    people.at("2026-03-02 09:00")
    return code_in(await receive(people.clients["clerk"], office[1], phone="0912345678"))


async def test_only_what_may_be_done_now_is_offered(people: People, code: str) -> None:
    assert await people.offered("clerk", code) == {"transfer", "pay", "withdraw", "note"}
    assert await people.offered("officer", code) == {
        *("start", "resolve", "transfer", "suspend", "charge", "pay", "stop"),
        *("draft_letter", "note"),
    }
    assert await people.offered("leader", code) == {
        *("resolve", "transfer", "move", "stop", "draft_letter", "correct", "note"),
    }
    await people.act("officer", code, "suspend", content="bản sao")
    assert await people.offered("clerk", code) == {"resume", "transfer", "pay", "withdraw", "note"}
    people.at("2026-03-30 09:00")  # no due date runs while the citizen is waited for
    page = await people.page("clerk", code)
    assert "Thời hạn đang tạm dừng" in page
    assert "quá hạn" not in page
    assert "đang tạm dừng" in (await people.clients["clerk"].get("/ban-lam-viec")).text
    assert "close" in await people.offered("clerk", code)
    await people.act("clerk", code, "close")
    assert await people.offered("leader", code) == {"correct", "note", "erase"}
    assert await people.offered("clerk", code) == {"note"}


async def test_a_correction_shows_what_it_moves_and_needs_another_to_approve(
    people: People, code: str
) -> None:
    """A result recorded a day too late: late as recorded, on time as it was."""
    people.at("2026-03-10 09:00")
    assert "quá hạn" in await people.act(
        "officer", code, "resolve", outcome="granted", cause="workload"
    )
    (seq, *_) = re.findall(r'<option value="(\d+)"', await people.page("leader", code))
    right = {"seq": seq, "effective_at": "2026-03-09T16:00", "reason": "ghi muộn"}
    assert "Thiếu người phê duyệt" in await people.refused("leader", code, "correct", **right)
    own = await people.refused("leader", code, "correct", approver="Người thử leader", **right)
    assert "phải khác người đính chính" in own
    nothing = {**right, "effective_at": "", "approver": "Trần Thị Hai"}
    assert "không đổi gì" in await people.refused("leader", code, "correct", **nothing)
    later = {**right, "effective_at": "2026-03-11T09:00", "approver": "Trần Thị Hai"}
    assert "chưa đến" in await people.refused("leader", code, "correct", **later)
    wrong = {**right, "officer": "Bình", "approver": "Trần Thị Hai"}
    assert "người xử lý" in await people.refused("leader", code, "correct", **wrong)
    told = await people.act("leader", code, "correct", approver="Trần Thị Hai", **right)
    assert "kết luận: đúng hạn" in told
    page = await people.page("leader", code)
    assert "đã được đính chính" in page
    assert "có kết quả trong hạn" in page


async def test_a_correction_empties_what_should_not_be_there(people: People, code: str) -> None:
    """One thing of an act, or several at once."""
    await people.act("officer", code, "start", officer="Bình")
    right = {"reason": "chưa giao ai", "approver": "Trần Thị Hai"}
    nobody = right | {"seq": "2", "emptied-officer": "x"}
    both = await people.refused("leader", code, "correct", officer="An", **nobody)
    assert "“Người xử lý” không vừa ghi vừa bỏ trống" in both
    await people.act("leader", code, "correct", **nobody)
    case = (await people.clients["leader"].get(f"/api/v1/cases/{code}")).json()
    assert case["officer"] is None
    assert "không đổi gì" in await people.refused(
        "leader", code, "correct", **nobody | {"seq": "3"}
    )
    said = right | {"seq": "1", "online_level": "partial", "out_of_territory": "yes"}
    await people.act("leader", code, "correct", **said)
    (seq,) = re.findall(r'<option value="(\d+)">Tiếp nhận,', await people.page("leader", code))
    emptied = right | {"emptied-online_level": "x", "emptied-out_of_territory": "x", "seq": seq}
    seen = await people.send("leader", code, "correct", "preview", **emptied)
    ticked = re.findall(r'name="emptied-(\w+)" value="x" checked', seen.text)
    assert ticked == ["online_level", "out_of_territory"]  # what was ticked stays, in sight
    assert re.search(r"<details open><summary>Nội dung đúng", seen.text)
    await people.act("leader", code, "correct", **emptied)
    events = (await people.clients["leader"].get(f"/api/v1/cases/{code}/events")).json()["events"]
    told = [
        (one["change"].get("online_level"), one["change"].get("out_of_territory"))
        for one in events
        if one["corrects"] == "received"
    ]
    assert told == [("partial", True), (None, None)]


async def test_a_receipt_put_right_moves_the_due_date(people: People, code: str) -> None:
    people.at("2026-03-04 09:00")
    right = {"effective_at": "2026-03-03T10:00", "reason": "nhầm ngày", "approver": "Trần Thị Hai"}
    told = await people.act("leader", code, "correct", seq="1", **right)
    assert "17:00 09/03/2026 → 17:00 10/03/2026" in told


async def test_a_person_is_erased_once_the_case_is_over(people: People, code: str) -> None:
    assert "erase" not in await people.offered("leader", code)
    assert "chỉ xóa sau khi" in await people.refused("leader", code, "erase", grounds="Luật 91")
    await people.act("clerk", code, "withdraw", reason=f"{NAME} đổi ý")
    assert "hãy ghi rõ" in await people.refused("leader", code, "erase", grounds=" ")
    await people.act("leader", code, "erase", grounds="Điều 14 Luật 91/2025")
    page = await people.page("leader", code)
    assert "đổi ý" not in page
    assert "Nguyễn" not in page
    assert "erase" not in OFFERED.findall(page)
    assert "erase" not in await people.offered("clerk", code)


async def test_a_letter_is_issued_only_once_it_is_approved(people: People, code: str) -> None:
    people.at("2026-03-06 09:00")
    letter = {"reason": "Chờ ý kiến", "cause": "workload", "new_due": "2026-03-16"}
    told = await people.act("officer", code, "draft_letter", **letter)
    assert "hẹn lại 17:00 16/03/2026, ngày hẹn trả chưa đổi" in told
    second = {**letter, "new_due": "2026-03-18"}
    await people.act("officer", code, "draft_letter", **second)
    page = await people.page("leader", code)
    first, chosen = re.findall(r'<option value="(\d+)">[^<]+, hẹn lại', page)
    assert "issue_letter" not in OFFERED.findall(page)
    early = await people.refused("leader", code, "issue_letter", letter=chosen)
    assert early == "Dự thảo chưa được lãnh đạo duyệt: hãy duyệt trước khi ký ban hành."
    api = await people.clients["leader"].post(f"/api/v1/letters/{chosen}/issue", json={})
    assert api.status_code == 422
    await people.act("leader", code, "approve_letter", letter=chosen)
    assert "chưa được lãnh đạo duyệt" in await people.refused(
        "leader", code, "issue_letter", letter=first
    )
    await people.act("leader", code, "issue_letter", letter=chosen)
    await people.act("officer", code, "send_letter", letter=chosen, channel="post")
    told = await people.act("clerk", code, "extend")
    assert "17:00 09/03/2026 → 17:00 18/03/2026" in told
    assert "Người thử leader" in await people.printed("clerk", code, "04")


async def test_the_numbers_of_the_unit_s_book_are_printed(people: People, code: str) -> None:
    await people.act("officer", code, "suspend", content="bản sao", notice="12/HD")
    assert "Số: 12/HD" in await people.printed("clerk", code, "02")
    people.at("2026-03-03 09:00")
    await people.act("clerk", code, "resume")
    refusing = {"outcome": "refused", "reason": "không đủ điều kiện"}
    assert "Thiếu lý do" in await people.refused("officer", code, "resolve", outcome="refused")
    await people.act("officer", code, "resolve", notice="5/TC", **refusing)
    slip = await people.printed("officer", code, "03")
    assert "Số: 5/TC" in slip
    assert "không đủ điều kiện" in slip


async def test_a_case_is_stopped_by_a_numbered_notice(people: People, code: str) -> None:
    await people.act("officer", code, "stop", reason="không còn đối tượng", notice="9/TB")
    assert "Số: 9/TB" in await people.printed("officer", code, "05")


async def test_a_late_case_is_explained_by_its_unit(people: People, code: str) -> None:
    people.at("2026-03-11 09:00")
    assert "explain" not in await people.offered("clerk", code)
    await people.act("leader", code, "explain", text="Thiếu người tuần đầu tháng Ba.")
    assert "Thiếu người tuần đầu tháng Ba." in await people.page("leader", code)


async def test_a_file_changes_hands(people: People, code: str) -> None:
    told = await people.act("clerk", code, "transfer", officer="Bình")
    assert "chuyển đến Phường Ba Đình · Bình" in told
    await people.act("officer", code, "take_over", officer="Bình")
    assert "take_over" not in await people.offered("officer", code)
    assert "unit" not in re.findall(r'id="transfer-(\w+)"', await people.page("clerk", code))
    assert "“99999”" in await people.refused("leader", code, "move", unit="99999")
