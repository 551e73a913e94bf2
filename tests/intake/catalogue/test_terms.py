"""A decision's terms: dated, sourced, confirmed or not, never overwritten."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.annexes import BIRTH, DECIDED, EVE, Import, counts, fingerprint
from tthc.db import catalogue


async def promised(connection: AsyncConnection, on: date, **case: Any) -> Any:
    facts: dict[str, Any] = {"level": "commune", "channel": "counter", "case_kind": None, **case}
    code = facts.pop("code", BIRTH)
    terms = await catalogue.terms_for(connection, code, on=on, **facts)
    return terms.promised and (terms.promised.amount, terms.promised.unit)


async def test_term_is_confirmed_by_a_later_decision(owner: AsyncConnection, bring: Import) -> None:
    annex = f"procedure_code,channel,amount,unit\n{BIRTH},Trực tiếp,1,Ngày làm việc\n"
    report = await bring("terms", annex)
    assert counts(report) == (0, 1, 0, 0, 0)
    assert report.details[0]["before"] == "“1”, chưa xác nhận"
    assert report.details[0]["after"] == "1 ngày làm việc"
    assert await promised(owner, EVE) is None
    assert await promised(owner, DECIDED) == (Decimal(1), "working_day")
    assert await promised(owner, DECIDED, channel="online") is None
    row = await owner.execute(
        text(
            "SELECT t.valid_from, old.valid_to, old.ended_by = t.source_id AS same, s.number"
            " FROM terms t JOIN terms old USING (procedure_code, channel)"
            " JOIN sources s ON s.id = t.source_id"
            " WHERE procedure_code = :code AND t.valid_from IS NOT NULL AND old.valid_to"
            " IS NOT NULL"
        ),
        {"code": BIRTH},
    )
    assert tuple(row.one()) == (DECIDED, DECIDED, True, "12/QĐ-UBND")


async def test_same_file_again_changes_nothing(owner: AsyncConnection, bring: Import) -> None:
    annex = f"procedure_code,amount,unit\n{BIRTH},2,Giờ\n1.000178,,\n"
    assert counts(await bring("terms", annex)) == (2, 0, 5, 1, 0)
    before = await fingerprint(owner)
    again = await bring("terms", annex)
    assert (counts(again), again.unchanged) == ((0, 0, 0, 0, 0), 2)
    assert await fingerprint(owner) == before


async def test_term_for_every_channel_takes_the_place_of_narrower_ones(
    owner: AsyncConnection, bring: Import
) -> None:
    """But not of those that the decision itself names, nor of the case kinds' own."""
    head = "procedure_code,case_kind,case_kind_name,channel,amount,unit\n"
    await bring("terms", f"{head}{BIRTH},xa,Cần xác minh,,5,working_day\n")
    later = {"decided_on": date(2026, 11, 1)}
    report = await bring(
        "terms", f"{head}{BIRTH},,,,2,working_day\n{BIRTH},,,online,1,working_day\n", **later
    )
    assert counts(report) == (1, 1, 2, 0, 0)
    on = date(2026, 11, 1)
    held = [await promised(owner, on, channel=c) for c in ("counter", "post", "online")]
    assert held == [(Decimal(days), "working_day") for days in (2, 2, 1)]
    assert await promised(owner, on, case_kind="xa") == (Decimal(5), "working_day")


async def test_dry_run_shows_the_same_and_changes_nothing(
    owner: AsyncConnection, bring: Import
) -> None:
    annex = f"procedure_code,channel,amount,unit\n{BIRTH},counter,1,working_day\n"
    before = await fingerprint(owner)
    tried = await bring("terms", annex, dry_run=True)
    assert await fingerprint(owner) == before
    real = await bring("terms", annex)
    assert (tried.details, counts(tried)) == (real.details, counts(real))
    assert (tried.dry_run, real.dry_run) == (True, False)


async def test_unreadable_term_is_kept_and_promises_nothing(
    owner: AsyncConnection, bring: Import
) -> None:
    report = await bring(
        "terms", f"procedure_code;channel;amount;unit\n{BIRTH};counter;120,000;Ngày\n"
    )
    assert (report.changed, report.unconfirmed) == (1, 1)
    assert "Không đọc được" in report.details[0]["problem"]
    assert await promised(owner, DECIDED) is None


async def test_earlier_version_slips_in_before_a_later_one(
    owner: AsyncConnection, bring: Import
) -> None:
    head = "procedure_code,channel,amount,unit,valid_from\n"
    rows = f"{BIRTH},counter,9,working_day,2027-01-01\n{BIRTH},counter,7,working_day,2026-11-01\n"
    assert counts(await bring("terms", head + rows)) == (0, 2, 0, 0, 0)
    for day, amount in ((date(2026, 12, 31), 7), (date(2027, 1, 1), 9)):
        assert await promised(owner, day) == (Decimal(amount), "working_day")
    assert await promised(owner, date(2026, 10, 31)) is None
    again = await bring("terms", head + rows)
    assert again.unchanged == 2


async def test_term_for_a_time_and_term_ended(owner: AsyncConnection, bring: Import) -> None:
    head = "procedure_code,channel,amount,unit,valid_to\n"
    await bring("terms", f"{head}{BIRTH},counter,3,working_day,2026-12-31\n")
    assert await promised(owner, date(2026, 12, 30)) == (Decimal(3), "working_day")
    assert await promised(owner, date(2026, 12, 31)) is None
    report = await bring("terms", f"{head}{BIRTH},counter,,,2026-11-01\n")
    assert counts(report) == (0, 0, 1, 0, 0)
    assert await promised(owner, date(2026, 11, 1)) is None


