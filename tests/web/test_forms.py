"""Forms over HTTP: what a case's life puts on paper, and which forms do not apply to it."""

import io
from datetime import datetime
from typing import Any

import fastexcel
import httpx
import pytest

from tests.law.lives import UNIT
from tests.reports.reading import read, squeezed, text_of
from tests.web.test_cases import at, done, office, procedure, receive, secret, site
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.domain.access import Actor, Scope
from tthc.service.transfers import To, transfer_cases

__all__ = ["at", "office", "procedure", "secret", "site"]

Site = httpx.AsyncClient
MO = {
    "name": "Nguyễn Thị Mơ #panic() $x$ <b>",
    "kind": "citizen",
    "identity_number": "001190012345",
    "address": "Số 12 ngõ 34 phố Đội Cấn, phường Ba Đình, thành phố Hà Nội, " * 3,
    "phone": "0912345678",
    "email": "mo@example.org",
    "content": "Xin cấp bản sao trích lục",
    "authorised_name": "Trần Văn Tí",
    "authorised_identity_number": "001190000002",
}


async def form(site: Site, case: dict[str, Any], number: str, **asked: Any) -> httpx.Response:
    return await site.get(f"/api/v1/cases/{case['case_code']}/forms/{number}", params=asked)


async def printed(site: Site, case: dict[str, Any], number: str, **asked: Any) -> str:
    answer = await form(site, case, number, **asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return text_of(answer.content)


async def refusal(site: Site, case: dict[str, Any], number: str) -> str:
    answer = await form(site, case, number)
    assert answer.status_code == 422, answer.text
    return str(answer.json()["detail"])


async def test_the_slip_keeps_the_first_promise(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure, applicant=MO)
    slip = await printed(site, case, "01")
    for told in (
        "ỦY BAN NHÂN DÂN PHƯỜNG BA ĐÌNH BỘ PHẬN MỘT CỬA",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "Ba Đình, ngày 02 tháng 3 năm 2026",
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        f"Mã hồ sơ: {case['case_code']}",
        f"Tiếp nhận hồ sơ của: {MO['name']}",
        "Số định danh: 001190012345 Số điện thoại: 0912345678",
        "Thư điện tử: mo@example.org",
        "Người được ủy quyền: Trần Văn Tí (số định danh 001190000002)",
        "Xin cấp bản sao trích lục",
        "Thời hạn giải quyết hồ sơ theo quy định: 5 ngày làm việc",
        "Thời gian nhận hồ sơ: 09:00 ngày 02/03/2026",
        "Thời gian trả kết quả giải quyết hồ sơ: 17:00 thứ Hai, ngày 09/03/2026",
        "Hình thức nộp hồ sơ: Trực tiếp",
        "Phần mềm một cửa",
    ):
        assert told in slip, told
    assert squeezed(MO["address"]) in squeezed(slip)
    at("2026-03-03 09:00")
    case = await done(site, case, "suspend", content="bản sao trích lục")
    at("2026-03-05 09:00")
    case = await done(site, case, "resume")
    assert case["due_at"] == "2026-03-12T17:00:00+07:00"
    assert "17:00 thứ Hai, ngày 09/03/2026" in await printed(site, case, "01")


async def test_one_page_of_a5_unless_a4_is_asked(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure, applicant=MO)
    for paper, width in ((None, 420), ("a4", 595)):
        answer = await form(site, case, "01", **({"paper": paper} if paper else {}))
        pages = read(answer.content).pages
        assert (len(pages), round(pages[0].mediabox.width)) == (1, width)
    wrong = await form(site, case, "04", paper="a5")
    assert wrong.status_code == 422
    assert (await form(site, case, "01", paper="a3")).status_code == 400
    name = (await form(site, case, "01")).headers["content-disposition"]
    assert name == f'inline; filename="01-{case["case_code"]}.pdf"'


async def test_forms_that_do_not_apply_say_why(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    assert "chưa được yêu cầu bổ sung" in await refusal(site, case, "02")
    assert "không bị từ chối" in await refusal(site, case, "03")
    assert "hãy soạn văn bản xin lỗi" in await refusal(site, case, "04")
    assert "không dừng giải quyết" in await refusal(site, case, "05")
    assert (await form(site, case, "07")).status_code == 404
    assert (await form(site, case, "08")).status_code == 404
    assert (await form(site, {"case_code": "không có"}, "01")).status_code == 404
    waiting = await receive(site, procedure, channel="online", act="submit")
    for number in ("01", "06"):
        assert "chưa được tiếp nhận" in await refusal(site, waiting, number)


async def test_a_request_for_a_supplement(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure, applicant=MO)
    at("2026-03-03 10:30")
    case = await done(site, case, "suspend", content="1. Trích lục\n2. Tờ khai #thuế")
    told = await printed(site, case, "02")
    assert "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ" in told
    assert "1. Trích lục 2. Tờ khai #thuế" in told
    assert "Thời gian yêu cầu: 10:30 ngày 03/03/2026" in told
    assert "chậm nhất hết ngày 18/03/2026" in told


async def test_refused_after_acceptance_or_before(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    case = await done(site, case, "start")
    at("2026-03-04 09:00")
    case = await done(site, case, "resolve", outcome="refused", reason="Không đủ điều kiện *a*")
    told = await printed(site, case, "03")
    assert "PHIẾU TỪ CHỐI GIẢI QUYẾT HỒ SƠ" in told
    assert (
        "phường Ba Đình từ chối giải quyết hồ sơ này vì lý do sau: Không đủ điều kiện *a*" in told
    )
    assert "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ" in told
    desk = await receive(site, procedure, act="refuse", reason="Thiếu bản chính")
    told = await printed(site, desk, "03")
    assert "không tiếp nhận hồ sơ này vì lý do sau: Thiếu bản chính" in told
    assert "BỘ PHẬN MỘT CỬA" in told
    assert "được tiếp nhận" in await refusal(site, desk, "01")


async def test_a_letter_by_its_state(site: Site, procedure: str, at: Any) -> None:
    """Draft, approved, issued with the unit's number, sent; only a draft is marked as one."""
    at("2026-03-02 09:00")
    case = await receive(site, procedure, applicant=MO)
    at("2026-03-05 10:00")
    letters = f"/api/v1/cases/{case['case_code']}/letters"
    draft = {"reason": "LỖI hệ thống $1", "cause": "system", "new_due": "2026-03-16"}
    letter = (await site.post(letters, json=draft)).json()
    told = await printed(site, case, "04")
    assert "DỰ THẢO" in told
    assert "ngày ….. tháng ….. năm" in told
    assert "Lý do: LỖI hệ thống $1" in told
    path = f"/api/v1/letters/{letter['id']}"
    assert (await site.post(f"{path}/issue", json={})).status_code in (400, 422)
    approved = await site.post(f"{path}/approve", json={"approver": "Trần Thị Hai"})
    assert (approved.status_code, approved.json()["state"]) == (200, "approved")
    again = await site.post(f"{path}/approve", json={"approver": "Lê Ba"})
    assert "đã được Trần Thị Hai duyệt" in again.json()["detail"]
    assert "DỰ THẢO" in await printed(site, case, "04")
    at("2026-03-06 10:00")
    case = (await site.post(f"{path}/issue", json={})).json()
    number = case["letter"]["number"]
    assert number.endswith("/XL-UBND")
    told = await printed(site, case, "04", letter=letter["id"])
    assert "DỰ THẢO" not in told
    for words in (
        f"Số: {number}",
        "Ba Đình, ngày 06 tháng 3 năm 2026",
        "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
        f"Kính gửi: {MO['name']}",
        "Thời gian hẹn trả kết quả giải quyết hồ sơ: 17:00 thứ Hai, ngày 09/03/2026.",
        "hẹn trả kết quả vào lúc 17:00 thứ Hai, ngày 16/03/2026.",
        "Trần Thị Hai",
        "- Lưu: VT.",
    ):
        assert words in told, words
    shown = (await site.get(letters)).json()["letters"][0]
    assert (shown["signer"], shown["approver"]) == ("Trần Thị Hai", "Trần Thị Hai")
    assert shown["approved_at"] == "2026-03-05T10:00:00+07:00"
    events = (await site.get(f"/api/v1/cases/{case['case_code']}/events")).json()["events"]
    assert events[-1]["payload"]["approver"] == "Trần Thị Hai"
    late = await site.post(f"{path}/approve", json={})
    assert late.status_code == 422


async def test_numbers_follow_one_another_and_repeats_take_none(
    site: Site, procedure: str, at: Any
) -> None:
    numbers = []
    for place in range(3):
        at("2026-03-02 09:00")
        case = await receive(site, procedure)
        at("2026-03-05 10:00")
        letters = f"/api/v1/cases/{case['case_code']}/letters"
        draft = {"reason": "quá tải", "cause": "workload", "new_due": "2026-03-16"}
        letter = (await site.post(letters, json=draft)).json()
        path = f"/api/v1/letters/{letter['id']}/issue"
        for _ in range(2):
            key = {"Idempotency-Key": f"số {place} của {case['case_code']}".encode().hex()[:60]}
            answer = await site.post(path, json={"signer": "Trần Thị Hai"}, headers=key)
            assert answer.status_code == 200, answer.text
        refused = await site.post(path, json={"signer": "Trần Thị Hai"})
        assert refused.status_code == 422
        numbers.append(int(answer.json()["letter"]["number"].split("/")[0]))
    assert numbers == list(range(numbers[0], numbers[0] + 3))


async def test_stopped_or_closed_for_silence(site: Site, procedure: str, at: Any) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure)
    case = await done(site, case, "suspend", content="bản sao")
    at("2026-03-20 09:00")
    case = await done(site, case, "close", notice="07/TB-UBND")
    told = await printed(site, case, "05")
    assert "THÔNG BÁO DỪNG GIẢI QUYẾT" in told
    assert "Số: 07/TB-UBND" in told
    assert "Đã quá thời hạn bổ sung" in told
    other = await receive(site, procedure)
    other = await done(site, other, "stop", reason="Có đơn đề nghị dừng @a")
    assert "Lý do: Có đơn đề nghị dừng @a" in await printed(site, other, "05")


async def test_the_control_sheet(
    site: Site, procedure: str, at: Any, office: tuple[Server, str]
) -> None:
    at("2026-03-02 09:00")
    case = await receive(site, procedure, applicant=MO)
    at("2026-03-02 10:00")
    case = await done(site, case, "transfer", officer="Lê Văn Tám", note="Ưu tiên _x_")
    at("2026-03-04 09:00")
    case = await done(site, case, "start")
    case = await done(site, case, "resolve", outcome="granted")
    told = await printed(site, case, "06")
    assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ" in told
    flat = squeezed(told)
    assert squeezed("10:00 02/03/2026 Đúng hạn Ưu tiên _x_") in flat
    assert "phườngBaĐình:LêVănTám" in flat
    assert squeezed("09:00 04/03/2026 Trước hạn Đã xử lý xong") in flat
    assert "Mơ" not in told
    assert office


async def test_the_register_as_paper_and_as_a_workbook(site: Site, procedure: str, at: Any) -> None:
    at("2026-04-06 09:00")
    case = await receive(site, procedure, applicant=MO | {"name": "=cmd|' /C calc'!A0"})
    case = await done(site, case, "start")
    case = await done(site, case, "resolve", outcome="granted")
    at("2026-04-07 08:30")
    case = await done(site, case, "return", channel="post")
    asked = {"unit": UNIT, "from": "2026-04-01", "to": "2026-05-01"}
    answer = await site.get("/api/v1/register", params=asked)
    assert answer.status_code == 200, answer.text
    pages = read(answer.content).pages
    assert pages[0].mediabox.width > pages[0].mediabox.height
    told = text_of(answer.content)
    assert "SỔ THEO DÕI HỒ SƠ" in told
    assert "Từ ngày 01/04/2026 đến hết ngày 30/04/2026" in told
    assert squeezed(case["case_code"]) in squeezed(told)
    book = await site.get("/api/v1/register", params={**asked, "format": "xlsx"})
    assert book.status_code == 200
    sheet = fastexcel.read_excel(io.BytesIO(book.content).getvalue()).load_sheet(0, header_row=7)
    table = sheet.to_polars()
    assert table.columns == [
        *("STT", "Mã hồ sơ", "Tên TTHC", "Tên tổ chức, cá nhân", "Địa chỉ, số điện thoại"),
        *("Cơ quan chủ trì giải quyết", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả"),
        *("Phương thức nhận kết quả", "Ký nhận"),
    ]
    row = table.row(0, named=True)
    assert (row["Mã hồ sơ"], row["Tên tổ chức, cá nhân"]) == (
        case["case_code"],
        "=cmd|' /C calc'!A0",
    )
    assert row["Nhận hồ sơ"] == datetime(2026, 4, 6, 9)  # noqa: DTZ001  # a cell knows no zone
    assert row["Trả kết quả"] == datetime(2026, 4, 7, 8, 30)  # noqa: DTZ001  # as above
    assert row["Phương thức nhận kết quả"] == "Bưu chính công ích"
    empty = await site.get("/api/v1/register", params={**asked, "to": "2026-04-01"})
    assert empty.status_code == 400
    assert "ngày đầu phải trước" in empty.json()["detail"]


async def test_files_passed_on_together(
    site: Site, procedure: str, at: Any, office: tuple[Server, str]
) -> None:
    at("2026-03-02 09:00")
    cases = [await receive(site, procedure, applicant=MO) for _ in range(3)]
    engine = connect_night(office[0])
    async with engine.begin() as connection:
        actor = Actor("Lan", Scope(simulated=False))
        codes = [one["case_code"] for one in cases]
        await transfer_cases(
            connection, actor, codes, To(officer="Lê Văn Tám"), batch="BG-260302-01", note="gấp"
        )
    await engine.dispose()
    answer = await site.get("/api/v1/handovers/BG-260302-01")
    assert answer.status_code == 200, answer.text
    told = text_of(answer.content)
    assert "PHIẾU BÀN GIAO HỒ SƠ Số: BG-260302-01" in told
    assert "Số hồ sơ: 3 Ghi chú: gấp" in told
    assert "Bên nhận: Ủy ban nhân dân phường Ba Đình: Lê Văn Tám" in told
    assert all(squeezed(code) in squeezed(told) for code in codes)
    assert (await site.get("/api/v1/handovers/không có")).status_code == 404


async def test_the_handover_of_a_shift(site: Site, procedure: str, at: Any) -> None:
    at("2026-06-01 09:00")
    late = await receive(site, procedure)
    at("2026-06-15 09:00")
    for _ in range(2):
        await receive(site, procedure)
    answer = await site.get("/api/v1/shift", params={"unit": UNIT})
    assert answer.status_code == 200, answer.text
    told = text_of(answer.content)
    assert "BÀN GIAO CA Ngày 15/06/2026 · Phần mềm một cửa" in told
    assert "Tiếp nhận 2" in told
    assert "Đang giải quyết, quá hạn" in told
    assert squeezed(late["case_code"]) in squeezed(told)


@pytest.mark.parametrize("path", ["cases/x/forms/01", "register", "handovers/x", "shift"])
async def test_no_form_without_a_token(site: Site, path: str) -> None:
    del site.headers["Authorization"]
    assert (await site.get(f"/api/v1/{path}")).status_code == 401
