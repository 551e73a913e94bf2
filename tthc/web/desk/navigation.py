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


ROOMS = (
    Room("my_day", "/ban-lam-viec", "Bàn làm việc", Permission.NOTE, "b"),
    Room("intake", "/tiep-nhan", "Tiếp nhận", Permission.RECEIVE, "n"),
    Room("immediate", "/ghi-nhanh", "Ghi nhanh", Permission.RECEIVE_IMMEDIATE, "g"),
    Room("handover", "/ban-giao", "Bàn giao", Permission.NOTE),
    Room("overdue", "/qua-han", "Quá hạn", Permission.READ_CASES),
    Room("figures", "/so-lieu", "Số liệu", Permission.READ_FIGURES),
    Room("reports", "/bao-cao", "Báo cáo", Permission.COUNT_CASES),
    Room("scores", "/cham-diem", "Chấm điểm", Permission.READ_SCORES),
    Room("signals", "/dau-hieu", "Dấu hiệu", Permission.READ_SIGNALS),
    Room("publications", "/cong-bo", "Chốt số liệu", Permission.READ_SIGNALS),
)
OPEN = Room("definitions", "/dinh-nghia", "Định nghĩa", Permission.READ_FIGURES)
LOOK_UP = Room("look_up", "/tra-cuu", "Tra cứu hồ sơ", Permission.READ_FIGURES)
OPEN_FIGURES = Room("open_figures", "/cong-khai", "Số liệu công khai", Permission.READ_FIGURES)
WELCOME = Room("home", "/", "Trang đầu", Permission.READ_FIGURES)


FIRST = {  # where a sign-in leads; others begin with the figures
    **dict.fromkeys((Role.CLERK, Role.OFFICER, Role.LEADER), "/ban-lam-viec"),
    Role.AUDITOR: "/nhat-ky",
    Role.APPRAISER: "/cham-diem",
}


def first_page(person: Person | None) -> str:
    """Where somebody's work begins."""
    return FIRST.get(Role(person.role), "/") if person else "/"


def rooms_for(person: Person | None) -> list[Room]:
    """What somebody finds in the navigation."""
    if person is None:
        return [WELCOME, LOOK_UP, OPEN_FIGURES, OPEN]
    role = Role(person.role)
    return [*(one for one in ROOMS if may(role, one.needs, EVERY_RELATION)), OPEN]
