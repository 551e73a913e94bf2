"""Requests that the API's page shows; all persons are invented."""

from typing import Any

RECEIVE = {
    "procedure_code": "1.000236",
    "receiving_unit": "00004",
    "channel": "counter",
    "applicant": {
        "name": "Nguyễn Thị Mơ",
        "kind": "citizen",
        "identity_number": "001190000001",
        "phone": "0900000001",
        "content": "Cấp bản sao trích lục",
    },
}
SUBMIT = RECEIVE | {"channel": "online", "act": "submit"}
ACTS: dict[str, dict[str, Any]] = {
    "start": {"type": "start", "officer": "Lê Văn Tám"},
    "suspend": {"type": "suspend", "content": "Bản sao trích lục bản đồ"},
    "resume": {"type": "resume", "occurred_at": "2026-03-05T09:00:00+07:00"},
    "extend": {"type": "extend", "letter_number": "15/XL"},
    "transfer": {"type": "transfer", "unit": "00008"},
    "resolve": {"type": "resolve", "outcome": "granted", "e_result": "yes"},
    "return_result": {"type": "return", "channel": "counter"},
    "correct": {
        "type": "correct",
        "reason": "Ghi nhầm ngày",
        "approver": "Trần Thị Hai",
        "effective_at": "2026-03-06T10:00:00+07:00",
    },
}
BATCH = {"batch": "07/BG", "codes": ["00004-260302-000001"], "unit": "00008"}
TAKE_OVER = {"batch": "07/BG", "officer": "Lê Văn Tám"}
DRAFT = {"reason": "Hệ thống gián đoạn", "cause": "system", "new_due": "2026-03-16"}
EXPLANATION = {
    "period": "month:2026-03",
    "unit": "00004",
    "text": "Phần mềm một cửa mất kết nối hai ngày",
}
APPROVAL = {"approver": "Trần Thị Hai"}
ISSUE = {"number": "15/XL", "signer": "Trần Thị Hai"}
SENDING = {"channel": "email"}
SYNC = {
    "madonvi": "H26",
    "service": "DongBoHoSoMC",
    "data": [
        {
            "MaHoSo": "000.00.04.H26-260302-0001",
            "MaTTHC": "1.000236",
            "KenhThucHien": "2",
            "ChuHoSo": "Nguyễn Thị Mơ",
            "NgayTiepNhan": "20260302090000",
            "NgayHenTra": "20260309170000",
            "TrangThaiHoSo": "5",
            "DonViXuLy": "00004",
            "DanhSachHoSoBoSung": [
                {
                    "NgayBoSung": "20260303090000",
                    "NgayTiepNhanBoSung": "",
                    "NgayHenTraTruoc": "20260309170000",
                    "NgayHenTraMoi": "",
                }
            ],
        }
    ],
}
STEP = {
    "madonvi": "H26",
    "service": "CapNhatTienDoHoSoMC",
    "data": [
        {
            "MaHoSo": "000.00.04.H26-260302-0001",
            "NguoiXuLy": "Lê Văn Tám",
            "ThoiDiemXuLy": "20260303100000",
            "TrangThai": "4",
        }
    ],
}
