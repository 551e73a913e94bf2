"""A receipt through the service: what the catalogue says on that day is what the case pins."""

from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import ROOT, UNIT, make_procedure
from tthc import clock
from tthc.db import catalogue
from tthc.domain.access import Actor, Scope
from tthc.domain.catalog import choose_terms
from tthc.domain.deadline import promise
from tthc.domain.errors import InputError, NotFoundError, RuleError, TthcError
from tthc.domain.term import Term, TermUnit
from tthc.rules.calendars import calendar
from tthc.service.acts import Asked
from tthc.service.cases import list_events, open_case
from tthc.service.filing import Form
from tthc.service.progress import resolve_case
from tthc.service.receipts import receive_case, submit_case
from tthc.service.transfers import To, transfer_case

LAN = Actor("Lan", Scope(simulated=False))
NOW = datetime(2026, 3, 3, 9, tzinfo=clock.VIETNAM)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def test_a_receipt_asks_exactly_the_clock(connection: AsyncConnection) -> None:
    """Every published term of a sample of procedures, by the engine that the vectors test."""
    terms = await catalogue.load_terms(connection)
    tried = 0
    for code in sorted(terms)[::40]:
        chosen = choose_terms(
            terms[code], level="commune", channel="counter", case_kind=None, on=NOW.date()
        ).promised
        made = await receive_case(connection, LAN, Form(code, UNIT, "counter"))
        if chosen is None or chosen.unit in (None, "none"):
            assert made["due_at"] is None
            continue
        assert chosen.unit
        term = Term(chosen.amount or 0, TermUnit(chosen.unit), chosen.cutoff)
        due = promise(calendar(), term, NOW).first
        assert due
        assert datetime.fromisoformat(made["due_at"]) == due.due_at
        tried += 1
    assert tried > 20


