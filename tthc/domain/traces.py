"""What is kept of who looked and who changed, beside the acts on cases: codes and logins only.

Nobody's name, number or free text belongs into a trace: its details are of the kinds listed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# kind → label on screen
TRACES = {
    "signed_in": "Đăng nhập",
    "sign_in_refused": "Đăng nhập bị từ chối",
    "signed_out": "Đăng xuất",
    "password_changed": "Đổi mật khẩu",
    "refused": "Yêu cầu bị từ chối",
    "identity_read": "Đọc thông tin người nộp",
    "searched": "Tìm hồ sơ theo người nộp",
    "form_printed": "In mẫu có thông tin người nộp",
    "exported": "Xuất dữ liệu",
    "sampled": "Rút mẫu kiểm tra",
    "account_opened": "Mở tài khoản",
    "account_ended": "Ngừng tài khoản",
    "account_changed": "Đổi vai trò, đơn vị của tài khoản",
    "password_given": "Đặt lại mật khẩu",
    "sessions_ended": "Kết thúc phiên của tài khoản",
    "token_given": "Cấp khóa truy cập",
    "token_revoked": "Thu hồi khóa truy cập",
    "catalogue_changed": "Thay đổi danh mục",
    "calendar_changed": "Thay đổi lịch làm việc",
    "hours_changed": "Thay đổi giờ làm việc của đơn vị",
    "terms_applied": "Áp dụng thời hạn mới cho hồ sơ đang mở",
    "claim_released": "Cho qua gói tin đang chờ",
    "period_explained": "Giải trình số liệu của kỳ",
    "paper_chosen": "Chọn khổ giấy in mẫu",
}
DETAILS = {
    "call": "Lệnh gọi",
    "claim": "Gói tin",
    "answer": "Trả lời",
    "form": "Mẫu",
    "account": "Tài khoản",
    "role": "Vai trò",
    "blocks": "Khối",
    "token": "Khóa",
    "scopes": "Quyền",
    "decision": "Quyết định",
    "annex": "Danh mục",
    "version": "Phiên bản",
    "unit": "Đơn vị",
    "from": "Từ",
    "to": "Đến",
    "kind": "Loại",
    "cases": "Số hồ sơ",
    "rows": "Số dòng",
    "format": "Dạng tệp",
    "paper": "Khổ giấy",
    "where": "Điều kiện",
    "seed": "Số hạt giống",
    "period": "Kỳ",
    "digest": "Mã băm nội dung",
}
NOBODY = "(chưa đăng nhập)"  # who was refused at the door


@dataclass(frozen=True, slots=True)
class Trace:
    """Who did what. `simulated`: in which world, None where it is of both or of none.

    `case_ids`: the cases whose persons were read; `code`: the one that a refused request named,
    kept only if there is such a case.
    """

    actor: str
    kind: str
    simulated: bool | None = None
    details: Mapping[str, str | int] = field(default_factory=dict)
    case_ids: tuple[int, ...] = ()
    code: str | None = None

    def __post_init__(self) -> None:
        assert self.kind in TRACES, self.kind
        assert set(self.details) <= set(DETAILS), self.details
