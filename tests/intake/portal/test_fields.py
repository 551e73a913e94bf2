"""Each field of the portal's two payloads: what of the case it becomes, and where it stays as sent.

What tells of nobody stays with the claim; what may tell of a person goes to the applicant alone.
"""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.intake.portal.test_placing import P, dossier, ledger, send
from tests.law.lives import UNIT
from tests.portal import CODE, step, sync
from tthc import clock
from tthc.intake.portal.reading import FACTS_WITHIN, PROGRESS, SYNC, digest_of, read_claim, split

__all__ = ["ledger"]  # a fixture
FACT, PERSON = "claim", "told"  # where it is kept as it was sent
Sent = dict[str, tuple[Any, str, dict[str, Any]]]  # field → value, where, what it becomes


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=clock.VIETNAM)


RESULT = {"MaKetQua": "KQ-77", "DuongDanTepTinKetQua": "/kq/77.pdf"}
FEE = {
    "TenPhiLePhi": "Lệ phí cấp bản sao",
    "MaPhiLePhi": "LP-77",
    "HinhThucThu": "Chuyển khoản",
    "Gia": "15000",
    "LoaiPhiLePhi": "loại hai",
}
SUPPLEMENT = {
    "NguoiYeuCauBoSung": "Lê Văn Tám",
    "NoiDungBoSung": "bản sao giấy khai sinh",
    "NgayBoSung": "20260303090000",
    "NgayTiepNhanBoSung": "20260305090000",
    "TrangThaiBoSung": "đã nộp đủ",
    "NgayHenTraTruoc": "20260309170000",
    "NgayHenTraMoi": "20260311170000",
}
CASES: Sent = {
    "MaHoSo": (CODE, FACT, {"code": CODE}),
    "MaTTHC": (P, FACT, {"procedure_code": P}),
    "TenTTHC": ("Tên mà tỉnh ghi", FACT, {}),
    "MaLinhVuc": ("LV-77", FACT, {}),
    "TenLinhVuc": ("Lĩnh vực mà tỉnh ghi", FACT, {}),
    "KenhThucHien": ("3", FACT, {"channel": "post"}),
    "ChuHoSo": ("Công ty Bưởi Năm Roi", PERSON, {"name": "Công ty Bưởi Năm Roi"}),
    "LoaiDoiTuong": ("2", PERSON, {"kind": "organisation"}),
    "MaDoiTuong": ("0310000001", PERSON, {"identity_number": "0310000001"}),
    "Email": ("buoi@example.org", PERSON, {"email": "buoi@example.org"}),
    "SoDienThoai": ("0900000077", PERSON, {"phone": "0900000077"}),
    "TrichYeuHoSo": ("Xin cấp bản sao", PERSON, {"content": "Xin cấp bản sao"}),
    "NgayTiepNhan": ("20260302090000", FACT, {"received_at": at(2, 9)}),
    "NgayHenTra": ("20260309170000", FACT, {"first_due_at": at(9, 17)}),
    "TrangThaiHoSo": ("10", FACT, {"state": 10}),
    "NgayKetThucXuLy": ("20260306100000", FACT, {"resolved_at": at(6, 10)}),
    "NgayTra": ("20260307080000", FACT, {"returned_at": at(7, 8)}),
    "HinhThuc": ("Bưu chính công ích", FACT, {"return_channel": "Bưu chính công ích"}),
    "DonViXuLy": (UNIT, FACT, {"competent_unit": UNIT}),
    "GhiChu": ("gọi trước khi đến", PERSON, {}),
    "TaiLieuNop": ([{"TenTepDinhKem": "don.pdf"}], PERSON, {}),
    "DanhSachGiayToKetQua": ([RESULT], FACT, {"e_result": "yes"}),
    "DanhSachLePhi": ([FEE], FACT, {"fee_amount": 15000, "fee_channel": "Chuyển khoản"}),
    "DanhSachHoSoBoSung": ([SUPPLEMENT], FACT, {"supplements": 1, "due_at": at(11, 17)}),
}
STEPS: Sent = {
    "MaHoSo": (CODE, FACT, {"code": CODE}),
    "NguoiXuLy": ("Lê Văn Tám", FACT, {"officer": "Lê Văn Tám"}),
    "ChucDanh": ("Chuyên viên chính", FACT, {}),
    "ThoiDiemXuLy": ("20260303100000", FACT, {"started_at": at(3, 10)}),
    "PhongBanXuLy": ("Văn phòng", FACT, {}),
    "NoiDungXuLy": ("đã gọi bà Mơ", PERSON, {}),
    "TrangThai": ("4", FACT, {"state": 4}),
    "NgayBatDau": ("20260303093000", FACT, {}),
    "NgayKetThucTheoQuyDinh": ("20260304170000", FACT, {}),
}
INSIDE = {"DanhSachGiayToKetQua": RESULT, "DanhSachLePhi": FEE, "DanhSachHoSoBoSung": SUPPLEMENT}
OF_PEOPLE = {"NguoiYeuCauBoSung", "NoiDungBoSung"}
ODD: list[Any] = [
    *(0, 7, 1.5, True, False, " x ", "\u200b", "Hồ" * 3000, "20261399000000"),
    *({"lạ": ["x"]}, ["x", {"lạ": 1}, 0], "-1", "11", "NaN", "’; DROP TABLE"),
]


