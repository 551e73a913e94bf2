"""The counter in the real Chromium: whole ways of cases through its pages, with and without JS."""

import unicodedata
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Error, Page, Route, expect

from tests.browsing import MARKS, Counter, arrive, served
from tests.people import signed_in
from tests.reports.reading import text_of
from tests.site import living_app
from tests.web import test_counter
from tests.web.test_counter import NAME
from tthc.db.server import Server

pytestmark = MARKS
office = test_counter.office
PROCEDURE = "9.000777"


@pytest.fixture(scope="module")
async def people(office: tuple[Server, str], browser: Browser) -> AsyncIterator[Counter]:
    async with living_app(office[0]) as app, served(app) as url:
        counter = Counter(browser, app, url)
        yield counter
        counter.patch.undo()
        for page in counter.pages.values():
            await page.context.close()


async def due_on(page: Page) -> str:
    return await page.locator(".promise .large").inner_text()


async def fill_in(page: Page) -> None:
    """By keyboard alone: the cursor is where the next key belongs."""
    await page.keyboard.type("001234567890")
    await page.keyboard.press("Tab")
    await page.keyboard.type(NAME)


async def receive(people: Counter, *, script: bool = True) -> str:
    page = await people.screen("clerk", f"/tiep-nhan?thu_tuc={PROCEDURE}", script=script)
    await fill_in(page)
    await page.keyboard.press("Enter")
    await arrive(page, "**da_ghi=*")
    return page.url.partition("da_ghi=")[2]


async def test_a_case_from_the_counter_and_back(people: Counter) -> None:
    """Received, supplemented on a Sunday, put off with a letter, resolved, returned."""
    people.at("2026-03-02 09:00")
    page = await people.screen("clerk", "/tiep-nhan")
    await page.keyboard.type("9.00077")
    await page.locator("#ket-qua a").first.wait_for()
    await page.keyboard.press("Enter")
    await arrive(page, f"**thu_tuc={PROCEDURE}")
    assert await due_on(page) == "17:00 thứ Hai, ngày 09/03/2026"
    assert (await Axe().run(page)).violations_count == 0
    await fill_in(page)
    await page.keyboard.press("Enter")
    await arrive(page, "**da_ghi=*")
    code = page.url.partition("da_ghi=")[2]
    slip = text_of(await people.pdf("clerk", f"/api/v1/cases/{code}/forms/01"))
    assert "17:00 thứ Hai, ngày 09/03/2026" in slip

    people.at("2026-03-03 09:00")
    page = await people.act("officer", code, "suspend", content="Bản sao giấy khai sinh")
    assert "thời hạn đang tạm dừng" in await page.locator("h1").inner_text()
    people.at("2026-03-09 08:00")
    page = await people.act("clerk", code, "resume", at="2026-03-08T10:00")
    assert await due_on(page) == "17:00 thứ Sáu, ngày 13/03/2026"

    people.at("2026-03-11 09:00")
    letter: dict[str, Any] = {"reason": "Chờ ý kiến", "cause": "workload", "new_due": "2026-03-20"}
    await people.act("officer", code, "draft_letter", **letter)
    await people.act("leader", code, "approve_letter")
    page = await people.act("leader", code, "issue_letter")
    assert await due_on(page) == "17:00 thứ Sáu, ngày 13/03/2026"  # a letter moves nothing
    await people.act("officer", code, "send_letter", channel="post")
    page = await people.act("clerk", code, "extend")
    assert await due_on(page) == "17:00 thứ Sáu, ngày 20/03/2026"

    people.at("2026-03-19 15:00")
    await people.act("officer", code, "resolve", outcome="granted")
    page = await people.act("clerk", code, "return", channel="counter")
    assert await page.locator("h1").inner_text() == "Đã trả kết quả · có kết quả trong hạn"
    for summary in await page.locator(".act-form > summary").all():
        await summary.click()
    assert (await Axe().run(page)).violations_count == 0


class Keys:
    """A keyboard that counts: a mark of a letter, and the bar of đ, are a key each, as by Telex."""

    def __init__(self, page: Page) -> None:
        self.page, self.typed, self.pressed = page, 0, 0

    async def type(self, text: str) -> None:
        self.typed += len(unicodedata.normalize("NFD", text)) + text.lower().count("đ")
        await self.page.keyboard.type(text)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.pressed += 1
            await self.page.keyboard.press(key)


