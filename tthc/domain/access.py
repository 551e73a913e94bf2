"""Who may see and do what: the one place where a role and a unit become rights.

Two questions, in this order:

1. *Is the case there for the reader?* `Scope` says which units' cases exist for them: a case is
   in scope of the unit that received it, of the competent one, and of every unit that was
   competent before it was passed on. Beyond the scope there is no such case (404).
2. *May they do it?* `check` says what a role may do, given how the case relates to the actor's own
   units: the receiving unit receives, returns and changes dates; the competent one resolves and
   signs. What is not allowed is refused in a sentence (403).

Which units are a person's is worked out in the database, by lineage, at the date (`reach`): own
units, with what they inherited, and for `Reach.SUBTREE` all below as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Flag, StrEnum, auto

from tthc.domain.errors import ForbiddenError


class Role(StrEnum):
    """What a person is in the ledger's work; `program` is whoever bears a token."""

    CLERK = "clerk"
    OFFICER = "officer"
    LEADER = "leader"
    OFFICIAL = "official"
    AUDITOR = "auditor"
    APPRAISER = "appraiser"
    ADMIN = "admin"
    PROGRAM = "program"


ROLE_NAMES = {
    Role.CLERK: "công chức tiếp nhận ở Bộ phận Một cửa",
    Role.OFFICER: "công chức giải quyết",
    Role.LEADER: "lãnh đạo",
    Role.OFFICIAL: "cán bộ theo dõi",
    Role.AUDITOR: "kiểm tra",
    Role.APPRAISER: "thẩm định",
    Role.ADMIN: "quản trị",
    Role.PROGRAM: "phần mềm",
}


class Reach(StrEnum):
    """How far a role sees the cases: none, its own unit's, those below as well, its world's."""

    NONE = "none"
    UNIT = "unit"
    SUBTREE = "subtree"
    WORLD = "world"


REACH = {
    Role.CLERK: Reach.UNIT,
    Role.OFFICER: Reach.UNIT,
    Role.LEADER: Reach.SUBTREE,
    Role.OFFICIAL: Reach.SUBTREE,
    Role.AUDITOR: Reach.WORLD,
    Role.APPRAISER: Reach.NONE,
    Role.ADMIN: Reach.NONE,
    Role.PROGRAM: Reach.SUBTREE,  # a world where the token names no unit
}


class Relation(Flag):
    """How a case relates to the actor's own units; several at once, or none."""

    NONE = 0
    RECEIVING = auto()
    COMPETENT = auto()
    PASSED_ON = auto()  # competent once, and passed it on


EVERY_RELATION = Relation.RECEIVING | Relation.COMPETENT | Relation.PASSED_ON


class Permission(StrEnum):
    """What can be allowed: acts on a case by the names that the API gives them, and rooms."""

    # acts on a case
    RECEIVE = "receive"
    RECEIVE_IMMEDIATE = "immediate"
    ACCEPT = "accept"
    DECLINE = "decline"
    START = "start"
    SUSPEND = "suspend"
    CHARGE = "charge"
    RESUME = "resume"
    EXTEND = "extend"
    TRANSFER = "transfer"  # files to the unit or officer that have the case
    MOVE = "move"  # the case to another competent unit
    TAKE_OVER = "take_over"
    PAY = "pay"
    RESOLVE = "resolve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    STOP = "stop"
    CLOSE = "close"
    NOTE = "note"
    EXPLAIN = "explain"
    CORRECT = "correct"
    ERASE = "erase"
    DRAFT_LETTER = "draft_letter"
    APPROVE_LETTER = "approve_letter"
    ISSUE_LETTER = "issue_letter"
    SEND_LETTER = "send_letter"
    # rooms
    READ_CASES = "read_cases"
    READ_IDENTITY = "read_identity"
    READ_FIGURES = "read_figures"
    COUNT_CASES = "count_cases"
    PREVIEW_CALENDAR = "preview_calendar"
    EXPLAIN_PERIOD = "explain_period"
    READ_SCORES = "read_scores"
    SCORE = "score"
    APPRAISE = "appraise"
    APPROVE = "approve"
    PUBLISH = "publish"
    READ_TRACES = "read_traces"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_CATALOGUE = "manage_catalogue"
    IMPORT = "import"
    PORTAL = "portal"


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
    Permission.PREVIEW_CALENDAR: ("xem trước thay đổi lịch", (*_WATCHING, Role.PROGRAM)),
    Permission.EXPLAIN_PERIOD: ("giải trình số liệu của kỳ", (Role.OFFICER, Role.LEADER)),
    Permission.READ_SCORES: (
        "xem điểm",
        (*_AT_WORK, Role.OFFICIAL, Role.AUDITOR, Role.APPRAISER, Role.PROGRAM),
    ),
    Permission.SCORE: ("tự chấm điểm", (Role.OFFICER, Role.LEADER, Role.PROGRAM)),
    Permission.APPRAISE: ("thẩm định điểm", (Role.APPRAISER,)),
    Permission.APPROVE: ("phê duyệt điểm", (Role.LEADER,)),
    Permission.PUBLISH: ("chốt số liệu", (Role.LEADER, Role.PROGRAM)),
    Permission.READ_TRACES: ("xem nhật ký", (Role.AUDITOR,)),
    Permission.MANAGE_ACCOUNTS: ("quản lý tài khoản", (Role.ADMIN,)),
    Permission.MANAGE_CATALOGUE: ("quản lý danh mục", (Role.ADMIN,)),
    Permission.IMPORT: ("nhập tệp hồ sơ", (Role.PROGRAM,)),
    Permission.PORTAL: ("nhận dữ liệu của Cổng Dịch vụ công quốc gia", (Role.PROGRAM,)),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The reader's part of the ledger. Every read model takes one as its first argument.

    `simulated`: the world; real and simulated cases never share a figure. `unit_ids`: the units
    whose cases may be read; None means all of that world. `asked_unit_ids`: of which units the
    reader asks, on the axis of the figure or list; None means all that they may read.
    """

    simulated: bool
    unit_ids: tuple[int, ...] | None = None
    asked_unit_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name that the ledger keeps, what they may see, and what they are.

    `own_unit_ids`: the units that they act for, with what those inherited; None means all.
    """

    name: str
    scope: Scope
    role: Role = Role.PROGRAM
    unit_id: int | None = None
    own_unit_ids: tuple[int, ...] | None = None

    @property
    def counted(self) -> Scope:
        """Of whose cases they may see counts that were made before: who sees no case sees the
        counts of their whole world.
        """
        return Scope(self.scope.simulated) if REACH[self.role] is Reach.NONE else self.scope

    def relation(
        self, receiving_unit_id: int, competent_unit_id: int, passed_on_by: Iterable[int] = ()
    ) -> Relation:
        """How a case relates to the actor's own units."""
        own = self.own_unit_ids
        if own is None:
            return EVERY_RELATION
        found = Relation.NONE
        if receiving_unit_id in own:
            found |= Relation.RECEIVING
        if competent_unit_id in own:
            found |= Relation.COMPETENT
        if any(each in own for each in passed_on_by):
            found |= Relation.PASSED_ON
        return found


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


