"""A decision's units: new, renamed, divided, ended, with those that inherit them."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.annexes import DECIDED, EVE, Import, counts, fingerprint
from tthc.db import catalogue
from tthc.domain.errors import NotFoundError

UNITS = "code,name,kind,level,parent,valid_to,successors\n"


async def test_commune_divided_between_two(owner: AsyncConnection, bring: Import) -> None:
    annex = (
        f"{UNITS}00004,,,,,2026-10-01,99001 99002\n"
        "99001,Phường Ba Đình 1,UBND,xã,01,,\n99002,Phường Ba Đình 2,UBND,xã,01,,\n"
    )
    report = await bring("units", annex)
    assert counts(report) == (2, 0, 1, 0, 0)
    old = await catalogue.unit_by_code(owner, "00004", EVE)
    heirs = await catalogue.successors_of(owner, old)
    assert [unit.code for unit in heirs] == ["99001", "99002"]
    assert {unit.root_id for unit in heirs} == {old.root_id}
    divided = await owner.execute(
        text("SELECT bool_and(divided) FROM unit_successors WHERE predecessor_id = :id"),
        {"id": old.id},
    )
    assert divided.scalar_one() is True
    with pytest.raises(NotFoundError, match="đến trước 01/10/2026"):
        await catalogue.unit_by_code(owner, "00004", DECIDED)
    again = await bring("units", annex)
    assert (counts(again), again.unchanged) == ((0, 0, 0, 0, 0), 3)


async def test_renamed_commune_inherits_itself(owner: AsyncConnection, bring: Import) -> None:
    report = await bring("units", f"{UNITS}00004,Phường Mới,UBND,xã,01,,\n")
    assert counts(report) == (0, 1, 0, 0, 0)
    old = await catalogue.unit_by_code(owner, "00004", EVE)
    new = await catalogue.unit_by_code(owner, "00004", DECIDED)
    assert (old.name, new.name) == ("Phường Ba Đình", "Phường Mới")
    assert await catalogue.successors_of(owner, old) == [new]


async def test_new_department_and_its_division_in_any_order(
    owner: AsyncConnection, bring: Import
) -> None:
    annex = f"{UNITS}01-STP-1,Phòng Hộ tịch,phòng,tỉnh,01-STP,,\n01-STP,Sở Tư pháp,sở,tỉnh,01,,\n"
    assert counts(await bring("units", annex)) == (2, 0, 0, 0, 0)
    division = await catalogue.unit_by_code(owner, "01-STP-1", DECIDED)
    department = await catalogue.unit_by_code(owner, "01-STP", DECIDED)
    assert division.parent_id == department.id
    assert division.root_id == department.parent_id
    assert (division.kind, department.kind) == ("division", "department")
    assert (await bring("units", annex)).unchanged == 2


async def test_unit_above_others_does_not_end_without_them(bring: Import) -> None:
    await bring(
        "units",
        f"{UNITS}01-STP,Sở Tư pháp,sở,tỉnh,01,,\n01-STP-1,Phòng Hộ tịch,phòng,tỉnh,01-STP,,\n",
    )
    later = {"decided_on": date(2027, 1, 1)}
    report = await bring("units", f"{UNITS}01-STP,Sở Pháp chế,sở,tỉnh,01,,\n", **later)
    assert "còn 1 đơn vị trực thuộc (01-STP-1)" in report.rejects[0]["reasons"][0]
    report = await bring("units", f"{UNITS}01,,,,,2027-01-01,\n", **later)
    assert "127 đơn vị trực thuộc" in report.rejects[0]["reasons"][0]
    report = await bring(
        "units",
        f"{UNITS}01-STP,Sở Pháp chế,sở,tỉnh,01,,\n01-STP-1,Phòng Hộ tịch,phòng,tỉnh,01-STP,,\n",
        **later,
    )
    assert counts(report) == (0, 2, 0, 0, 0)


async def test_refused_unit_takes_those_that_need_it_along(
    owner: AsyncConnection, bring: Import
) -> None:
    before = await fingerprint(owner)
    report = await bring(
        "units",
        f"{UNITS}A,Sở A,sở,tỉnh,không-có,,\nB,Phòng B,phòng,tỉnh,A,,\n"
        "00004,,,,,2026-10-01,B\nC,Sở C,sở,tỉnh,D,,\nD,Sở D,sở,tỉnh,C,,\n",
    )
    reasons = {reject["line"]: reject["reasons"][0] for reject in report.rejects}
    assert "“không-có” không có hiệu lực" in reasons[2]
    assert "“A” không có hiệu lực" in reasons[3]
    assert "đơn vị kế thừa “B”" in reasons[4]
    assert reasons[5] == reasons[6] == "các đơn vị này là cấp trên của nhau"
    assert await fingerprint(owner) == before


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("9 9,Tên,sở,tỉnh,01,,", "cột code"),
        ("99@1,Tên,sở,tỉnh,01,,", "cột code"),
        ("991,Tên,,tỉnh,01,,", "cần kind và level"),
        ("991,Tên,chợ,tỉnh,01,,", "“chợ” phải là một trong"),
        ("991,,,,,,", "cần name"),
        ("991,Tên,sở,tỉnh,00004,,", "ở cấp thấp hơn"),
        ("001,,,,,2026-10-01,", "không có gì đang hiệu lực"),
    ],
)
async def test_unit_row_that_cannot_be_taken(bring: Import, row: str, word: str) -> None:
    report = await bring("units", f"{UNITS}{row}\n")
    assert counts(report) == (0, 0, 0, 0, 1)
    assert word in "; ".join(report.rejects[0]["reasons"])
