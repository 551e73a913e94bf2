"""Who may do what: the tables of acts and rooms, and the one function that reads them."""

from dataclasses import dataclass

from tthc.domain.access.permissions import Permission
from tthc.domain.access.relations import EVERY_RELATION, Relation
from tthc.domain.access.roles import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do an act: a role, where its own units are related to the case in one of the ways
    given (all of them where `every`).
    """

    says: str
    by: tuple[tuple[Role, Relation], ...]
    every: bool = False


_R, _C = Relation.RECEIVING, Relation.COMPETENT
_CLERK, _OFFICER, _LEADER = (Role.CLERK, _R), (Role.OFFICER, _C), (Role.LEADER, _C)
ACTS = {
    Permission.RECEIVE: Rule("tiếp nhận hồ sơ", (_CLERK,)),
    Permission.RECEIVE_IMMEDIATE: Rule(
        "ghi hồ sơ giải quyết ngay", ((Role.CLERK, _R | _C),), every=True
    ),
    Permission.ACCEPT: Rule("tiếp nhận hồ sơ đã nộp", (_CLERK,)),
    Permission.DECLINE: Rule("từ chối tiếp nhận", (_CLERK,)),
    Permission.START: Rule("bắt đầu xử lý", (_OFFICER,)),
    Permission.STEP: Rule("chuyển bước xử lý", (_CLERK, (Role.CLERK, _C), _OFFICER, _LEADER)),
    Permission.SUSPEND: Rule("yêu cầu bổ sung", (_OFFICER,)),
    Permission.CHARGE: Rule("yêu cầu thực hiện nghĩa vụ tài chính", (_OFFICER,)),
    Permission.RESUME: Rule("tiếp tục xử lý", (_CLERK, _OFFICER)),
    Permission.EXTEND: Rule("đổi ngày hẹn trả", (_CLERK,)),
    Permission.TRANSFER: Rule("chuyển hồ sơ", (_CLERK, _OFFICER, _LEADER)),
    Permission.MOVE: Rule("chuyển hồ sơ cho đơn vị khác giải quyết", (_LEADER,)),
    Permission.TAKE_OVER: Rule("nhận bàn giao", ((Role.CLERK, _C), _OFFICER, _LEADER)),
    Permission.PAY: Rule("ghi thanh toán", (_CLERK, _OFFICER)),
    Permission.RESOLVE: Rule("kết thúc xử lý", (_OFFICER, _LEADER)),
    Permission.RETURN: Rule("trả kết quả", (_CLERK,)),
    Permission.WITHDRAW: Rule("ghi việc rút hồ sơ", (_CLERK,)),
    Permission.STOP: Rule("dừng xử lý", (_OFFICER, _LEADER)),
    Permission.CLOSE: Rule("đóng hồ sơ", (_CLERK,)),
    Permission.NOTE: Rule(
        "ghi chú",
        tuple((role, EVERY_RELATION) for role in (Role.CLERK, Role.OFFICER, Role.LEADER)),
    ),
    Permission.EXPLAIN: Rule(
        "giải trình",
        tuple((role, _C | Relation.PASSED_ON) for role in (Role.OFFICER, Role.LEADER)),
    ),
    Permission.CORRECT: Rule("đính chính", ((Role.LEADER, _R | _C),)),
    Permission.ERASE: Rule("xóa thông tin cá nhân", ((Role.LEADER, _R),)),
    Permission.DRAFT_LETTER: Rule("soạn văn bản xin lỗi", (_OFFICER, _LEADER)),
    Permission.APPROVE_LETTER: Rule("duyệt dự thảo văn bản xin lỗi", (_LEADER,)),
    Permission.ISSUE_LETTER: Rule("ký ban hành văn bản xin lỗi", (_LEADER,)),
    Permission.SEND_LETTER: Rule("gửi văn bản xin lỗi", (_OFFICER, _LEADER)),
}
_AT_WORK = (Role.CLERK, Role.OFFICER, Role.LEADER)
_WATCHING = (Role.LEADER, Role.OFFICIAL, Role.AUDITOR)
ROOMS: dict[Permission, tuple[str, tuple[Role, ...]]] = {
    Permission.READ_CASES: (
        "xem hồ sơ",
        (*_AT_WORK, Role.OFFICIAL, Role.AUDITOR, Role.PROGRAM),
    ),
    Permission.READ_IDENTITY: ("xem thông tin người nộp", (*_AT_WORK, Role.AUDITOR, Role.PROGRAM)),
    Permission.READ_FIGURES: ("xem số liệu", tuple(Role)),
    Permission.COUNT_CASES: (
        "tính số liệu từ hồ sơ",
        (*_AT_WORK, Role.OFFICIAL, Role.AUDITOR, Role.PROGRAM),
    ),
    Permission.READ_SIGNALS: ("xem dấu hiệu cần kiểm tra", (*_WATCHING, Role.PROGRAM)),
    Permission.PREVIEW_CALENDAR: ("xem trước thay đổi lịch", (*_WATCHING, Role.PROGRAM)),
    Permission.EXPLAIN_PERIOD: (
        "giải trình số liệu của kỳ",
        (Role.OFFICER, Role.LEADER, Role.PROGRAM),
    ),
    Permission.READ_SCORES: (
        "xem điểm",
        (*_AT_WORK, Role.OFFICIAL, Role.AUDITOR, Role.APPRAISER, Role.PROGRAM),
    ),
    Permission.KEEP_SCORES: (
        "ghi phiếu chấm điểm",
        (Role.OFFICER, Role.LEADER, Role.APPRAISER, Role.PROGRAM),
    ),
    Permission.SCORE: ("tự chấm điểm", (Role.OFFICER, Role.LEADER, Role.PROGRAM)),
    Permission.APPRAISE: ("thẩm định điểm", (Role.APPRAISER,)),
    Permission.APPROVE: ("phê duyệt điểm", (Role.LEADER,)),
    Permission.PUBLISH: ("chốt số liệu", (Role.LEADER, Role.PROGRAM)),
    Permission.DRAW_SAMPLE: ("rút mẫu kiểm tra", (Role.LEADER, Role.AUDITOR)),
    Permission.READ_TRACES: ("xem nhật ký", (Role.AUDITOR,)),
    Permission.MANAGE_ACCOUNTS: ("quản lý tài khoản", (Role.ADMIN,)),
    Permission.MANAGE_CATALOGUE: ("quản lý danh mục", (Role.ADMIN,)),
    Permission.IMPORT: ("nhập tệp hồ sơ", (Role.PROGRAM,)),
    Permission.RELEASE_CLAIMS: ("cho qua gói tin đang chờ", (Role.LEADER, Role.PROGRAM)),
    Permission.PORTAL: ("nhận dữ liệu của Cổng Dịch vụ công quốc gia", (Role.PROGRAM,)),
}


def may(role: Role, wanted: Permission, relation: Relation = Relation.NONE) -> bool:
    """What a role may do, given how the case relates to its units; the whole of the rules.

    A program stands for whoever works behind it: it may do what any role of its unit may.
    """
    if wanted in ROOMS:
        return role in ROOMS[wanted][1]
    rule = ACTS[wanted]
    return any(
        role in (one, Role.PROGRAM)
        and (relation & needed == needed if rule.every else bool(relation & needed))
        for one, needed in rule.by
    )