async def test_a_receipt_by_keys_alone(people: Counter) -> None:
    """From the empty form to the slip: what is typed is the citizen's, and few keys are beside."""
    people.at("2026-03-02 09:30")
    page = await people.screen("clerk", "/tiep-nhan")
    keys = Keys(page)
    await keys.type("9.00077")
    await page.locator("#ket-qua a").first.wait_for()
    await keys.press("Enter")
    await arrive(page, f"**thu_tuc={PROCEDURE}")
    await keys.type("001234567890")
    await keys.press("Tab")
    await keys.type(NAME)
    await keys.press("Enter")
    await arrive(page, "**da_ghi=*")
    await keys.press("Shift+Tab")
    slip = await page.evaluate("document.activeElement.href")
    assert slip.endswith("/forms/01")
    keys.pressed += 1  # Enter opens it
    assert NAME in text_of(await people.pdf("clerk", slip.removeprefix(people.url)))
    assert (keys.typed, keys.pressed) == (7 + 12 + 19, 5)  # as docs/benchmarks.md tells


async def test_acts_and_a_scanned_code_by_keys_alone(people: Counter) -> None:
    """A scanner types the code and Enter; the act has a number, its form the cursor."""
    people.at("2026-03-04 09:00")
    code = await receive(people)
    page = await people.screen("clerk", "/ban-lam-viec")
    await page.keyboard.type(code)
    await page.keyboard.press("Enter")
    await arrive(page, f"**/ho-so/{code}")
    await page.keyboard.press("1")
    officer = page.locator("#transfer-officer")
    await expect(officer).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#viec-transfer > summary")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(officer).to_be_focused()
    await page.keyboard.type("Bình")
    for _ in range(4):  # a note, when it happened, saving; then looking first
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("[role=status]")).to_contain_text("chuyển đến")
    save = page.locator("#viec-transfer button[value=save]")
    await expect(save).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".timeline b").first).to_have_text("Chuyển hồ sơ")
    await page.keyboard.press("b")
    await arrive(page, "**/ban-lam-viec")
    await page.keyboard.press("Escape")  # leaves the search, for keys of their own
    first = await page.locator("tbody a").first.get_attribute("href")
    await page.keyboard.press("1")
    await arrive(page, f"**{first}")


async def test_papers_are_ticked_and_a_person_is_found_by_keys(people: Counter) -> None:
    """Two files brought a paper: it is ticked by Space, and its case found without accents."""
    people.at("2026-03-02 09:45")
    filed = {"procedure_code": PROCEDURE, "receiving_unit": "00004", "channel": "counter"}
    async with signed_in(people.app, role="clerk") as client:
        for _ in range(2):
            await client.post("/api/v1/cases", json=filed | {"papers": ["Tờ khai theo mẫu"]})
    page = await people.screen("clerk", f"/tiep-nhan?thu_tuc={PROCEDURE}")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Đỗ Thị Tìm")
    for _ in range(3):  # past the telephone and who is authorised
        await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.value") == "Tờ khai theo mẫu"
    assert (await Axe().run(page)).violations_count == 0
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await arrive(page, "**da_ghi=*")
    code = page.url.partition("da_ghi=")[2]
    assert "Tờ khai theo mẫu" in text_of(
        await people.pdf("clerk", f"/api/v1/cases/{code}/forms/01")
    )

    await people.screen("clerk", "/ban-lam-viec")
    await page.keyboard.type("do thi tim")
    await page.keyboard.press("Enter")
    await arrive(page, "**/tim")
    assert "1 hồ sơ khớp với" in await page.locator("h1").inner_text()
    await page.keyboard.press("Enter")
    await arrive(page, f"**/ho-so/{code}")


async def test_a_refusal_without_a_script(people: Counter) -> None:
    """Searched for, received, refused with form 03 and given back: no page needs a script."""
    people.at("2026-03-02 09:00")
    page = await people.screen("clerk", "/tiep-nhan", script=False)
    await page.keyboard.type("9.00077")
    await page.keyboard.press("Enter")
    await page.locator("#ket-qua a").first.click()
    assert await due_on(page) == "17:00 thứ Hai, ngày 09/03/2026"
    code = await receive(people, script=False)
    people.at("2026-03-04 09:00")
    page = await people.screen("officer", f"/ho-so/{code}", script=False)
    form = page.locator("#viec-resolve")
    await form.locator("summary").first.click()
    await form.locator("[name=outcome]").select_option("refused")
    await form.locator("button[value=save]").click()
    assert "Thiếu lý do từ chối" in await page.get_by_role("alert").inner_text()
    assert await form.locator("[name=outcome]").input_value() == "refused"  # everything typed stays
    said: dict[str, Any] = {"outcome": "refused", "reason": "Không đủ điều kiện", "notice": "5/TC"}
    await people.act("officer", code, "resolve", script=False, **said)
    slip = text_of(await people.pdf("officer", f"/api/v1/cases/{code}/forms/03"))
    assert "PHIẾU TỪ CHỐI GIẢI QUYẾT HỒ SƠ" in slip
    assert "Không đủ điều kiện" in slip
    page = await people.act("clerk", code, "return", script=False)
    assert "Đã trả kết quả" in await page.locator("h1").inner_text()


