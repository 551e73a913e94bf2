"""The list of overdue cases: its tabs are conditions, and so are most of what it is narrowed by."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.narrowing import Narrowing
from tthc.db.queries.selection import count_delayed
from tthc.domain.access import Actor
from tthc.domain.case import STATE_NAMES, State
from tthc.domain.errors import InputError
from tthc.rules import predicates
from tthc.rules.causes import causes
from tthc.service.listing import Ask, Listing, open_list, select
from tthc.service.words import CHANNELS, LEVELS

OVERDUE, WITHOUT = "overdue", "open_overdue_without_letter"
TABS = {
    OVERDUE: "Tất cả quá hạn",
    WITHOUT: "Chưa có văn bản xin lỗi",
    "overdue_with_letter": "Đã có văn bản",
    "overdue_second_miss": "Lỡ hẹn lần hai",
    "suspended_after_due": "Quá hạn rồi mới tạm dừng",
    "due_soon": "Sắp đến hạn",
}
# filter → value → its words, the condition that it adds
CONDITIONS: dict[str, dict[str, tuple[str, str]]] = {
    "days": {
        "1-5": ("1–5 ngày làm việc", "overdue_1_5"),
        "6-10": ("6–10 ngày làm việc", "overdue_6_10"),
        "11-30": ("11–30 ngày làm việc", "overdue_11_30"),
        "30": ("Trên 30 ngày làm việc", "overdue_over_30"),
    },
    "letter": {
        "none": ("Chưa có", WITHOUT),
        "draft": ("Mới có dự thảo", WITHOUT),
        "late": ("Chưa gửi hoặc gửi sau ngày hẹn", "overdue_with_late_letter"),
        "second": ("Lỡ cả ngày hẹn lại", "overdue_second_miss"),
    },
    "origin": {
        "own": ("Của chính đơn vị", "overdue_own"),
        "inherited": ("Do đơn vị tiền thân tiếp nhận", "overdue_inherited"),
        "commitment": ("Chỉ quá hạn cam kết, còn trong hạn luật", "overdue_by_commitment"),
    },
    "pace": {"behind": ("Bước đang làm chậm tiến độ", "step_late")},
}
EXPLAINED = {"yes": "Đã giải trình", "no": "Chưa giải trình"}
TYPED = ("unit", "sector", "procedure", "officer", "step")
CODED = ("level", "channel", "state", "cause", "basis", "explained", *CONDITIONS)


@dataclass(frozen=True, slots=True)
class Overdue:
    """The list under one tab, and how many are under each."""

    counts: dict[str, int]
    longest: int | None
    listing: Listing


def choices() -> dict[str, dict[str, str]]:
    """What the coded filters offer: value → words."""
    open_states = {State.RECEIVED, State.IN_PROGRESS, State.SUPPLEMENT, State.CHARGED}
    return {
        "level": LEVELS,
        "channel": CHANNELS,
        "state": {str(int(one)): name for one, name in STATE_NAMES.items() if one in open_states},
        "cause": causes(),
        "basis": {name: each["label"] for name, each in predicates.document()["bases"].items()},
        "explained": EXPLAINED,
        **{
            name: {value: words for value, (words, _) in each.items()}
            for name, each in CONDITIONS.items()
        },
    }


def read_ask(tab: str, given: Mapping[str, str]) -> Ask:
    """A tab narrowed by what an address says. Raises InputError naming what is offered."""
    if tab not in TABS:
        raise InputError(f"Không có danh sách “{tab}”: hãy mở lại trang quá hạn.")
    offered = choices()
    for name in CODED:
        if given.get(name) and given[name] not in offered[name]:
            raise InputError(
                f"Không lọc được theo “{given[name]}”: hãy chọn {', '.join(offered[name])}."
            )
    basis = given.get("basis") or "current"
    names = [tab] + [CONDITIONS[name][given[name]][1] for name in CONDITIONS if given.get(name)]
    suffix = "" if basis == "current" else f"@{basis}"
    return Ask(
        where=",".join(f"{name}{suffix}" for name in dict.fromkeys(names)),
        unit=given.get("unit") or None,
        narrowing=_narrowing(given),
        basis=basis,
        sort=given.get("sort") or "due",
        cursor=given.get("cursor") or None,
        as_of=clock.read_instant(given["as_of"]) if given.get("as_of") else None,
        known_at=clock.read_instant(given["known_at"]) if given.get("known_at") else None,
    )


def _narrowing(given: Mapping[str, str]) -> Narrowing:
    values: dict[str, Any] = {
        name: given.get(name) or None
        for name in ("level", "sector", "procedure", "officer", "channel", "cause", "step")
    }
    return Narrowing(
        **values,
        state=int(given["state"]) if given.get("state") else None,
        drafted=True if given.get("letter") == "draft" else None,
        explained={"yes": True, "no": False}.get(given.get("explained", "")),
    )


async def show_overdue(connection: AsyncConnection, actor: Actor, tab: str, ask: Ask) -> Overdue:
    """The tab asked for, and under the same filters how many every tab has."""
    fixed = clock.now()  # one cut-off for the counts and the rows
    ask = replace(ask, as_of=ask.as_of or fixed, known_at=ask.known_at or fixed)
    filters = ",".join(ask.where.split(",")[1:])
    scope, beside = await select(connection, actor, replace(ask, where=filters or "known"))
    known = predicates.predicates(ask.basis)
    tabs = {name: known[name] for name in TABS}
    counts, longest = await count_delayed(scope, connection, beside, tabs, known[OVERDUE])
    return Overdue(counts, longest, await open_list(connection, actor, ask, counts[tab]))
