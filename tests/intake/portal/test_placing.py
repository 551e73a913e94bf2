"""Claims of the portal's senders on the real ledger: one case, whatever order they come in."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import UNIT, make_procedure
from tests.portal import ANSWERED, ASKED, CODE, DONE, GIVEN, step, supplement, sync
from tthc.db.history import Dossier, read_case
from tthc.domain.access import Actor, Scope
from tthc.domain.case import DECIDED
from tthc.intake.portal import joining, placing, taking
from tthc.intake.portal.reading import PROGRESS, SYNC
from tthc.service.case_document import verdict
from tthc.service.integrity import verify_ledger

PORTAL = Actor("Hệ thống tỉnh", Scope(simulated=False))
Item = dict[str, Any]


@pytest.fixture
async def ledger(owner: AsyncConnection) -> AsyncConnection:
    """Where everything is undone afterwards; a procedure of five working days is there."""
    await make_procedure(owner, [5, "working_day"])
    return owner


P = "T.5.working_day"


async def send(
    ledger: AsyncConnection, *items: Item, sender: str = "H26", actor: Actor = PORTAL
) -> list[str]:
    told = []
    for item in items:
        service = PROGRESS if "TrangThai" in item else SYNC
        answer = await taking.take_case(ledger, actor, service, sender, item["MaHoSo"], item)
        told.append(answer["status"])
    return told


async def dossier(ledger: AsyncConnection, code: str = CODE) -> Dossier:
    return await read_case(PORTAL, ledger, code)


async def test_a_life_message_by_message(ledger: AsyncConnection) -> None:
    sent = [
        sync(P, 2),
        sync(P, 5, **ASKED),
        sync(P, 4, **ANSWERED),
        sync(P, 9, **ANSWERED, **DONE, DanhSachGiayToKetQua=[
            {"MaKetQua": "KQ1", "DuongDanTepTinKetQua": "/kq/1.pdf"}],
            DanhSachLePhi=[{"Gia": "15000", "HinhThucThu": "1"}, {"Gia": "500"}]),
        sync(P, 10, **ANSWERED, **GIVEN),
    ]  # fmt: skip
    states = []
    for item in sent:
        assert await send(ledger, item) == ["recorded"]
        states.append(int((await dossier(ledger)).case.state))
    assert states == [2, 5, 4, 9, 10]
    case = (await dossier(ledger)).case
    assert f"{case.first_due_at:%d%H}" == "0910"  # in UTC
    assert case.due_at is not None
    assert case.first_due_at is not None
    assert (case.due_at - case.first_due_at).days == 2
    assert case.promised_due_at == case.due_at
    assert case.e_result == "yes"
    assert case.fee_amount == 15500
    assert verdict(case) == "early"
    assert case.outcome is None  # no field tells it
    assert (await verify_ledger(ledger))["ok"]


async def test_ten_then_four_then_the_first_again(ledger: AsyncConnection) -> None:
    """Scenario 21."""
    first = sync(P, 10, **GIVEN)
    assert await send(ledger, first, sync(P, 4), first) == ["recorded", "recorded", "repeated"]
    assert (await dossier(ledger)).case.state == 10
    remark = await ledger.scalar(text("SELECT remark FROM portal_claims ORDER BY id DESC LIMIT 1"))
    assert remark == "Hồ sơ đã “Đã trả kết quả”: ghi nhận, không lùi trạng thái."
    assert await ledger.scalar(text("SELECT count(*) FROM portal_claims")) == 2


async def test_a_second_sender_is_a_witness(ledger: AsyncConnection) -> None:
    await send(ledger, sync(P, 2), sender="H26")
    assert await send(ledger, sync(P, 2), sender="G22") == ["recorded"]
    before = (await dossier(ledger)).case.version
    assert await send(ledger, sync(P, 2, TenTTHC="tên khác"), sender="G22") == ["recorded"]
    assert (await dossier(ledger)).case.version == before
    assert await send(ledger, sync(P, 9, **DONE), sender="G22") == ["recorded"]
    assert (await dossier(ledger)).case.state == 9
    assert await ledger.scalar(text("SELECT count(*) FROM cases WHERE code = :c"), {"c": CODE}) == 1


async def test_a_due_date_is_not_moved_by_saying_another(ledger: AsyncConnection) -> None:
    await send(ledger, sync(P, 4))
    await send(ledger, sync(P, 9, NgayHenTra="20260320170000", NgayKetThucXuLy="20260312100000"))
    case = (await dossier(ledger)).case
    assert verdict(case) == "late"


async def test_a_result_is_not_moved_earlier(ledger: AsyncConnection) -> None:
    await send(ledger, sync(P, 9, NgayKetThucXuLy="20260312100000"))
    await send(ledger, sync(P, 10, **GIVEN))
    assert verdict((await dossier(ledger)).case) == "late"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"TrangThaiHoSo": "11"}, "mười trạng thái"),
        ({"NgayHenTra": ""}, "Thiếu NgayHenTra"),
        ({"NgayTiepNhan": "2026-03-02"}, "yyyyMMddHHmmss"),
        ({"NgayTiepNhan": "20260230090000"}, "yyyyMMddHHmmss"),
        ({"MaTTHC": "9.999999"}, "9.999999"),
        ({"DonViXuLy": "không có"}, "không chỉ đơn vị nào"),
        ({"KenhThucHien": "7"}, "KenhThucHien"),
        ({"TrangThaiHoSo": "9"}, "thiếu cả NgayKetThucXuLy và NgayTra"),
        ({"DanhSachLePhi": [{"Gia": "nhiều"}]}, "không phải số tiền"),
        ({"DanhSachHoSoBoSung": [supplement("")]}, "thiếu NgayBoSung"),
    ],
)
async def test_what_cannot_be_placed_waits(
    ledger: AsyncConnection, changes: Item, said: str
) -> None:
    assert await send(ledger, sync(P, 2, **changes)) == ["waiting"]
    (waiting,) = await taking.list_waiting(ledger, PORTAL)
    assert said in waiting["waits"]
    assert "Mơ" not in str(waiting)
    assert await ledger.scalar(text("SELECT count(*) FROM cases")) == 0
    assert await send(ledger, sync(P, 2)) == ["recorded"]  # the rest goes on
    assert len(await taking.list_waiting(ledger, PORTAL)) == 1


async def test_release(ledger: AsyncConnection) -> None:
    await send(ledger, sync(P, 4, NgayHenTra=""), sync("9.1", 4))
    first, second = await taking.list_waiting(ledger, PORTAL)
    done = await taking.release(ledger, PORTAL, first["id"])
    assert done["status"] == "recorded"
    assert (await dossier(ledger)).case.due_at is None
    assert (await taking.release(ledger, PORTAL, second["id"]))["status"] == "waiting"
    await make_procedure(ledger, [1, "working_day"])
    await ledger.execute(text("UPDATE procedures SET code = '9.1' WHERE code = 'T.1.working_day'"))
    assert (await taking.release(ledger, PORTAL, second["id"]))["status"] == "recorded"
    assert await taking.list_waiting(ledger, PORTAL) == []


async def test_a_step_waits_for_its_case(ledger: AsyncConnection) -> None:
    assert await send(ledger, step(4, "20260303100000")) == ["waiting"]
    assert await send(ledger, sync(P, 2)) == ["recorded"]
    case = (await dossier(ledger)).case
    assert (case.state, case.officer) == (4, "Lê Văn Tám")
    assert await taking.list_waiting(ledger, PORTAL) == []


async def test_identity_goes_to_the_applicant_alone(ledger: AsyncConnection) -> None:
    await send(ledger, sync(P, 4, **ANSWERED), step(4, "20260303100000"))
    everything = str(await dossier(ledger))
    for table in ("portal_claims", "case_events", "cases"):
        rows = await ledger.execute(text(f"SELECT t::text FROM {table} t"))
        everything += "".join(row[0] for row in rows)
    for personal in ("Mơ", "001190000001", "mo@example.org", "0900000001", "bản sao"):
        assert personal not in everything
    applicant = (await ledger.execute(text("SELECT name, told::text FROM applicants"))).one()
    assert applicant[0] == "Nguyễn Thị Mơ"
    assert "001190000001" in applicant[1]


async def test_a_case_of_ours_is_left_alone(ledger: AsyncConnection) -> None:
    from tthc.service import receipts
    from tthc.service.filing import Form

    clerk = Actor("Lan", Scope(simulated=False))
    made = await receipts.receive_case(ledger, clerk, Form(P, UNIT, "counter", case_code=CODE))
    assert await send(ledger, sync(P, 10, **GIVEN)) == ["recorded"]
    case = (await dossier(ledger)).case
    assert (case.version, case.state) == (made["version"], 2)
    assert "nguồn khác" in str(await ledger.scalar(text("SELECT remark FROM portal_claims")))


MESSAGES = [
    sync(P, 1),
    sync(P, 2),
    sync(P, 4),
    sync(P, 4, **ANSWERED),
    sync(P, 5),
    sync(P, 5, **ASKED),
    sync(P, 6),
    sync(P, 3),
    sync(P, 7),
    sync(P, 8, **DONE),
    sync(P, 9, **DONE, **ASKED),
    sync(P, 9, NgayKetThucXuLy="20260302090000"),
    sync(P, 10, **GIVEN, **ANSWERED),
    sync(P, 10, NgayTra="20260302090000"),
    sync(P, 2, NgayHenTra=""),
    sync(P, 2, NgayHenTra="20260304000000"),
    sync(P, 4, DonViXuLy="00008"),
    sync(P, 4, DanhSachHoSoBoSung=[supplement("20260303090000"), supplement("20260304090000")]),
    step(4, "20260302090000"),
    step(4, "20260304100000", NguoiXuLy="Người khác"),
    step(5, "20260303150000"),
    step(9, "20260305090000"),
    step(10, "20260301090000"),
    step(2, "bậy"),
]
FINAL = {3, 7, 8, 9, 10}


async def told(ledger: AsyncConnection, order: Sequence[int]) -> tuple[Any, ...]:
    """What the ledger says after messages in an order; the ledger is as before afterwards."""
    await ledger.exec_driver_sql("SAVEPOINT before")
    for number in order:
        await send(ledger, MESSAGES[number], sender=f"H{number % 2}")
    assert (await verify_ledger(ledger))["ok"]
    found: tuple[Any, ...] = ()
    if await ledger.scalar(text("SELECT count(*) FROM cases")):
        case = (await dossier(ledger)).case
        timeline = [
            (one.role, one.effective_at, sorted(one.change.items(), key=str))
            for one in case.history
            if one.change
        ]
        found = (
            {name: getattr(case, name) for name in DECIDED},
            timeline,
            await ledger.scalar(text("SELECT name FROM applicants")),
        )
    waiting = await taking.list_waiting(ledger, PORTAL)
    await ledger.exec_driver_sql("ROLLBACK TO before")
    return (*found, sorted(one["waits"] for one in waiting))


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
async def test_any_order_and_repetition_ends_the_same(
    ledger: AsyncConnection, data: st.DataObject
) -> None:
    chosen = data.draw(
        st.lists(st.integers(0, len(MESSAGES) - 1), min_size=2, max_size=6, unique=True)
    )
    order = data.draw(st.permutations(chosen))
    again = data.draw(st.lists(st.sampled_from(chosen), max_size=3))
    one = await told(ledger, chosen)
    assert one == await told(ledger, [*order, *again])
    claimed = {
        MESSAGES[each].get("TrangThaiHoSo") for each in chosen if "TrangThai" not in MESSAGES[each]
    }
    if len(one) > 1 and {"9", "10"} & claimed:
        assert one[0]["state"] >= 9
        assert one[0]["suspended_at"] is None


async def fails(ledger: AsyncConnection) -> bool:
    """Whether some order of a few telling messages ends differently."""
    for chosen in ([1, 4, 12], [2, 10, 0], [9, 11, 3], [15, 5, 3]):
        ends = [await told(ledger, order) for order in itertools.permutations(chosen)]
        if any(each != ends[0] for each in ends):
            return True
        if 12 in chosen and ends[0][0]["state"] != 10:
            return True
    return False


async def test_these_orders_agree(ledger: AsyncConnection) -> None:
    assert not await fails(ledger)


@pytest.mark.parametrize("bug", ["no order at one instant", "last due wins", "state of the last"])
async def test_planted_bugs_are_caught(
    ledger: AsyncConnection, monkeypatch: pytest.MonkeyPatch, bug: str
) -> None:
    if bug == "no order at one instant":
        real = placing.changes

        def lax(case: Any, wanted: Any, sender: Any, now: Any) -> Any:
            live = {one.payload.get("portal"): one for one in case.history}
            news = real(case, wanted, sender, now)
            return [
                one
                for one in news
                if one.replaces is None
                or live[(one.payload or {})["portal"]].change != one.change
                or live[(one.payload or {})["portal"]].effective_at != one.effective_at
            ]

        monkeypatch.setattr(placing, "changes", lax)
    elif bug == "last due wins":
        monkeypatch.setattr(
            joining, "_received",
            lambda accepted, filed, at, real=joining._received: real(accepted[-1:], filed, at),
        )  # fmt: skip
    else:
        monkeypatch.setattr(joining, "most_advanced", lambda claims: list(claims)[-1])
    assert await fails(ledger)
