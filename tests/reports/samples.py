"""Documents as the service gathers them, for forms without a database."""

from typing import Any

CODE = "H26.14-260302-000123"
Document = dict[str, Any]


def common(form: str, title: str, **more: Any) -> Document:
    """What every form holds."""
    document: Document = {
        "form": form,
        "title": title,
        "paper": "a5",
        "watermark": None,
        "footer": CODE,
        "number": None,
        "code": CODE,
        "head": {
            "above": None,
            "name": "Ủy ban nhân dân\nphường Ba Đình",
            "desk": "BỘ PHẬN MỘT CỬA",
            "place": "Ba Đình",
            "date": "ngày 02 tháng 3 năm 2026",
        },
        "shop": "Ủy ban nhân dân phường Ba Đình",
        "applicant": {
            "name": "Nguyễn Thị Mơ",
            "identity": "001190012345",
            "address": "Số 12 ngõ 34 phố Đội Cấn, phường Ba Đình, thành phố Hà Nội",
            "phone": "0912 345 678",
            "email": "mo.nguyen@example.vn",
            "authorised": None,
        },
        "content": "Đăng ký biến động quyền sử dụng đất (1.012756)",
    }
    return document | more


def receipt(**more: Any) -> Document:
    return (
        common(
            "01",
            "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
            papers=["Đơn đăng ký biến động (bản chính)", "Giấy chứng nhận đã cấp (bản gốc)"],
            sets=1,
            term="5 ngày làm việc",
            received="09:00 ngày 02/03/2026",
            due="17:00 thứ Hai, ngày 09/03/2026",
            channel="Trực tiếp",
            collect="Trực tiếp tại Bộ phận Một cửa, Ủy ban nhân dân phường Ba Đình",
            clerk="Lê Văn Tám",
            pin=None,
        )
        | more
    )


def supplement(**more: Any) -> Document:
    return (
        common(
            "02",
            "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
            rows=[{"label": "Thời gian nhận hồ sơ", "value": "09:00 ngày 02/03/2026"}],
            asks="Đề nghị bổ sung, hoàn thiện hồ sơ những nội dung sau:",
            matter="Bản sao trích lục bản đồ địa chính\nTờ khai thuế",
            notes=["Hạn bổ sung: hết ngày 18/03/2026."],
            signers=[
                {"role": "Người nộp hồ sơ", "name": None},
                {"role": "Người hướng dẫn", "name": "Lê Văn Tám"},
            ],
        )
        | more
    )


def letter(**more: Any) -> Document:
    made = common(
        "04",
        "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
        paper="a4",
        number="15/XL",
        paragraphs=[
            "Ngày 02/03/2026, Ủy ban nhân dân phường Ba Đình tiếp nhận hồ sơ của Ông/Bà.",
            "Lý do: LỖI hệ thống. Tự ĐỀ NGHỊ hẹn lại.",
        ],
        copies=["Như trên", "Bộ phận Một cửa"],
        signer="Trần Thị Hai",
    )
    made["head"]["desk"] = None
    return made | more


def refusal(**more: Any) -> Document:
    told = {
        "number": "05/TC-UBND",
        "asks": "Ủy ban nhân dân phường Ba Đình từ chối giải quyết hồ sơ này vì lý do sau:",
        "matter": "Không đủ điều kiện: thửa đất đang tranh chấp",
        "notes": ["Nếu không đồng ý, Ông/Bà (tổ chức) có quyền khiếu nại, khởi kiện."],
        "signers": [{"role": "Thủ trưởng cơ quan, đơn vị", "name": None}],
    }
    return supplement(form="03", title="Phiếu từ chối giải quyết hồ sơ", **told) | more


def notice(**more: Any) -> Document:
    told = {
        "number": "09/TB-UBND",
        "paragraphs": ["Đã quá thời hạn bổ sung mà không nhận được hồ sơ hoàn thiện."],
    }
    return letter(form="05", title="Thông báo dừng giải quyết", **told) | more


def control(**more: Any) -> Document:
    step = {
        "from": "Bộ phận Một cửa",
        "to": "Văn phòng: Lê Văn Tám",
        "at": "10:00 02/03/2026",
        "verdict": "Đúng hạn",
        "note": "",
    }
    return (
        common(
            "06",
            "Phiếu kiểm soát quá trình giải quyết hồ sơ",
            paper="a4",
            competent="Ủy ban nhân dân phường Ba Đình",
            received="09:00 ngày 02/03/2026",
            due="17:00 ngày 09/03/2026",
            steps=[step] * 3,
        )
        | more
    )


HEADINGS = (
    *("STT", "Mã hồ sơ", "Tên TTHC", "Tên tổ chức, cá nhân", "Địa chỉ, số điện thoại"),
    *("Cơ quan chủ trì giải quyết", "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả"),
    *("Phương thức nhận kết quả", "Ký nhận"),
)


def register(**more: Any) -> Document:
    row = [
        *(CODE, "Đăng ký biến động quyền sử dụng đất", "Nguyễn Thị Mơ", "12 Đội Cấn, 0912345678"),
        *("Ủy ban nhân dân phường Ba Đình", "09:00 02/03/2026", "17:00 09/03/2026", "", ""),
    ]
    return (
        common(
            "07",
            "Sổ theo dõi hồ sơ",
            paper="a4",
            period="Từ ngày 01/03/2026 đến hết ngày 31/03/2026",
            headings=list(HEADINGS),
            rows=[row] * 40,
            total="40",
        )
        | more
    )


def handover(**more: Any) -> Document:
    row = {"code": CODE, "procedure": "Chứng thực", "applicant": "Mơ", "due": "17:00 09/03/2026"}
    return (
        common(
            "handover",
            "Phiếu bàn giao hồ sơ",
            paper="a4",
            number="BG-260302-01",
            **{"from": "Bộ phận Một cửa", "to": "Phòng Kinh tế", "at": "10:00 02/03/2026"},
            total="3",
            note=None,
            rows=[row] * 3,
        )
        | more
    )


def shift(**more: Any) -> Document:
    row = {"code": CODE, "procedure": "Chứng thực", "officer": "Tám", "due": "17:00 09/03/2026"}
    return (
        common(
            "shift",
            "Bàn giao ca",
            day="Ngày 02/03/2026",
            clerk="Lê Văn Tám",
            done=[{"name": "Tiếp nhận", "count": "12"}, {"name": "Đã trả kết quả", "count": "7"}],
            left=[{"name": "Đang giải quyết, quá hạn", "total": "5", "rows": [row] * 3, "more": 2}],
        )
        | more
    )
