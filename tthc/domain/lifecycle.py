"""Which act a case allows, in which state and at which instant: what every act asks first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tthc.domain.access import Actor
from tthc.domain.calendar import VIETNAM
from tthc.domain.case import STATE_NAMES, Case, Recorded, State
from tthc.domain.errors import InputError, RuleError
from tthc.domain.events import EVENT_TYPES, Words

IN_HAND = frozenset({State.RECEIVED, State.IN_PROGRESS})
SUSPENDED = frozenset({State.SUPPLEMENT, State.CHARGED})
DONE = frozenset({State.RESOLVED, State.RETURNED})
OPEN = IN_HAND | SUSPENDED
OVER = frozenset({State.RETURNED, State.DECLINED, State.WITHDRAWN, State.STOPPED})
EVERY = frozenset(State)

# act → the states in which it may be done
ALLOWED = {
    "received": frozenset({State.SUBMITTED}),
    "declined": frozenset({State.SUBMITTED}),
    "started": frozenset({State.RECEIVED}),
    "stepped": IN_HAND,
    "suspended": IN_HAND,
    "charged": IN_HAND,
    "resumed": SUSPENDED,
    "letter_issued": OPEN | DONE,
    "letter_sent": OPEN | DONE,
    "extended": IN_HAND,
    "transferred": OPEN | {State.RESOLVED},
    "fee_paid": OPEN | DONE | {State.SUBMITTED},
    "resolved": IN_HAND,
    "returned": frozenset({State.RESOLVED}),
    "withdrawn": OPEN | {State.SUBMITTED},
    "stopped": OPEN,
    "closed": frozenset({State.SUPPLEMENT}),
    "recalculated": OPEN,
    "noted": EVERY,
    "explained": EVERY,
    "taken_over": OPEN | {State.RESOLVED},
    "erased": OVER,
}
# state → what to do instead
INSTEAD = {
    State.SUBMITTED: "hãy tiếp nhận hoặc từ chối tiếp nhận trước",
    State.RECEIVED: "việc này chỉ làm sau khi hồ sơ đã được xử lý đến bước đó",
    State.DECLINED: "hãy lập hồ sơ mới nếu công dân nộp lại",
    State.IN_PROGRESS: "việc này chỉ làm sau khi hồ sơ đã được xử lý đến bước đó",
    State.SUPPLEMENT: "hãy ghi việc công dân đã bổ sung (tiếp tục xử lý) trước",
    State.CHARGED: "hãy ghi việc đã hoàn thành nghĩa vụ tài chính (tiếp tục xử lý) trước",
    State.WITHDRAWN: "hồ sơ đã kết thúc, nếu ghi nhầm hãy đính chính",
    State.STOPPED: "hồ sơ đã kết thúc, nếu ghi nhầm hãy đính chính",
    State.RESOLVED: "đã có kết quả, nếu ghi nhầm hãy đính chính",
    State.RETURNED: "đã trả kết quả, nếu ghi nhầm hãy đính chính",
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who acts, when it happened (`at`), and when it is being recorded (`now`)."""

    by: Actor
    at: datetime
    now: datetime


def allow(case: Case, act: str, on: Occasion) -> None:
    """Refuse an act that the case's state or the instant forbids. Raises RuleError."""
    if case.state not in ALLOWED[act]:
        raise RuleError(
            f"Hồ sơ đang ở trạng thái “{STATE_NAMES[case.state]}” nên không ghi được việc "
            f"“{EVENT_TYPES[act]}”: {INSTEAD[case.state]}."
        )
    check_instant(on)
    if on.at < case.last_act_at:
        raise RuleError(
            f"Thời điểm {moment(on.at)} trước việc gần nhất của hồ sơ "
            f"({moment(case.last_act_at)}): hãy ghi đúng thứ tự, hoặc đính chính việc trước."
        )


def check_instant(on: Occasion) -> None:
    """Refuse an instant that has not come. Raises RuleError."""
    if on.at.tzinfo is None:
        raise InputError("Thời điểm phải có múi giờ, ví dụ 2026-03-05T17:00:00+07:00.")
    if on.at > on.now:
        raise RuleError(f"Thời điểm {moment(on.at)} chưa đến: chỉ ghi việc đã xảy ra.")


def check_order(history: Sequence[Recorded]) -> None:
    """Refuse a history in which an act stands where the state forbids it. Raises RuleError."""
    if "submitted_at" not in history[0].change:
        raise RuleError(
            f"Đính chính như vậy thì việc “{EVENT_TYPES[history[0].role]}” xảy ra trước khi nộp hồ "
            "sơ: hãy chọn thời điểm khác."
        )
    state: State | None = None
    for one in history:
        if state is not None and one.role in ALLOWED and state not in ALLOWED[one.role]:
            raise RuleError(
                f"Đính chính như vậy thì việc “{EVENT_TYPES[one.role]}” lúc "
                f"{moment(one.effective_at)} xảy ra khi hồ sơ “{STATE_NAMES[state]}”: hãy chọn "
                "thời điểm khác, hoặc đính chính việc kia trước."
            )
        if "state" in one.change:
            state = State(one.change["state"])


def required(text: str | None, what: str) -> str:
    """A text that may not be blank. Raises InputError, which says what is missing."""
    if text is None or not text.strip():
        raise InputError(f"Thiếu {what}: hãy ghi rõ.")
    return text.strip()


def words(text: str | None, what: str) -> Words:
    """What a person wrote freely, not blank either. Raises InputError."""
    return Words(required(text, what))


def numbered(notice: str | None) -> dict[str, str]:
    """What an act tells of the number of its form, which the unit's own book gives."""
    return {"notice": notice.strip()} if notice and notice.strip() else {}


def moment(instant: datetime) -> str:
    """An instant as people in Vietnam read it: 17:00 05/03/2026."""
    return f"{instant.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
