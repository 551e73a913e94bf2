"""Mending what was recorded wrongly: never in place, always by an event that replaces another.

What followed from the mended fact is decided anew: a resume or an extension after it gets a
correction of its own, so that at every past instant the due date is the right one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tthc.domain.calendar import Calendar
from tthc.domain.case import (
    Case,
    Decision,
    Recorded,
    extension_of,
    recorded,
    refolded,
    suspensions_of,
)
from tthc.domain.errors import InputError, NotFoundError, RuleError
from tthc.domain.events import EVENT_TYPES
from tthc.domain.lifecycle import Occasion, check_instant, check_order, required, words
from tthc.domain.pausing import resumed
from tthc.domain.promised import Pinned
from tthc.domain.reappointment import extended
from tthc.domain.receipt import is_answered_late, receipt
from tthc.domain.stepping import repaced

# role → columns that hold the instant at which it took effect
INSTANTS = {
    "submitted": ("submitted_at",),
    "received": ("received_at", "submitted_at"),
    "declined": ("ended_at",),
    "suspended": ("suspended_at",),
    "charged": ("suspended_at",),
    "letter_issued": ("letter_issued_at",),
    "letter_sent": ("letter_sent_at",),
    "fee_paid": ("fee_paid_at",),
    "resolved": ("resolved_at",),
    "returned": ("returned_at",),
    "withdrawn": ("ended_at",),
    "stopped": ("ended_at",),
    "closed": ("ended_at",),
}
# role → what else may be mended; procedures and units come as ids from the service
MENDABLE = {
    "submitted": {"channel", "case_kind", "procedure_id", "out_of_territory", "online_level"},
    "received": {
        *("channel", "case_kind", "procedure_id", "out_of_territory", "online_level"),
        *("officer", "parent_case_code"),
    },
    "started": {"officer"},
    "stepped": {"officer"},
    "transferred": {"officer"},
    "taken_over": {"officer"},
    "letter_issued": {"letter_number", "cause"},
    "fee_paid": {"fee_amount", "fee_channel"},
    "resolved": {"outcome", "e_result", "cause"},
    "returned": {"return_channel"},
}
NAMES = {
    "channel": "hình thức nộp",
    "case_kind": "trường hợp",
    "procedure_id": "thủ tục",
    "out_of_territory": "phi địa giới",
    "online_level": "mức độ trực tuyến",
    "officer": "người xử lý",
    "parent_case_code": "hồ sơ liên thông",
    "letter_number": "số văn bản",
    "cause": "nguyên nhân",
    "fee_amount": "số tiền",
    "fee_channel": "cách nộp",
    "outcome": "kết quả",
    "e_result": "kết quả điện tử",
    "return_channel": "cách trả",
}
# acts whose mending moves due dates
CLOCK = {"received", "suspended", "charged", "resumed", "extended"}

CalendarOf = Callable[[str, str | None], Calendar]


@dataclass(frozen=True, slots=True)
class Mending:
    """What is to be put right: the event, when it really took effect, what it really decided."""

    seq: int
    reason: str
    approver: str
    effective_at: datetime | None = None
    values: Mapping[str, Any] | None = None


def correct(
    case: Case, pinned: Pinned, on: Occasion, mending: Mending, calendar_of: CalendarOf
) -> list[Decision]:
    """The events that put a mistake right, that of the mistake first.

    `pinned` is what applies to the case once it is mended; `calendar_of` finds the calendar of
    the versions that an act used: the country's, and the unit's own hours.
    """
    check_instant(on)
    reason = words(mending.reason, "lý do đính chính")
    approver = required(mending.approver, "người phê duyệt đính chính")
    if approver == on.by.name:
        raise RuleError("Người phê duyệt phải khác người đính chính: hãy trình người khác duyệt.")
    wrong = target(case, mending.seq)
    mended = _mended(case, wrong, mending, pinned, on)
    history = sorted(
        (mended if one is wrong else one for one in case.history),
        key=lambda one: one.effective_at,
    )
    check_order(history)
    if wrong.role in CLOCK:
        _refuse_before_new_term(case, wrong)
        history = redecided(case, history, pinned, calendar_of)
    history = repaced(case, history, _pinned_at(history, pinned, calendar_of))
    payload = {"reason": reason, "approver": approver}
    return _corrections(case, history, mended, payload, on)


def target(case: Case, seq: int) -> Recorded:
    """The event to mend, which must still count. Raises NotFoundError."""
    for one in case.history:
        if one.seq == seq:
            return one
    raise NotFoundError(
        f"Hồ sơ không có việc số {seq} đang có hiệu lực: hãy chọn trong lịch sử hồ sơ."
    )


def _refuse_before_new_term(case: Case, wrong: Recorded) -> None:
    """What the old term of a case decided can't be decided anew by its new one."""
    for one in case.history:
        if "term_id" in one.change and one.role == "recalculated" and wrong.seq < one.seq:
            raise RuleError(
                f"Hồ sơ đã chuyển sang thời hạn mới theo {one.payload['decision']}: không đính "
                "chính được việc ghi trước đó mà làm đổi ngày hẹn trả; hãy ghi giải trình."
            )


