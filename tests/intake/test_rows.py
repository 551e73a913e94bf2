"""What a row becomes, and in which words it is rejected; other programs' profiles and files."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from tests.imports import Office, profile, reasons

HEADER = "mã,nhận,hẹn,xong\n"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_a_row_that_cannot_be_read_is_told_why_and_the_rest_lands(office: Office) -> None:
    report = office.take(
        HEADER
        + "H-1,2026-03-02 08:00,2026-03-05,\n"
        + "H-2,2026-02-30,hôm qua,\n"  # two reasons
        + ",2026-03-02,,\n"
        + "H-4,,2026-03-05,\n"
        + "H-5,2026-03-02\n"
        + "H-6,2026-03-02,,,thừa\n"
        + '"H-7\nx",2026-03-02,,\n'
        + "H-8,2026-03-02,,,\n"  # a comma too many says nothing
        + "\n , ,,\n"  # a blank line is no case
        + "H-9,2026-03-02,2026-03-05 09:30,2026-03-04 16:00\n"
    )
    assert (report.rows, report.created, report.rejected) == (9, 3, 6)
    assert set(office.cases()) == {"H-1", "H-8", "H-9"}
    told = reasons(office)
    assert list(told) == [3, 4, 5, 6, 7, 8]
    assert [("Cột nhận" in why, "Cột hẹn" in why) for why in told[3]] == [
        (True, False),
        (False, True),
    ]
    assert "“2026-02-30” không phải là ngày tiếp nhận hợp lệ" in told[3][0]
    assert told[4] == ["Cột mã bỏ trống: điền mã hồ sơ"]
    assert told[5] == ["Cột nhận bỏ trống: điền ngày tiếp nhận"]
    assert "Dòng có 2 ô mà tiêu đề có 4 cột" in told[6][0]
    assert "Dòng có 5 ô" in told[7][0]
    assert "viết trên một dòng" in told[8][0]
    assert report.rejects_file is not None
    path = Path(report.rejects_file)
    assert path.stat().st_mode & 0o077 == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["dòng", "lý do", "mã", "nhận", "hẹn", "xong"]
    assert [int(row[0]) for row in rows] == list(told)
    assert rows[0][1] == "; ".join(told[3])
    assert rows[0][2:] == ["H-2", "2026-02-30", "hôm qua", ""]
    assert rows[4][2:] == ["H-6", "2026-03-02", "", "", "thừa"]
    assert [event.type for event in office.events("H-9")] == ["received", "resolved"]
    office.prove()


def test_a_mended_rejects_file_can_be_imported_itself(office: Office) -> None:
    report = office.take(f"{HEADER}H-1,02/03/2026,,\n")
    assert report.rejects_file is not None
    mended = Path(report.rejects_file).read_text(encoding="utf-8-sig")
    again = office.take("\ufeff" + mended.replace("H-1,02/03/2026", "H-1,2026-03-02"))
    assert (again.created, again.rejected, again.rejects_file) == (1, 0, None)


def test_the_same_code_twice(office: Office) -> None:
    same = "H-1,2026-03-02,2026-03-05,\n"
    report = office.take(
        HEADER + same + "H-2,2026-03-02,,\nH-3,2026-03-02,,\n" + same + "H-2,2026-03-03,,\n" + same
    )
    assert (report.rows, report.created, report.rejected) == (4, 2, 2)
    told = reasons(office)
    assert list(told) == [3, 6]
    assert "“H-2” có ở các dòng 3, 6 với nội dung khác nhau" in told[3][0]
    assert set(office.cases()) == {"H-1", "H-3"}


def test_repeats_are_found_across_batches(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tthc.intake.table.BATCH", 3)
    rows = [f"H-{n % 7},2026-03-0{2 if n < 7 else 3 - (n % 7 > 2)},,\n" for n in range(14)]
    report = office.take(HEADER + "".join(rows))
    # H-0 to H-2 come with two dates, the others twice with one
    assert (report.rows, report.created, report.rejected) == (10, 4, 6)
    assert list(reasons(office)) == [2, 3, 4, 9, 10, 11]


@pytest.mark.parametrize(
    ("head", "between", "end"),
    [("\ufeff", ",", "\r\n"), ("", ";", "\n"), ("", "\t", "\r\n"), ("sep=;\n", ";", "\n")],
)
def test_dialects_of_csv(office: Office, head: str, between: str, end: str) -> None:
    lines = [
        ["mã ", "nhận", "hẹn", "xong", "chủ"],
        ["H-1", "2026-03-02", "", "", f'"Ông{between} ""Ba""\r\nvà bà"'],
        [" H-2 ", "2026-03-02", "", "", '"x"'],
        ["H-3", "2026-02-30", "", "", ""],
    ]
    text = head + "".join(between.join(line) + end for line in lines)
    report = office.take(text, profile({"applicant_name": "chủ"}))
    assert (report.created, report.rejected) == (2, 1)
    first = 2 + bool(head.startswith("sep"))
    assert list(reasons(office)) == [first + 3]  # the quoted line break is counted
    names = office.ask("SELECT code, name FROM applicants JOIN cases ON id = case_id ORDER BY code")
    assert [row["name"] for row in names] == [f'Ông{between} "Ba"\r\nvà bà', "x"]


def test_a_sheet_with_titles_above_and_a_total_below(office: Office) -> None:
    report = office.take(
        "SỞ TƯ PHÁP,,,,\nDanh sách hồ sơ,,,,\n\nSTT,mã,nhận,hẹn,xong\n"
        "1,H-1,2026-03-02,,\n2,H-2,2026-03-02,,\n2,H-2,2026-03-02,,\n3,H-3,x,,\nTổng số,4,,,\n"
    )
    # rows are counted as they stand; the doubled one is no contradiction
    assert (report.rows, report.created, report.rejected) == (3, 2, 1)
    assert list(reasons(office)) == [8]


def test_a_total_of_money_is_no_total_of_rows(office: Office) -> None:
    rows = "H-1,2026-03-02,,,1000\nH-2,2026-03-02,,,500\n"
    report = office.take(
        f"mã,nhận,hẹn,xong,phí\n{rows}Cộng,,,,1500\n", profile({"fee_amount": "phí"})
    )
    assert report.created == 2


def test_an_applicant_called_total_is_no_total(office: Office) -> None:
    read = profile({"applicant_name": "chủ"})
    report = office.take("mã,nhận,hẹn,xong,chủ\nH-1,2026-03-02,,,Tổng Công ty 5\n", read)
    assert report.created == 1
    report = office.take("mã,nhận,hẹn,xong,chủ\nH-2,2026-03-02,,,Tổng cộng\n", read)
    assert report.created == 1


def test_an_unknown_channel_without_a_map(office: Office) -> None:
    read = profile({"channel": "kênh"})
    report = office.take(
        "mã,nhận,hẹn,xong,kênh\nH-1,2026-03-02,,,Online\nH-2,2026-03-02,,,web\n", read
    )
    assert (report.created, report.rejected) == (1, 1)
    assert "counter, online, post, other" in reasons(office)[3][0]


def test_codes_mean_what_was_valid_at_the_receipt(office: Office) -> None:
    read = profile(
        {"receiving_unit": "đv", "competent_unit": "gq", "procedure_code": "tt"},
        units={},
        procedures={},
    )
    (old,) = office.ask("SELECT id, level FROM units WHERE code = '00001' AND valid_to IS NOT NULL")
    changed = office.ask(
        "SELECT o.code, o.id AS old, n.id AS new FROM units o JOIN units n ON n.code = o.code "
        "AND n.valid_from = o.valid_to WHERE o.name <> n.name ORDER BY 1 LIMIT 1"
    )[0]
    (procedure,) = office.ask("SELECT code FROM procedures ORDER BY code LIMIT 1")
    code, tt = changed["code"], procedure["code"]
    report = office.take(
        "mã,nhận,hẹn,xong,đv,gq,tt\n"
        f"H-1,2025-06-30 23:59,,,{code},,{tt}\n"
        f"H-2,2025-07-01 00:00,,,{code},{code}@2025-06-30,{tt}\n"
        f"H-3,2026-03-02,,,00001@2025-06-30,,{tt}\n"
        f"H-4,2026-03-02,,,không có,,{tt}\n"
        f"H-5,2026-03-02,,,{code},,không có\n"
        f"H-6,2026-03-02,,,{code}@hôm qua,,{tt}\n",
        read,
    )
    assert (report.created, report.rejected) == (3, 3)
    cases = office.cases()
    assert cases["H-1"]["receiving_unit_id"] == changed["old"] == cases["H-1"]["competent_unit_id"]
    assert cases["H-2"]["receiving_unit_id"] == changed["new"]
    assert cases["H-2"]["competent_unit_id"] == changed["old"]
    assert (cases["H-3"]["receiving_unit_id"], cases["H-3"]["level"]) == (old["id"], old["level"])
    told = reasons(office)
    assert "đơn vị tiếp nhận “không có” không có trong danh mục" in told[5][0]
    assert "mã thủ tục “không có” không có trong danh mục" in told[6][0]
    assert "không có hiệu lực" in told[7][0]
    assert not office.ask("SELECT 1 FROM units WHERE kind = 'imported'")


def test_a_dry_run_counts_and_explains_but_writes_nothing(office: Office) -> None:
    path = office.file(f"{HEADER}H-1,2026-03-02,,\nH-2,x,,\n")
    dry = office.take(path, dry_run=True)
    assert (dry.rows, dry.created, dry.rejected, dry.already_imported) == (2, 1, 1, False)
    assert dry.rejects_file is not None
    for table in ("imports", "import_rejects", "cases", "case_events"):
        assert office.ask(f"SELECT count(*) FROM {table}") == [{"count": 0}]
    assert not office.ask("SELECT 1 FROM units WHERE kind = 'imported'")
    assert office.take(path) == dry


def test_two_worlds_never_share_a_case(office: Office) -> None:
    assert office.take(f"{HEADER}H-1,2026-03-02,,\n", simulated=True).created == 1
    report = office.take(f"{HEADER}H-1,2026-03-02,,\nH-2,2026-03-02,,\n")
    assert (report.created, report.rejected) == (1, 1)
    assert "đã có ở sổ mô phỏng" in reasons(office)[2][0]
    worlds = office.ask(
        "SELECT c.code, c.simulated, u.simulated AS unit FROM cases c "
        "JOIN units u ON u.id = receiving_unit_id ORDER BY 1"
    )
    assert [(row["simulated"], row["unit"]) for row in worlds] == [(True, True), (False, False)]


def test_a_workbook_with_dates_numbers_and_text(office: Office) -> None:
    path = office.folder / "sổ.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Ghi chú").write(0, 0, "không phải danh sách")
        sheet = book.add_worksheet("Hồ sơ")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write(1, 1, "DANH SÁCH HỒ SƠ")
        sheet.write_row(2, 0, ["mã", "nhận", "hẹn", "xong", "phí"])
        sheet.write_string(3, 0, "001")
        sheet.write_datetime(3, 1, datetime(2026, 3, 2, 8, 5), moment)  # noqa: DTZ001  # a sheet knows no zone
        sheet.write_datetime(3, 2, datetime(2026, 3, 5), day)  # noqa: DTZ001  # as above
        sheet.write_string(3, 3, "04/03/2026 16:00")
        sheet.write_number(3, 4, 120000)
        sheet.write_number(4, 0, 2)
        sheet.write_string(4, 1, "31/02/2026 08:00")
        sheet.write_row(6, 0, ["Tổng cộng", "", "", "", 2])
    form = "%d/%m/%Y %H:%M"
    read = profile(
        {
            "received_at": {"column": "nhận", "format": form},
            "resolved_at": {"column": "xong", "format": form},
            "fee_amount": "phí",
        }
    )
    report = office.take(path, read)
    assert (report.rows, report.created, report.rejected) == (2, 1, 1)
    assert list(reasons(office)) == [5]
    case = office.case("001")
    assert case["received_at"] == instant("2026-03-02T08:05+07:00")
    assert case["overdue_at"] == instant("2026-03-06T00:00+07:00")
    assert case["resolved_at"] == instant("2026-03-04T16:00+07:00")
    assert case["fee_amount"] == 120000


def test_events_carry_the_import_and_its_instant(office: Office) -> None:
    at = datetime(2026, 11, 2, 3, tzinfo=UTC)
    office.take(f"{HEADER}H-1,2026-03-02 08:00,,2026-03-01\n", at=at)
    received, resolved = office.events("H-1")
    assert received.recorded_at == resolved.recorded_at == at
    assert received.actor == "import:thử"
    assert resolved.occurred_at == received.occurred_at - timedelta(hours=32)
    assert resolved.effective_at == received.effective_at
    (row,) = office.ask(
        "SELECT DISTINCT import_id, i.* FROM case_events JOIN imports i ON i.id = import_id"
    )
    assert (row["rows"], row["created"], row["simulated"]) == (1, 1, False)