async def test_the_case_keeps_its_term_when_the_procedure_is_cut(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scenario 16."""
    procedure = await make_procedure(owner, [5, "working_day"])
    await owner.execute(
        text("UPDATE terms SET valid_to = '2026-04-01' WHERE procedure_code = :code"),
        {"code": procedure},
    )
    await owner.execute(
        text(
            "INSERT INTO terms (procedure_code, basis, amount, unit, published, confirmed, "
            "valid_from, source_id) VALUES (:code, 'statutory', 3, 'working_day', '3', true, "
            "'2026-04-01', 'nd-118-2025')"
        ),
        {"code": procedure},
    )
    dues = []
    for day in (31, 32):
        at = datetime(2026, 3, 31, 9, tzinfo=clock.VIETNAM).replace(day=31)
        at = at if day == 31 else datetime(2026, 4, 1, 9, tzinfo=clock.VIETNAM)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        dues.append((await receive_case(owner, LAN, Form(procedure, UNIT, "counter")))["due_at"])
    assert [due[:10] for due in dues] == ["2026-04-07", "2026-04-06"]


async def test_a_case_under_the_older_decree(connection: AsyncConnection) -> None:
    then = datetime(2025, 6, 20, 9, tzinfo=clock.VIETNAM)
    made = await receive_case(connection, LAN, Form("1.000236", "00004", "counter"), Asked(at=then))
    assert made["regime"] == "nd-61-2018"
    assert made["competent_unit_name"] == "Phường Trúc Bạch"  # of the code's then


async def test_received_by_a_district_and_resolved_by_its_successor(
    connection: AsyncConnection,
) -> None:
    """Scenario 18: the receiving unit is no more; the case is passed on and has one verdict."""
    then = datetime(2025, 6, 20, 9, tzinfo=clock.VIETNAM)
    form = Form("1.000236", "001", "counter")
    code = (await receive_case(connection, LAN, form, Asked(at=then)))["case_code"]
    moved = await transfer_case(
        connection,
        LAN,
        code,
        To(unit="00004"),
        Asked(at=datetime(2025, 7, 2, 9, tzinfo=clock.VIETNAM)),
    )
    assert (moved["receiving_unit"], moved["competent_unit_name"]) == ("001", "Phường Ba Đình")
    done = await resolve_case(
        connection,
        LAN,
        code,
        Asked(at=datetime(2025, 7, 5, 9, tzinfo=clock.VIETNAM)),
        outcome="granted",
        cause="other",
    )
    assert done["verdict"] == "late"
    assert done["level"] == "district"  # pinned at receipt


async def test_the_clerk_chooses_the_kind_of_case(owner: AsyncConnection) -> None:
    procedure = await make_procedure(owner, [5, "working_day"])
    await owner.execute(
        text("UPDATE terms SET case_kind = 'cấp lại' WHERE procedure_code = :code"),
        {"code": procedure},
    )
    with pytest.raises(RuleError, match="chọn trường hợp giải quyết"):
        await receive_case(owner, LAN, Form(procedure, UNIT, "counter"))
    with pytest.raises(InputError, match="cấp lại"):
        await receive_case(owner, LAN, Form(procedure, UNIT, "counter", case_kind="khác"))
    made = await receive_case(owner, LAN, Form(procedure, UNIT, "counter", case_kind="cấp lại"))
    assert made["due_at"][:10] == "2026-03-10"


async def test_out_of_territory_is_whom_the_shop_does_not_serve(owner: AsyncConnection) -> None:
    procedure = await make_procedure(owner, [5, "working_day"])
    shop = await catalogue.unit_by_code(owner, UNIT, date(2026, 3, 3))
    other = await catalogue.unit_by_code(owner, "00008", date(2026, 3, 3))
    await owner.execute(
        text("INSERT INTO unit_serves VALUES (:shop, :other, '2025-07-01', NULL, 'nd-118-2025')"),
        {"shop": shop.id, "other": other.id},
    )

    async def is_out(competent: str, *, told: bool | None = None) -> bool:
        form = Form(procedure, UNIT, "counter", competent_unit=competent, out_of_territory=told)
        return bool((await receive_case(owner, LAN, form))["out_of_territory"])

    assert not await is_out("00008")
    assert await is_out(ROOT)
    assert not await is_out(ROOT, told=False)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (Form("9.999999", UNIT, "counter"), "Không có thủ tục"),
        (Form("1.000236", "99999", "counter"), "không chỉ đơn vị nào"),
        (Form("1.000236", UNIT, "counter", competent_unit="001"), "đến trước 01/07/2025"),
        (Form("1.000236", UNIT, "fax"), "Hình thức nộp"),
        (Form("1.000236", UNIT, "counter", case_code=" "), "Mã hồ sơ để trống"),
        (Form("1.000236", UNIT, "counter", applicant="a\0b"), "ký tự không hợp lệ"),
        (Form("1.000236", UNIT, "counter", officer="\ud800"), "ký tự không hợp lệ"),
    ],
)
async def test_what_cannot_be_received(connection: AsyncConnection, form: Form, words: str) -> None:
    with pytest.raises(TthcError, match=words):
        await receive_case(connection, LAN, form)


async def test_before_any_decree_nothing_is_received(connection: AsyncConnection) -> None:
    then = datetime(2017, 6, 20, 9, tzinfo=clock.VIETNAM)
    with pytest.raises(NotFoundError, match="20/06/2017"):
        await receive_case(connection, LAN, Form("1.000236", UNIT, "counter"), Asked(at=then))


async def test_the_history_tells_everything_in_order(connection: AsyncConnection) -> None:
    form = Form("1.000236", UNIT, "online", case_code="H01-7")
    made = await submit_case(connection, LAN, form)
    assert made.pop("slip_pin")  # told once, never by a reading
    assert (made["case_code"], made["state"], made["due_at"]) == ("H01-7", 1, None)
    assert await open_case(connection, LAN, "H01-7") == made | {"applicant": None, "sent": None}
    (told,) = await list_events(connection, LAN, "H01-7")
    assert (told["type"], told["actor"], told["seq"]) == ("submitted", "Lan", 1)
    assert datetime.fromisoformat(told["recorded_at"]) == NOW