async def test_second_decision_of_the_same_day_does_not_overwrite(bring: Import) -> None:
    head = "procedure_code,channel,amount,unit\n"
    await bring("terms", f"{head}{BIRTH},counter,3,working_day\n")
    report = await bring("terms", f"{head}{BIRTH},counter,4,working_day\n", decision="13/QĐ")
    assert report.rejected == 1
    assert "không ghi đè" in report.rejects[0]["reasons"][0]


async def test_commitment_of_a_province(owner: AsyncConnection, bring: Import) -> None:
    head = "procedure_code,basis,committed_by,channel,amount,unit,cut_percent\n"
    annex = f"{head}1.000178,cam kết,75,,,,30\n1.000236,committed,75,online,4,working_day,\n"
    report = await bring("terms", annex)
    assert (report.added, report.rejected) == (2, 1)
    assert "dài hơn thời hạn luật định" in report.rejects[0]["reasons"][0]
    case = {"code": "1.000178", "level": "province", "channel": "post"}
    assert await promised(owner, DECIDED, **case, committed_by="75") == (
        Decimal(42),
        "working_day",
    )
    assert await promised(owner, DECIDED, **case, committed_by="01") == (
        Decimal(60),
        "working_day",
    )
    terms = await catalogue.terms_for(
        owner,
        "1.000178",
        level="province",
        channel="post",
        case_kind=None,
        on=DECIDED,
        committed_by="75",
    )
    assert terms.statutory is not None
    assert terms.statutory.amount == 60


async def test_cut_takes_the_narrowest_law(owner: AsyncConnection, bring: Import) -> None:
    head = "procedure_code,channel,amount,unit\n"
    law = f"{head}1.000236,,100,Ngày làm việc\n1.000236,online,3,Ngày làm việc\n"
    assert (await bring("terms", law)).unchanged == 1
    head = "procedure_code,basis,committed_by,channel,cut_percent,valid_from\n"
    report = await bring("terms", f"{head}1.000236,committed,75,online,50,2026-10-02\n")
    assert [each["after"] for each in report.details] == ["1,5 ngày làm việc"]
    held = await promised(
        owner, date(2026, 10, 2), code="1.000236", channel="online", committed_by="75"
    )
    assert held == (Decimal("1.5"), "working_day")


async def test_commitment_that_does_not_come_out_even_promises_nothing(
    owner: AsyncConnection, bring: Import
) -> None:
    head = "procedure_code,basis,committed_by,amount,unit,cut_percent,valid_from\n"
    await bring("terms", "procedure_code,amount,unit\n1.000236,15,Ngày\n")
    report = await bring("terms", f"{head}1.000236,committed,75,,,30,2026-10-02\n")
    problems = [each["problem"] for each in report.details]
    assert any("không ra số chẵn" in (problem or "") for problem in problems)
    report = await bring("terms", f"{head}{BIRTH},committed,75,,,30,2026-10-02\n")
    assert report.unconfirmed == report.added == 3
    assert await promised(owner, date(2026, 10, 2), committed_by="75") is None


async def test_case_kinds_have_their_own_terms(owner: AsyncConnection, bring: Import) -> None:
    head = "procedure_code,case_kind,case_kind_name,amount,unit,cutoff\n"
    report = await bring("terms", f"{head}{BIRTH},xa,,5,working_day,\n")
    assert "case_kind_name" in report.rejects[0]["reasons"][0]
    report = await bring("terms", f"{head}{BIRTH},xa,Cần xác minh,5,working_day,15:00\n")
    assert counts(report) == (1, 0, 0, 0, 0)
    assert await promised(owner, DECIDED, case_kind="xa") == (Decimal(5), "working_day")
    name = await owner.execute(text("SELECT name FROM case_kinds WHERE code = 'xa'"))
    assert name.scalar_one() == "Cần xác minh"


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("9.999999,,,5,working_day,,,,", "không có thủ tục mã này"),
        (",,,5,working_day,,,,", "procedure_code trống"),
        (f"{BIRTH},điện thoại,,5,working_day,,,,", "“điện thoại” phải là một trong"),
        (f"{BIRTH},,làng,5,working_day,,,,", "cột level"),
        (f"{BIRTH},,,5,working_day,2026-02-30,,,", "không phải ngày có thật"),
        (f"{BIRTH},,,5,working_day,,cam kết,,", "committed_by"),
        (f"{BIRTH},,,5,working_day,,cam kết,zz,", "đơn vị cam kết “zz”"),
        (f"{BIRTH},,,,,,cam kết,75,130", "số phần trăm"),
        (f"{BIRTH},,,5,working_day,,cam kết,75,30", "thay cho amount"),
        (f"{BIRTH},,,5,working_day,,luật,,", "cột basis"),
    ],
)
async def test_row_that_cannot_be_taken(
    owner: AsyncConnection, bring: Import, row: str, word: str
) -> None:
    head = "procedure_code,channel,level,amount,unit,valid_from,basis,committed_by,cut_percent\n"
    before = await fingerprint(owner)
    report = await bring("terms", head + row + "\n")
    assert counts(report) == (0, 0, 0, 0, 1)
    assert report.rejects[0]["line"] == 2
    assert word in "; ".join(report.rejects[0]["reasons"])
    assert await fingerprint(owner) == before


async def test_repeated_rows_count_once_and_contradicting_ones_are_rejected(
    bring: Import,
) -> None:
    head = "procedure_code,amount,unit\n"
    good = f"{BIRTH},5,working_day\n"
    report = await bring("terms", head + good + good)
    assert (report.added, report.rejected) == (1, 0)
    report = await bring("terms", f"{head}1.000178,5,working_day\n1.000178,6,working_day\n{good}")
    assert [reject["line"] for reject in report.rejects] == [2, 3]
    assert (report.added, report.unchanged) == (0, 1)