async def kept(ledger: AsyncConnection, where: str) -> list[Any]:
    table = "portal_claims ORDER BY id" if where == FACT else "applicants ORDER BY case_id"
    rows = await ledger.execute(text(f"SELECT {where}::text FROM {table}"))
    return [json.loads(row[0]) for row in rows if row[0]]


async def became(ledger: AsyncConnection) -> dict[str, Any]:
    """The case, what it is called, and whose it is."""
    found = await dossier(ledger)
    case, about = found.case, found.about
    person = (await ledger.execute(text("SELECT * FROM applicants"))).mappings().one()
    started = [one.effective_at for one in found.events if one.type == "started"]
    columns = {name: getattr(case, name) for name in case.__slots__}
    names = {"procedure_code": about.procedure_code, "competent_unit": about.competent_unit}
    return columns | names | dict(person) | {"started_at": started[0] if started else None}


async def check(ledger: AsyncConnection, sent: Sent) -> None:
    """Everything that was sent is kept where it belongs, and nowhere else; and became its part."""
    found = await became(ledger)
    claims, told = str(await kept(ledger, FACT)), str(await kept(ledger, PERSON))
    for name, (value, where, becomes) in sent.items():
        for said in INSIDE.get(name, {name: value}).items():
            of_people = where == PERSON or said[0] in OF_PEOPLE
            words = str(said[1]) if not isinstance(said[1], str) else repr(said[1])
            assert words in (told if of_people else claims), said
            assert f"{said[0]!r}" not in (claims if of_people else told), said
        for column, wanted in becomes.items():
            assert found[column] == wanted, (name, column)


async def test_every_field_of_a_case(ledger: AsyncConnection) -> None:
    item = {name: value for name, (value, _, _) in CASES.items()}
    assert item.keys() == sync(P, 2).keys()
    assert {name: set(row) - OF_PEOPLE for name, row in INSIDE.items()} == FACTS_WITHIN
    assert await send(ledger, item) == ["recorded"]
    await check(ledger, CASES)


async def test_every_field_of_a_step(ledger: AsyncConnection) -> None:
    item = {name: value for name, (value, _, _) in STEPS.items()}
    assert item.keys() == step(4, "").keys()
    assert await send(ledger, sync(P, 2), item) == ["recorded", "recorded"]
    await check(ledger, STEPS)


def whole(facts: dict[str, Any], personal: dict[str, Any], name: str) -> list[Any]:
    """Every value within a field, wherever it was put, in an order of its own."""
    return sorted(map(repr, [*_leaves(facts.get(name)), *_leaves(personal.get(name))]))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [(key, leaf) for key, one in value.items() for leaf in _leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [] if value in (None, "") else [value]


@pytest.mark.parametrize("service", [SYNC, PROGRESS])
def test_nothing_odd_is_lost_or_breaks_the_reading(service: str) -> None:
    usual = sync(P, 2) if service == SYNC else step(4, "20260303100000")
    for name in [*usual, "CuaRiengTinh"]:
        for odd in [*ODD, *([{inner: odd}] for inner in INSIDE.get(name, ()) for odd in ODD)]:
            item = usual | {name: odd}
            facts, personal = split(service, item)
            assert whole(facts, personal, name) == sorted(map(repr, _leaves(odd))), (name, odd)
            claim = read_claim(service, digest_of(service, item), facts)
            assert claim.service == service


async def test_what_is_odd_is_kept_and_says_why_it_waits(ledger: AsyncConnection) -> None:
    strange = {"lạ": ["x-77"]}
    for number, name in enumerate(sync(P, 2)):
        if name == "MaHoSo":
            continue
        code = f"{CODE}-{number}"
        (status,) = await send(ledger, sync(P, 2, **{name: strange}) | {"MaHoSo": code})
        rows = await ledger.execute(
            text(
                "SELECT waits, coalesce(identity::text, '') || coalesce((SELECT a.told::text "
                "FROM applicants a JOIN cases c ON c.id = a.case_id WHERE c.code = p.case_code), "
                "'') FROM portal_claims p WHERE case_code = :code"
            ),
            {"code": code},
        )
        waits, said = rows.one()
        assert "x-77" in said, name
        assert bool(waits) is (status == "waiting"), name
        needed = {
            *("MaTTHC", "KenhThucHien", "NgayTiepNhan", "NgayHenTra", "TrangThaiHoSo"),
            "DonViXuLy",
        }
        assert (status == "waiting") is (name in needed), name
