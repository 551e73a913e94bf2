"""What people are in the ledger's work, and how far each sees."""

from enum import StrEnum


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
