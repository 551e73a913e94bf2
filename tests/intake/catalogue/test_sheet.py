"""An annex as a file: CSV and XLSX, and what is neither."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.annexes import BIRTH, DECIDED, counts
from tthc.db import catalogue
from tthc.domain.errors import InputError
from tthc.intake.catalogue.decision import import_catalogue


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "trống"),
        (b"\n\n  \n", "trống"),
        (b"procedure_code,amount\n", "chỉ có dòng tiêu đề"),
        (b"code,amount\n1,2\n", "thiếu cột procedure_code; có cột lạ code"),
        (b"procedure_code,amount,amount\n1,2,3\n", "lặp cột amount"),
        ("procedure_code,unit\n1,Ngày\n".encode("utf-16"), "không phải UTF-8"),
        (b"procedure_code,amount\n1,2,3\n", "Dòng 2 có 3 ô"),
        (b'procedure_code,amount\n1,"2\n', "không đọc được"),
        (b"procedure_code,amount\n1," + b"9" * 200_000 + b"\n", "không đọc được"),
    ],
)
async def test_file_that_is_no_annex(
    owner: AsyncConnection, tmp_path: Path, content: bytes, word: str
) -> None:
    file = tmp_path / "annex.csv"
    file.write_bytes(content)
    with pytest.raises(InputError, match=word):
        await import_catalogue(owner, "terms", file, decision="1", decided_on=DECIDED)


async def test_missing_file_and_missing_decision(owner: AsyncConnection, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Không có tệp"):
        await import_catalogue(
            owner, "terms", tmp_path / "none.csv", decision="1", decided_on=DECIDED
        )
    with pytest.raises(InputError, match="Số quyết định"):
        await import_catalogue(owner, "terms", tmp_path, decision=" ", decided_on=DECIDED)


async def test_windows_file_and_xlsx_say_the_same(owner: AsyncConnection, tmp_path: Path) -> None:
    windows = tmp_path / "annex.csv"
    windows.write_bytes(
        "﻿procedure_code;channel;amount;unit;valid_from\r\n"
        f"{BIRTH};counter;1,5;Ngày làm việc;05/11/2026\r\n".encode()
    )
    book = tmp_path / "annex.xlsx"
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["procedure_code", "channel", "amount", "unit", "valid_from"])
        sheet.write_row(2, 0, [BIRTH, "counter", 1.5, "Ngày làm việc"])
        dated = workbook.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_datetime(2, 4, date(2026, 11, 5), dated)
    options: dict[str, Any] = {"decision": "1", "decided_on": DECIDED}
    first = await import_catalogue(owner, "terms", windows, **options)
    assert counts(first) == (0, 1, 0, 0, 0)
    second = await import_catalogue(owner, "terms", book, **options)
    assert second.unchanged == 1
    terms = await catalogue.terms_for(
        owner,
        BIRTH,
        level="commune",
        channel="counter",
        case_kind=None,
        on=date(2026, 11, 5),
    )
    assert terms.promised is not None
    assert (terms.promised.amount, terms.promised.unit) == (Decimal("1.5"), "working_day")


async def test_broken_xlsx(owner: AsyncConnection, tmp_path: Path) -> None:
    book = tmp_path / "annex.xlsx"
    book.write_bytes(b"not a workbook")
    with pytest.raises(InputError, match="không phải XLSX"):
        await import_catalogue(owner, "terms", book, decision="1", decided_on=DECIDED)
