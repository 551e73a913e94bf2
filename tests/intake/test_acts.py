"""Every field of the ledger from a full export: the row, its events, the states it tells."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.imports import Office, profile, reasons
from tthc.intake.json_text import read_change


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


FULL = {
    "case_code": "Mã",
    "procedure_code": "TTHC",
    "procedure_name": "Tên TTHC",
    "sector": "Lĩnh vực",
    "receiving_unit": "Nơi nhận",
    "competent_unit": "Nơi giải quyết",
    "channel": {"column": "Hình thức", "map": {"TT": "counter", "Trực tuyến": "online"}},
    "received_at": {"column": "Nhận", "format": "%d/%m/%Y %H:%M"},
    "due_at": {"column": "Hẹn", "format": "%d/%m/%Y"},
    "resolved_at": {"column": "Xong", "format": "%d/%m/%Y %H:%M"},
    "returned_at": {"column": "Trả", "format": "%d/%m/%Y %H:%M"},
    "state": {"column": "Trạng thái", "map": {"Đang xử lý": 4, "Đã trả": 10, "Bổ sung": 5}},
    "outcome": {"column": "KQ", "map": {"Cấp": "granted", "Từ chối": "refused"}},
    "applicant_name": "Chủ",
    "officer": "Cán bộ",
    "letter_number": "Số thư",
    "letter_sent_at": {"column": "Gửi thư", "format": "%d/%m/%Y"},
    "letter_new_due_at": {"column": "Hẹn lại", "format": "%d/%m/%Y"},
    "e_result": {"column": "KQĐT", "map": {"x": "yes"}, "unmapped": "no"},
    "fee_amount": "Phí",
    "fee_paid_at": {"column": "Nộp phí", "format": "%d/%m/%Y %H:%M"},
    "fee_channel": {"const": "VNPay"},
    "return_channel": "Cách trả",
    "case_kind": "Trường hợp",
    "out_of_territory": "PĐG",
    "cause": "Nguyên nhân",
    "parent_case_code": "Mã gốc",
}
FULL_ROW = {
    "Mã": "H-1", "TTHC": "9.9", "Tên TTHC": "Cấp phép", "Lĩnh vực": "Xây dựng", "Nơi nhận": "A",
    "Nơi giải quyết": "B", "Hình thức": "Trực tuyến", "Nhận": "02/03/2026 08:00",
    "Hẹn": "05/03/2026", "Xong": "06/03/2026 09:00", "Trả": "07/03/2026 10:30",
    "Trạng thái": "Đã trả", "KQ": "Từ chối", "Chủ": "Nguyễn Văn A", "Cán bộ": 'canbo\\1"',
    "Số thư": "12/TXL", "Gửi thư": "04/03/2026", "Hẹn lại": "09/03/2026", "KQĐT": "x",
    "Phí": "1.250.000 đ", "Nộp phí": "02/03/2026 08:05", "Cách trả": "bưu chính",
    "Trường hợp": "cấp lại", "PĐG": "Có", "Nguyên nhân": "staff", "Mã gốc": "H-0",
}  # fmt: skip


def full(*rows: dict[str, str]) -> str:
    lines = [list(FULL_ROW), *([row.get(name, "") for name in FULL_ROW] for row in rows)]
    cell = '"{}"'.format
    return "".join(",".join(cell(c.replace('"', '""')) for c in line) + "\n" for line in lines)


def test_every_field_finds_its_place(office: Office) -> None:
    report = office.take(
        full(FULL_ROW), profile(FULL, units={"auto_create": True, "level": "province"})
    )
    assert report.created == 1
    case = office.case("H-1")
    expected: dict[str, Any] = {
        "state": 10,
        "level": "province",
        "channel": "online",
        "case_kind": "cấp lại",
        "out_of_territory": True,
        "officer": 'canbo\\1"',
        "parent_case_code": "H-0",
        "submitted_at": instant("2026-03-02T08:00+07:00"),
        "received_at": instant("2026-03-02T08:00+07:00"),
        "due_at": instant("2026-03-05T17:00+07:00"),
        "overdue_at": instant("2026-03-06T00:00+07:00"),
        "first_due_at": instant("2026-03-05T17:00+07:00"),
        "promised_overdue_at": instant("2026-03-06T00:00+07:00"),
        "re_promised_at": instant("2026-03-09T17:00+07:00"),
        "resolved_at": instant("2026-03-06T09:00+07:00"),
        "outcome": "refused",
        "returned_at": instant("2026-03-07T10:30+07:00"),
        "letter_number": "12/TXL",
        "letter_issued_at": instant("2026-03-04T00:00+07:00"),
        "letter_sent_at": instant("2026-03-04T00:00+07:00"),
        "cause": "staff",
        "e_result": "yes",
        "fee_amount": Decimal("1250000.00"),
        "fee_paid_at": instant("2026-03-02T08:05+07:00"),
        "fee_channel": "VNPay",
        "return_channel": "bưu chính",
    }
    assert {name: case[name] for name in expected} == expected
    assert [event.type for event in office.events("H-1")] == [
        *("received", "fee_paid", "letter_issued", "letter_sent", "resolved", "returned")
    ]
    (applicant,) = office.ask("SELECT name FROM applicants")
    assert applicant["name"] == "Nguyễn Văn A"
    written = json.dumps(office.ask("SELECT change::text, payload::text FROM case_events"))
    assert "Nguyễn" not in written
    (procedure,) = office.ask(
        "SELECT p.name, s.name AS sector FROM procedures p JOIN sectors s ON s.id = sector_id "
        "WHERE code = '9.9'"
    )
    assert procedure == {"name": "Cấp phép", "sector": "Xây dựng"}
    units = {u["id"]: u["code"] for u in office.ask("SELECT id, code FROM units")}
    assert units[case["receiving_unit_id"]] == "A"
    assert units[case["competent_unit_id"]] == "B"
    office.prove()


def test_states_and_instants_that_a_file_claims(office: Office) -> None:
    base = {key: FULL_ROW[key] for key in ("TTHC", "Nơi nhận", "Hình thức", "Nhận")}
    at = {"Xong": "06/03/2026 09:00"}
    back = {"Trả": "07/03/2026 10:30"}
    claims: dict[str, tuple[dict[str, str], int, list[str]]] = {
        "none": ({}, 2, ["received"]),
        "1": ({"Trạng thái": "1"}, 1, ["submitted"]),
        "2": ({"Trạng thái": "2"}, 2, ["received"]),
        "3": ({"Trạng thái": "3"}, 3, ["submitted", "declined"]),
        "4": ({"Trạng thái": "4"}, 4, ["received", "started"]),
        "5": ({"Trạng thái": "5"}, 5, ["received", "suspended"]),
        "6": ({"Trạng thái": "6"}, 6, ["received", "charged"]),
        "7": ({"Trạng thái": "7", **at}, 7, ["received", "withdrawn"]),
        "8": ({"Trạng thái": "8"}, 8, ["received", "stopped"]),
        "9": ({"Trạng thái": "9", **at}, 9, ["received", "resolved"]),
        "10": ({"Trạng thái": "10", **back}, 10, ["received", "resolved", "returned"]),
        "10-": ({"Trạng thái": "10", **at}, 10, ["received", "resolved", "returned"]),
        "4+": ({"Trạng thái": "4", **at}, 9, ["received", "resolved"]),
        "5+": ({"Trạng thái": "5", **at}, 9, ["received", "resolved"]),
        "1+": ({"Trạng thái": "1", **at}, 9, ["received", "resolved"]),
        "back": (back, 10, ["received", "resolved", "returned"]),
        "back early": ({**at, "Trả": "05/03/2026 08:00"}, 10, ["received", "resolved", "returned"]),
        "letter": ({**at, "Số thư": "1"}, 9, ["received", "letter_issued", "resolved"]),
        "re": ({**at, "Hẹn lại": "09/03/2026"}, 9, ["received", "extended", "resolved"]),
        "fee": ({"Phí": "1000"}, 2, ["received"]),
    }
    fields = {**FULL, "state": "Trạng thái"}
    rows = [{**base, **claim, "Mã": code} for code, (claim, _, _) in claims.items()]
    bad = [{**base, "Trạng thái": state, "Mã": f"bad {state}"} for state in ("9", "10", "11")]
    report = office.take(full(*rows, *bad), profile(fields))
    assert (report.created, report.rejected) == (len(rows), 3)
    told = reasons(office)
    assert ["không có ngày xử lý xong" in why[0] for why in told.values()] == [True, True, False]
    cases = office.cases()
    for code, (_, state, types) in claims.items():
        assert (code, cases[code]["state"]) == (code, state)
        assert sorted(event.type for event in office.events(code)) == sorted(types)
    received = instant("2026-03-02T08:00+07:00")
    assert cases["1"]["received_at"] is None
    assert cases["3"]["ended_at"] == received
    assert cases["7"]["ended_at"] == instant("2026-03-06T09:00+07:00")
    assert cases["5"]["suspended_at"] == received
    assert cases["5"]["supplements"] == 1
    assert cases["6"]["suspended_at"] == received
    assert cases["back"]["resolved_at"] == instant("2026-03-07T10:30+07:00")
    assert cases["back"]["outcome"] == "granted"
    resolved = next(event for event in office.events("back") if event.type == "resolved")
    assert read_change(resolved.payload or "") == {"resolved_at": "from returned_at"}
    assert cases["10-"]["returned_at"] is None
    assert cases["letter"]["letter_issued_at"] == instant("2026-03-06T09:00+07:00")
    assert cases["letter"]["letter_sent_at"] is None
    assert cases["re"]["letter_issued_at"] is None
    assert cases["fee"]["fee_amount"] == 1000
    office.prove()


def test_words_that_a_map_lacks(office: Office) -> None:
    base = {**FULL_ROW, "Hình thức": "Fax"}
    report = office.take(full(base, {**FULL_ROW, "Mã": "H-2", "KQĐT": "?"}), profile(FULL))
    assert (report.created, report.rejected) == (1, 1)
    assert "“Fax” không có trong map của hình thức nộp (TT, Trực tuyến)" in reasons(office)[2][0]
    assert office.case("H-2")["e_result"] == "no"
    lenient = {"column": "Hình thức", "map": {"TT": "counter"}, "unmapped": "other"}
    blank = {**FULL_ROW, "Mã": "H-3", "Hình thức": ""}
    report = office.take(full(base, blank), profile({**FULL, "channel": lenient}))
    assert report.created == 2
    assert {office.case(code)["channel"] for code in ("H-1", "H-3")} == {"other"}
