"""A decision's procedures: new, changed, abolished."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.annexes import BIRTH, DECIDED, EVE, Import, counts
from tthc.db import catalogue
from tthc.domain.errors import NotFoundError


async def test_procedures_new_changed_and_abolished(owner: AsyncConnection, bring: Import) -> None:
    birth = await catalogue.procedure_by_code(owner, BIRTH, EVE)
    head = "code,name,sector,levels,yields_document,valid_to\n"
    annex = (
        f"{head}9.000001,Thủ tục mới,Lĩnh vực mới,Cấp tỉnh; cấp xã,có,\n"
        f"{BIRTH},Đăng ký khai sinh,{birth.sector},xã,,\n"
        "1.000178,,,,,2026-10-01\n"
    )
    report = await bring("procedures", annex)
    assert counts(report) == (1, 1, 1, 0, 0)
    new = await catalogue.procedure_by_code(owner, "9.000001", DECIDED)
    assert (new.levels, new.sector, new.decision) == (
        ["province", "commune"],
        "Lĩnh vực mới",
        "12/QĐ-UBND",
    )
    assert (await catalogue.procedure_by_code(owner, BIRTH, EVE)) == birth._replace(
        valid_to=DECIDED
    )
    assert (await catalogue.procedure_by_code(owner, BIRTH, DECIDED)).name == "Đăng ký khai sinh"
    with pytest.raises(NotFoundError):
        await catalogue.procedure_by_code(owner, "1.000178", DECIDED)
    again = await bring("procedures", annex)
    assert (counts(again), again.unchanged) == ((0, 0, 0, 0, 0), 3)


async def test_procedure_row_that_cannot_be_taken(bring: Import) -> None:
    annex = "code,name,sector,levels,valid_to\n1.1,Tên,,,\n9.9,,,,2026-10-01\n1.2,,,,\n"
    report = await bring("procedures", annex)
    reasons = {reject["line"]: reject["reasons"][0] for reject in report.rejects}
    assert "cần sector và levels" in reasons[2]
    assert "không có gì đang hiệu lực" in reasons[3]
    assert "cần name" in reasons[4]