def redecided(
    case: Case, history: Sequence[Recorded], pinned: Pinned, calendar_of: CalendarOf
) -> list[Recorded]:
    """The history with every due date decided anew from its facts, in their order."""
    found: list[Recorded] = []
    pinned_at = _pinned_at(history, pinned, calendar_of)
    for one in history:
        change, pinned = dict(one.change), pinned_at(one)
        so_far = refolded(case, [*found, one], case.version) if found else None
        if so_far is not None and so_far.due_at is not None:
            if one.role == "resumed":
                change |= resumed(so_far, pinned, suspensions_of([*found, one]))
            elif one.role == "extended" and (extension := extension_of([one])):
                asked = replace(extension, granted=False)
                change |= extended(refolded(case, found, case.version), pinned, asked)
            elif one.role == "recalculated":
                change |= pinned.dues_of(so_far, so_far.suspensions(closed=True)).columns()
        found.append(replace(one, change=change))
    return found


def _pinned_at(
    history: Sequence[Recorded], pinned: Pinned, calendar_of: CalendarOf
) -> Callable[[Recorded], Pinned]:
    """What applied when each of these acts was decided."""
    version, hours = pinned.calendar.version, None
    found: dict[int, Pinned] = {}
    for one in history:
        version = one.change.get("calendar_version") or version
        hours = one.change.get("hours_version") or hours
        if one.change.get("calendar_version") or one.change.get("hours_version"):
            pinned = pinned.under(calendar_of(version, hours))
        found[one.seq] = pinned
    return lambda one: found[one.seq]


def _mended(
    case: Case, wrong: Recorded, mending: Mending, pinned: Pinned, on: Occasion
) -> Recorded:
    values = dict(mending.values or {})
    unknown = set(values) - MENDABLE.get(wrong.role, set())
    if unknown:
        named = ", ".join(f"{NAMES.get(one, one)} ({one})" for one in sorted(unknown))
        raise InputError(f"Việc “{EVENT_TYPES[wrong.role]}” không có {named} để đính chính.")
    at = mending.effective_at or wrong.effective_at
    if at.tzinfo is None or at > on.now:
        raise RuleError("Thời điểm đúng phải có múi giờ và đã qua: hãy kiểm tra lại.")
    moved = at != wrong.effective_at
    if not moved and all(wrong.change.get(name) == value for name, value in values.items()):
        raise RuleError("Đính chính không đổi gì: hãy nêu thời điểm đúng hoặc giá trị đúng.")
    change = dict(wrong.change)
    if moved:
        held = [name for name in INSTANTS.get(wrong.role, ()) if name in change]
        change |= dict.fromkeys(held, at)
    change |= values
    if wrong.role == "received" and case.regime is not None:
        change |= receipt(pinned, change["received_at"])
        if "submitted_at" not in change:
            change["intake_late"] = is_answered_late(case.submitted_at, at, pinned)
    return replace(wrong, type="corrected", effective_at=at, change=change)


def _corrections(
    case: Case,
    history: Sequence[Recorded],
    mended: Recorded,
    payload: Mapping[str, Any],
    on: Occasion,
) -> list[Decision]:
    """An event for every act that is no longer as it was recorded.

    Of acts at one instant the earlier recorded counts first; so those that come after a mended
    one at its very instant are recorded again, unchanged.
    """
    before = {one.seq: one for one in case.history}
    again: set[datetime] = set()
    found = []
    for one in history:
        same = one == before[one.seq]
        if same and one.effective_at not in again:
            continue
        again.add(one.effective_at)
        decision = Decision(
            "corrected",
            one.effective_at,
            one.change,
            {
                **one.payload,
                **payload,
                "corrects": one.role,
                **({} if one.seq == mended.seq else {"follows": mended.seq}),
            },
            occurred_at=on.at,
            replaces=one.seq,
        )
        found.append(decision)
    return found


def with_corrections(case: Case, decisions: Sequence[Decision]) -> Case:
    """The case once corrections have taken effect."""
    history = {one.seq: one for one in case.history}
    version = case.version
    for decision in decisions:
        assert decision.replaces is not None
        version += 1
        role = history.pop(decision.replaces).role
        history[version] = recorded(version, decision, role)
    order = sorted(history.values(), key=lambda one: (one.effective_at, one.seq))
    return refolded(case, order, version)
