"""What forms say of simulated and of erased cases, and who may not print persons."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import UNIT, make_procedure
from tests.reports.reading import text_of
from tthc import clock
from tthc.domain.access import Actor, Role, Scope
from tthc.domain.applicant import Applicant
from tthc.domain.errors import ForbiddenError, InputError, NotFoundError, RuleError
from tthc.reports.forms import print_form
from tthc.rules.forms import form_number, forms
from tthc.rules.sources import sources
from tthc.service import applicants, filing, letters, progress, receipts, register, transfers
from tthc.service.acts import Asked
from tthc.service.forms import prepare_form
from tthc.service.handovers import prepare_handover, prepare_shift
from tthc.service.register import Stretch, prepare_register

LAN = Actor("Lan", Scope(simulated=False))
MO = Applicant(name="Nguyễn Thị Mơ", phone="0912345678", identity_number="001190012345")


@pytest.fixture
async def case(owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch) -> str:
    now = datetime(2026, 3, 2, 2, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    procedure = await make_procedure(owner, [2, "working_day"])
    form = filing.Form(procedure, UNIT, "counter", applicant=MO)
    made: str = (await receipts.receive_case(owner, LAN, form))["case_code"]
    return made


async def test_who_may_not_read_persons_prints_none(owner: AsyncConnection, case: str) -> None:
    watching = Actor("Theo dõi", Scope(simulated=False), Role.OFFICIAL)
    with pytest.raises(ForbiddenError, match="thông tin người nộp"):
        await prepare_form(owner, watching, case, "01")
    stretch = Stretch(date(2026, 3, 1), date(2026, 4, 1))
    with pytest.raises(ForbiddenError, match="thông tin người nộp"):
        await prepare_register(owner, watching, UNIT, stretch, kind="pdf")
    assert (await prepare_form(owner, watching, case, "06"))["form"] == "06"


async def test_beyond_the_scope_there_is_no_form(owner: AsyncConnection, case: str) -> None:
    stranger = Actor("Khách", Scope(simulated=False, unit_ids=(1,)), Role.CLERK, 1, (1,))
    with pytest.raises(NotFoundError):
        await prepare_form(owner, stranger, case, "01")
    stretch = Stretch(date(2026, 3, 1), date(2026, 4, 1))
    empty = await prepare_register(owner, stranger, UNIT, stretch, kind="pdf")
    assert (empty["rows"], empty["total"]) == ([], "0")
    await transfers.transfer_cases(owner, LAN, [case], transfers.To(officer="Tám"), batch="BG-1")
    assert (await prepare_handover(owner, LAN, "BG-1"))["total"] == "1"
    with pytest.raises(NotFoundError):
        await prepare_handover(owner, stranger, "BG-1")


async def test_an_erased_person_is_left_blank(
    owner: AsyncConnection, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await progress.stop_case(owner, LAN, case, reason="bà Mơ xin dừng")
    later = datetime(2026, 3, 3, 2, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: later)
    await applicants.erase_applicant(owner, LAN, case, grounds="Điều 14 Luật 91/2025")
    for number in ("01", "05"):
        told = text_of(print_form(await prepare_form(owner, LAN, case, number)))
        assert "Mơ" not in told
        assert "0912345678" not in told
    assert "Số điện thoại: ...." in text_of(print_form(await prepare_form(owner, LAN, case, "01")))


async def test_every_reading_of_a_person_passes_one_place(
    owner: AsyncConnection, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, str]] = []

    async def reading(
        _: Any, __: Actor, ids: Any, form: Any, **details: str
    ) -> dict[int, Applicant]:
        assert details.get("format", "xlsx") == "xlsx"
        seen.append((len(list(ids)), form.number))
        return {}

    for module in ("forms", "register", "handovers"):
        monkeypatch.setattr(f"tthc.service.{module}.read_persons", reading)
    for number in ("01", "06"):
        assert "Mơ" not in str(await prepare_form(owner, LAN, case, number))
    stretch = Stretch(date(2026, 3, 1), date(2026, 4, 1))
    assert "Mơ" not in str(await prepare_register(owner, LAN, UNIT, stretch, kind="xlsx"))
    assert "Mơ" not in str(await prepare_shift(owner, LAN, UNIT))
    assert seen == [(1, "01"), (1, "07")]


async def test_too_much_for_one_register_is_refused(
    owner: AsyncConnection, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "MOST", {"pdf": 0, "xlsx": 1})
    stretch = Stretch(date(2026, 3, 1), date(2026, 4, 1))
    with pytest.raises(RuleError, match="ngắn hơn, hoặc tải tệp XLSX"):
        await prepare_register(owner, LAN, UNIT, stretch, kind="pdf")
    book = await prepare_register(owner, LAN, UNIT, stretch, kind="xlsx")
    assert book["rows"][0][0] == case
    for days in ((date(2026, 3, 3), date(2026, 4, 1)), (date(2026, 3, 1), date(2026, 3, 2))):
        empty = await prepare_register(owner, LAN, UNIT, Stretch(*days), kind="pdf")
        assert empty["rows"] == []


async def test_a_department_is_named_under_its_province(owner: AsyncConnection, case: str) -> None:
    """Its letters too: the head is the competent unit's, the place the province's."""
    await owner.execute(
        text(
            "INSERT INTO units (code, name, kind, level, parent_id, root_id) "
            "SELECT '01.XD', 'Sở Xây dựng', 'department', 'province', id, id FROM units "
            "WHERE code = '01' AND NOT simulated AND valid_to IS NULL"
        )
    )
    await transfers.transfer_case(owner, LAN, case, transfers.To(unit="01.XD"))
    drafted = await letters.draft_letter(
        owner, LAN, case, Asked(), reason="quá tải", cause="workload", new_due=date(2026, 3, 9)
    )
    leader = Actor("Trần Thị Hai", Scope(simulated=False), Role.LEADER)
    await letters.approve_letter(owner, leader, drafted["id"])
    await letters.issue_letter(owner, leader, drafted["id"])
    document = await prepare_form(owner, LAN, case, "04")
    assert document["head"] == {
        "above": "Ủy ban nhân dân\nthành phố Hà Nội",
        "name": "Sở Xây dựng",
        "desk": None,
        "place": "Hà Nội",
        "date": "ngày 02 tháng 3 năm 2026",
    }
    assert document["number"] == "01/XL"
    assert document["signer"] == "Trần Thị Hai"


async def test_only_a_leader_approves_and_in_their_own_name(
    owner: AsyncConnection, case: str
) -> None:
    drafted = await letters.draft_letter(
        owner, LAN, case, Asked(), reason="quá tải", cause="workload", new_due=date(2026, 3, 9)
    )
    clerk = Actor("Lan", Scope(simulated=False), Role.CLERK)
    with pytest.raises(ForbiddenError, match="duyệt dự thảo"):
        await letters.approve_letter(owner, clerk, drafted["id"])
    leader = Actor("Trần Thị Hai", Scope(simulated=False), Role.LEADER)
    with pytest.raises(InputError, match="tên của chính mình"):
        await letters.approve_letter(owner, leader, drafted["id"], approver="Lê Ba")
    told = await letters.approve_letter(owner, leader, drafted["id"])
    assert (told["state"], told["approver"]) == ("approved", "Trần Thị Hai")


async def test_people_are_named_not_their_logins(owner: AsyncConnection, case: str) -> None:
    await owner.execute(
        text(
            "INSERT INTO accounts (login, name, role, simulated, unit_id, password_hash, "
            "must_change, password_at, created_at, created_by) SELECT login, a.name, role, false, "
            "u.id, 'x', false, now(), now(), 'test' FROM units u, (VALUES ('hai', 'Trần Thị Hai', "
            "'leader'), ('lan', 'Lê Thị Lan', 'clerk')) AS a (login, name, role) "
            "WHERE u.code = :unit AND NOT u.simulated AND u.valid_to IS NULL"
        ),
        {"unit": UNIT},
    )
    lan = Actor("lan", Scope(simulated=False))
    await progress.ask_for_supplement(owner, lan, case, Asked(), content="bản sao")
    document = await prepare_form(owner, lan, case, "02")
    assert document["signers"][1]["name"] == "Lê Thị Lan"
    assert (await prepare_shift(owner, lan, UNIT))["clerk"] == "Lê Thị Lan"
    await progress.resume_case(owner, lan, case, Asked())
    drafted = await letters.draft_letter(
        owner, lan, case, Asked(), reason="quá tải", cause="workload", new_due=date(2026, 3, 9)
    )
    leader = Actor("hai", Scope(simulated=False), Role.LEADER)
    await letters.approve_letter(owner, leader, drafted["id"])
    await letters.issue_letter(owner, leader, drafted["id"])
    assert (await prepare_form(owner, lan, case, "04"))["signer"] == "Trần Thị Hai"
    await transfers.transfer_case(owner, lan, case, transfers.To(officer="Tám"))
    await transfers.take_over_case(owner, leader, case, Asked())
    sheet = await prepare_form(owner, lan, case, "06")
    assert sheet["steps"][-1]["to"] == "Ủy ban nhân dân phường Ba Đình: Trần Thị Hai"
    assert sheet["steps"][-1]["note"] == "Nhận bàn giao"


async def test_a_simulated_case_says_so_across_the_page(owner: AsyncConnection, case: str) -> None:
    await owner.execute(text("UPDATE cases SET simulated = true WHERE code = :c"), {"c": case})
    lan = Actor("Lan", Scope(simulated=True))
    told = text_of(print_form(await prepare_form(owner, lan, case, "01")))
    assert "MÔ PHỎNG" in told
    assert "không có giá trị giao dịch" in told


def test_forms_by_their_official_names() -> None:
    assert [one.title for one in forms().values()][:7] == [
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
        "Phiếu từ chối giải quyết hồ sơ",
        "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
        "Thông báo dừng giải quyết",
        "Phiếu kiểm soát quá trình giải quyết hồ sơ",
        "Sổ theo dõi hồ sơ",
    ]
    assert not sources()["tt-03-2025"].confirmed
    assert form_number("04", 5, "people_committee") == "05/XL-UBND"
    assert form_number("05", 112, "department") == "112/TB"