async def test_an_online_submission_is_accepted_a_minute_late(people: Counter) -> None:
    """Eight working hours from Friday 15:30 end on Monday at 15:30 (118 Art. 17.2)."""
    people.at("2026-03-13 15:30")
    filed = {"procedure_code": PROCEDURE, "receiving_unit": "00004", "channel": "online"}
    async with signed_in(people.app, role="clerk") as client:
        answer = await client.post("/api/v1/cases", json=filed | {"act": "submit"})
        code = answer.json()["case_code"]
    people.at("2026-03-16 15:31")
    page = await people.screen("clerk", "/ban-lam-viec?xem=awaiting_acceptance")
    row = page.locator("tr", has_text=code)
    assert "15:30 16/03/2026" in await row.inner_text()
    await row.locator("a").click()
    page = await people.act("clerk", code, "accept")
    assert await due_on(page) == "17:00 thứ Hai, ngày 23/03/2026"  # the clock starts now
    assert "Tiếp nhận chậm" in await page.locator(".promise").inner_text()


async def test_a_lost_connection_loses_nothing_and_makes_one_case(people: Counter) -> None:
    """The line is down before it is sent; then the answer is lost on its way back."""
    people.at("2026-03-02 10:00")
    page = await people.screen("clerk", f"/tiep-nhan?thu_tuc={PROCEDURE}")
    await fill_in(page)
    await page.context.set_offline(offline=True)
    await page.keyboard.press("Enter")
    told = page.locator("[role=alert]")
    await told.wait_for()
    assert "Mất kết nối" in await told.inner_text()
    assert await page.locator("[name=name]").input_value() == NAME
    await page.context.set_offline(offline=False)
    made: list[str] = []

    async def lose(route: Route) -> None:
        answer = await route.fetch(max_redirects=0)
        made.append(answer.headers["location"].partition("da_ghi=")[2])
        await route.abort() if len(made) == 1 else await route.fulfill(response=answer)

    await page.route("**/tiep-nhan", lose)
    async with page.expect_event("requestfailed"):
        await page.locator("[name=name]").press("Enter")
    with suppress(Error):
        await page.reload()  # what a person does at the browser's own page of an error
    await page.unroute("**/tiep-nhan")
    assert len(set(made)) == 1, made


@pytest.mark.parametrize("script", [True, False])
async def test_a_double_click_makes_one_case(people: Counter, *, script: bool) -> None:
    people.at("2026-03-02 10:30")
    page = await people.screen("clerk", f"/tiep-nhan?thu_tuc={PROCEDURE}", script=script)
    name = f"Đinh Thị {'Kép' if script else 'Đôi'}"
    await page.locator("[name=name]").fill(name)
    await page.locator("button[value=save]").dblclick()
    await arrive(page, "**da_ghi=*")
    await page.locator("[name=q]").fill(name)
    await page.locator("[name=q]").press("Enter")
    await arrive(page, "**/tim")
    assert f"1 hồ sơ khớp với “{name}”" in await page.locator("h1").inner_text()


async def test_a_batch_is_handed_over_and_signed_for(people: Counter) -> None:
    people.at("2026-03-05 09:00")
    codes = [await receive(people) for _ in range(2)]
    page = await people.screen("clerk", "/ban-giao")
    await page.get_by_label("Người nhận").fill("Bình")
    for code in codes:
        await page.get_by_label(f"Bàn giao {code}").check()
    await page.get_by_role("button", name="Bàn giao").click()
    await arrive(page, "**phieu=*")
    batch = page.url.partition("phieu=")[2]
    slip = text_of(await people.pdf("clerk", f"/api/v1/handovers/{batch}"))
    assert all(code in slip for code in codes)
    page = await people.screen("officer", "/ban-giao")
    await page.get_by_role("button", name=f"Ký nhận {batch}").click()
    await page.wait_for_load_state()
    assert await page.get_by_role("button", name=f"Ký nhận {batch}").count() == 0
    for code in codes:
        page = await people.screen("officer", f"/ho-so/{code}")
        assert "đã nhận 09:00 05/03/2026" in await page.locator("main").inner_text()
    page = await people.screen("clerk", "/ban-lam-viec")
    shift = await page.get_by_role("link", name="In bàn giao ca").get_attribute("href")
    told = text_of(await people.pdf("clerk", str(shift)))
    assert "Tiếp nhận 2" in told
    assert "Chuyển hồ sơ 2" in told