def check(actor: Actor, wanted: Permission, relation: Relation = Relation.NONE) -> None:
    """Raises ForbiddenError, which says who may, where the actor may not."""
    if may(actor.role, wanted, relation):
        return
    if wanted in ROOMS:
        says, roles = ROOMS[wanted]
        raise ForbiddenError(
            f"Vai trò {ROLE_NAMES[actor.role]} không {says} được: việc này của "
            f"{_named(roles)}; hãy nhờ họ, hoặc nhờ quản trị đổi vai trò."
        )
    rule = ACTS[wanted]
    roles = tuple(role for role, _ in rule.by)
    if actor.role not in (*roles, Role.PROGRAM):
        raise ForbiddenError(
            f"Vai trò {ROLE_NAMES[actor.role]} không {rule.says} được: việc này của "
            f"{_named(roles)}; hãy nhờ họ."
        )
    whose = Relation.NONE
    for role, needed in rule.by:
        if actor.role in (role, Role.PROGRAM):
            whose |= needed
    raise ForbiddenError(
        f"Đơn vị của bạn không {rule.says} được với hồ sơ này: hãy nhờ {_whose(whose)}."
    )


def check_whole(actor: Actor) -> None:
    """Raises ForbiddenError where the actor stands for some units and not for a whole world."""
    if actor.scope.unit_ids is not None:
        raise ForbiddenError(
            "Việc này cần khóa của cả tỉnh, không phải của một đơn vị: hãy nhờ quản trị cấp khóa."
        )


def check_world(actor: Actor, *, simulated: bool) -> None:
    """Raises ForbiddenError where the actor is of the other world."""
    if actor.scope.simulated is not simulated:
        raise ForbiddenError(
            "Tài khoản hoặc khóa này thuộc thế giới khác: hãy bỏ `world`, hoặc dùng khóa của thế "
            "giới ấy."
        )


def check_appraisal(actor: Actor, unit_id: int) -> None:
    """Raises ForbiddenError where an appraiser's own unit, or one that it inherited, is scored."""
    if actor.role is Role.APPRAISER and unit_id in (actor.own_unit_ids or ()):
        raise ForbiddenError(
            "Không ai thẩm định điểm của chính đơn vị mình: hãy nhờ người thẩm định của đơn vị "
            "khác."
        )


def check_unit(actor: Actor, unit_id: int) -> None:
    """Raises ForbiddenError where the actor does not speak for a unit."""
    if actor.own_unit_ids is not None and unit_id not in actor.own_unit_ids:
        raise ForbiddenError(
            "Đơn vị này không phải của bạn: hãy giải trình cho đơn vị của mình, hoặc nhờ đơn vị ấy."
        )


def _named(roles: Iterable[Role]) -> str:
    return " hoặc ".join(dict.fromkeys(ROLE_NAMES[role] for role in roles))


def _whose(relation: Relation) -> str:
    named = {
        Relation.RECEIVING: "đơn vị tiếp nhận",
        Relation.COMPETENT: "đơn vị giải quyết",
        Relation.PASSED_ON: "đơn vị đã chuyển hồ sơ",
    }
    return " hoặc ".join(words for one, words in named.items() if one in relation)
