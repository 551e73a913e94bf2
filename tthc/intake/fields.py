"""The ledger's fields that a source may fill, and what a cell of each may hold."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["code", "text", "choice", "instant", "due", "state", "flag", "money"]

LEVELS = ("central", "province", "district", "commune")


@dataclass(frozen=True, slots=True)
class LedgerField:
    """A field: its kind of value, its name for the clerk, and for a choice the words allowed."""

    kind: Kind
    label: str
    required: bool = False
    choices: tuple[str, ...] = ()


FIELDS: dict[str, LedgerField] = {
    "case_code": LedgerField("code", "mã hồ sơ", required=True),
    "procedure_code": LedgerField("code", "mã thủ tục", required=True),
    "procedure_name": LedgerField("text", "tên thủ tục"),
    "sector": LedgerField("text", "lĩnh vực"),
    "receiving_unit": LedgerField("code", "đơn vị tiếp nhận", required=True),
    "competent_unit": LedgerField("code", "đơn vị giải quyết"),
    "level": LedgerField("choice", "cấp", choices=LEVELS),
    "channel": LedgerField(
        "choice", "hình thức nộp", required=True, choices=("counter", "online", "post", "other")
    ),
    "received_at": LedgerField("instant", "ngày tiếp nhận", required=True),
    "due_at": LedgerField("due", "ngày hẹn trả kết quả"),
    "resolved_at": LedgerField("instant", "ngày xử lý xong"),
    "returned_at": LedgerField("instant", "ngày trả kết quả"),
    "state": LedgerField("state", "trạng thái"),
    "outcome": LedgerField("choice", "kết quả giải quyết", choices=("granted", "refused")),
    "applicant_name": LedgerField("text", "chủ hồ sơ"),
    "officer": LedgerField("text", "người giải quyết"),
    "letter_number": LedgerField("text", "số văn bản xin lỗi"),
    "letter_sent_at": LedgerField("instant", "ngày gửi văn bản xin lỗi"),
    "letter_new_due_at": LedgerField("due", "ngày hẹn lại"),
    "e_result": LedgerField("choice", "kết quả điện tử", choices=("yes", "no", "unknown")),
    "fee_amount": LedgerField("money", "phí, lệ phí"),
    "fee_paid_at": LedgerField("instant", "ngày nộp phí"),
    "fee_channel": LedgerField("text", "hình thức nộp phí"),
    "return_channel": LedgerField("text", "hình thức trả kết quả"),
    "case_kind": LedgerField("text", "trường hợp"),
    "out_of_territory": LedgerField("flag", "phi địa giới"),
    "cause": LedgerField("text", "nguyên nhân"),
    "parent_case_code": LedgerField("code", "mã hồ sơ gốc"),
}
REQUIRED = tuple(name for name, field in FIELDS.items() if field.required)
