"""A case as its acts see it: the fold of its events, and those events themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from functools import reduce
from typing import Any

from tthc.domain.moving import Extension
from tthc.domain.suspension import Suspension


class State(IntEnum):
    """The national portal's ten states, used as they are."""

    SUBMITTED = 1
    RECEIVED = 2
    DECLINED = 3
    IN_PROGRESS = 4
    SUPPLEMENT = 5
    CHARGED = 6
    WITHDRAWN = 7
    STOPPED = 8
    RESOLVED = 9
    RETURNED = 10


STATE_NAMES = {
    State.SUBMITTED: "Mới đăng ký",
    State.RECEIVED: "Được tiếp nhận",
    State.DECLINED: "Không được tiếp nhận",
    State.IN_PROGRESS: "Đang xử lý",
    State.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    State.CHARGED: "Yêu cầu thực hiện nghĩa vụ tài chính",
    State.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
    State.STOPPED: "Dừng xử lý",
    State.RESOLVED: "Đã xử lý xong",
    State.RETURNED: "Đã trả kết quả",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What an act decided: an event to be, whose `change` holds columns of the case's row.

    `occurred_at` is the instant claimed for the act where that is not when it takes effect;
    `replaces` names the event that a correction puts itself in the place of.
    """

    type: str
    effective_at: datetime
    change: Mapping[str, Any]
    payload: Mapping[str, Any] | None = None
    occurred_at: datetime | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of the past that counts; `role` is what it amounts to where it is a correction."""

    seq: int
    type: str
    role: str
    effective_at: datetime
    payload: Mapping[str, Any]
    change: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case now. The columns are those of its row; `history` holds the events that count,
    in the order of their effect.
    """

    code: str
    simulated: bool
    imported: bool = False
    id: int | None = None  # not written yet
    version: int = 0
    head: bytes = b""
    history: tuple[Recorded, ...] = ()

    receiving_unit_id: int
    competent_unit_id: int
    procedure_id: int
    case_kind: str | None = None
    level: str
    channel: str
    online_level: str | None = None
    out_of_territory: bool | None = None
    officer: str | None = None
    parent_case_code: str | None = None

    state: State
    submitted_at: datetime
    received_at: datetime | None = None
    first_due_at: datetime | None = None
    promised_due_at: datetime | None = None
    promised_overdue_at: datetime | None = None
    due_at: datetime | None = None
    overdue_at: datetime | None = None
    statutory_due_at: datetime | None = None
    statutory_overdue_at: datetime | None = None
    re_promised_at: datetime | None = None
    supplements: int = 0
    suspended_at: datetime | None = None
    resolved_at: datetime | None = None
    outcome: str | None = None
    returned_at: datetime | None = None
    ended_at: datetime | None = None
    letter_number: str | None = None
    letter_issued_at: datetime | None = None
    letter_sent_at: datetime | None = None
    cause: str | None = None
    e_result: str = "unknown"
    fee_amount: Decimal | None = None
    fee_paid_at: datetime | None = None
    fee_channel: str | None = None
    return_channel: str | None = None
    intake_late: bool = False
    handover_late: bool = False
    step: str | None = None  # in hand, or the last one
    step_due_at: datetime | None = None
    step_overdue_at: datetime | None = None
    step_late_at: datetime | None = None  # the first instant too late for one of its steps

    term_id: int | None = None
    statutory_term_id: int | None = None
    calendar_version: str | None = None
    hours_version: str | None = None
    regime: str | None = None
    start_rule: str | None = None
    mode: str | None = None
    suspension_rule: str | None = None

    @property
    def last_act_at(self) -> datetime:
        """When the last act that counts took effect."""
        return max((one.effective_at for one in self.history), default=self.submitted_at)

    def suspensions(self, *, closed: bool = False) -> tuple[Suspension, ...]:
        """The intervals in which its clock stood still; `closed`: without the one still open."""
        return suspensions_of(self.history, closed=closed)

    @property
    def extension(self) -> Extension | None:
        """The re-appointment that moved the due date."""
        return extension_of(self.history)

    def last(self, role: str) -> Recorded | None:
        """The last act of a kind that counts."""
        return next((one for one in reversed(self.history) if one.role == role), None)

    def is_overdue(self, at: datetime) -> bool:
        """Whether a result at an instant would be late."""
        return self.overdue_at is not None and at >= self.overdue_at

    def is_late(self, now: datetime) -> bool:
        """Whether it is late now, or was when its result, a pause or its end stopped the clock."""
        return self.is_overdue(self.resolved_at or self.suspended_at or self.ended_at or now)

    def after(self, decision: Decision) -> "Case":
        """The case once an act that replaces nothing has taken effect."""
        seq = self.version + 1
        history = (*self.history, recorded(seq, decision))
        return replace(self, version=seq, history=history, **columns(decision.change))


def recorded(seq: int, decision: Decision, role: str | None = None) -> Recorded:
    """A decision as the history will hold it."""
    return Recorded(
        seq,
        decision.type,
        role or decision.type,
        decision.effective_at,
        decision.payload or {},
        decision.change,
    )


# the columns of `cases` that events decide
DECIDED = tuple(
    one.name
    for one in fields(Case)
    if one.name not in {"code", "simulated", "imported", "id", "version", "head", "history"}
)


def opened(code: str, decision: Decision, *, simulated: bool) -> Case:
    """The case that its first act makes."""
    made = Case(code=code, simulated=simulated, **columns(decision.change))
    return replace(made, version=1, history=(recorded(1, decision),))


def refolded(case: Case, history: Sequence[Recorded], version: int) -> Case:
    """The case as other acts make it, merged in their order."""
    row: dict[str, Any] = reduce(lambda merged, one: merged | dict(one.change), history, {})
    return Case(
        code=case.code,
        simulated=case.simulated,
        imported=case.imported,
        id=case.id,
        version=version,
        head=case.head,
        history=tuple(history),
        **columns(row),
    )


def suspensions_of(history: Iterable[Recorded], *, closed: bool = False) -> tuple[Suspension, ...]:
    """The intervals from the requests to the resumes; `closed`: without the one still open."""
    found: list[Suspension] = []
    since: datetime | None = None
    for one in history:
        if one.change.get("suspended_at") is not None:
            since = since or one.change["suspended_at"]
        elif since is not None and "suspended_at" in one.change:
            found.append(Suspension(since, one.effective_at))
            since = None
    if since is not None and not closed:
        found.append(Suspension(since))
    return tuple(found)


def extension_of(history: Iterable[Recorded]) -> Extension | None:
    """The re-appointment in a history, granted; what an import tells of one moves nothing."""
    letter: Mapping[str, Any] = {}
    for one in history:
        if one.role == "letter_issued":
            letter = one.change
        elif one.role == "extended" and one.change.get("due_at") is not None:
            return Extension(
                one.effective_at,
                one.change.get("re_promised_at") or one.change["due_at"],
                letter.get("letter_number") or "",
                letter.get("letter_issued_at") or one.effective_at,
                granted=True,
            )
    return None


def columns(change: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a change, as a case holds them."""
    found = {name: value for name, value in change.items() if name in _DECIDED}
    for name, usual in _NEVER_NULL.items():
        if name in found and found[name] is None:
            found[name] = usual
    if "state" in found:
        found["state"] = State(found["state"])
    return found


_DECIDED = frozenset(DECIDED)
_NEVER_NULL = {
    one.name: one.default
    for one in fields(Case)
    if one.name in _DECIDED and one.default is not None and one.default is not MISSING
}
