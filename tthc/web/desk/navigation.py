"""The rooms of the site that a person may enter, as the navigation shows them."""

from typing import NamedTuple

from tthc.db.sessions import Person
from tthc.domain.access import EVERY_RELATION, Permission, Role, may


class Room(NamedTuple):
    """A page of the navigation; `key` opens it from the keyboard."""

    name: str
    url: str
    label: str
    needs: Permission
    key: str = ""


class Group(NamedTuple):
    """Rooms that belong together; `folded`: they open under the group's name."""

    label: str
    rooms: tuple[Room, ...]
    folded: bool = False


WORK = (
    Room("my_day", "/ban-lam-viec", "Bàn làm việc", Permission.NOTE, "b"),
    Room("intake", "/tiep-nhan", "Tiếp nhận", Permission.RECEIVE, "n"),
    Room("immediate", "/ghi-nhanh", "Ghi nhanh", Permission.RECEIVE_IMMEDIATE, "g"),
    Room("handover", "/ban-giao", "Bàn giao", Permission.NOTE, "h"),
    Room("overdue", "/qua-han", "Quá hạn", Permission.READ_CASES, "q"),
)
COUNTS = (
    Room("figures", "/so-lieu", "Số liệu", Permission.READ_FIGURES),
    Room("reports", "/bao-cao", "Báo cáo", Permission.COUNT_CASES),
    Room("scores", "/cham-diem", "Chấm điểm", Permission.READ_SCORES),
    Room("signals", "/dau-hieu", "Dấu hiệu", Permission.READ_SIGNALS),
    Room("publications", "/cong-bo", "Chốt số liệu", Permission.READ_SIGNALS),
    Room("definitions", "/dinh-nghia", "Định nghĩa", Permission.READ_FIGURES),
)
KEEPING = (
    Room("traces", "/nhat-ky", "Nhật ký", Permission.READ_TRACES),
    Room("accounts", "/tai-khoan", "Tài khoản", Permission.MANAGE_ACCOUNTS),
    Room("tokens", "/khoa-truy-cap", "Khóa truy cập", Permission.MANAGE_ACCOUNTS),
)
GROUPS = (Group("Hồ sơ", WORK), Group("Theo dõi, đánh giá", COUNTS), Group("Quản lý", KEEPING))
AT_A_GLANCE = 7  # that stand side by side on a line beside the search

OPEN = (
    Room("home", "/", "Trang đầu", Permission.READ_FIGURES),
    Room("look_up", "/tra-cuu", "Tra cứu hồ sơ", Permission.READ_FIGURES),
    Room("open_figures", "/cong-khai", "Số liệu công khai", Permission.READ_FIGURES),
    COUNTS[-1],
)


FIRST = {  # where a sign-in leads; others begin with the figures
    **dict.fromkeys((Role.CLERK, Role.OFFICER, Role.LEADER), "/ban-lam-viec"),
    Role.AUDITOR: "/nhat-ky",
    Role.APPRAISER: "/cham-diem",
    Role.ADMIN: "/tai-khoan",
}


def first_page(person: Person | None) -> str:
    """Where somebody's work begins."""
    return FIRST.get(Role(person.role), "/") if person else "/"


def groups_for(person: Person | None) -> list[Group]:
    """What somebody finds in the navigation; what doesn't fit at a glance is folded."""
    if person is None:
        return [Group("Mọi người", OPEN)]
    role, found, shown = Role(person.role), list[Group](), 0
    for label, rooms, _ in GROUPS:
        entered = tuple(one for one in rooms if may(role, one.needs, EVERY_RELATION))
        folded = shown > 0 and len(entered) > 1 and shown + len(entered) > AT_A_GLANCE
        shown += 1 if folded else len(entered)
        found.append(Group(label, entered, folded))
    return found
