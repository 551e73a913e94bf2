"""How a case begins: submitted online, received at a counter, accepted or declined."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tthc.domain.case import Case, Decision, Recorded, State
from tthc.domain.errors import InputError, RuleError
from tthc.domain.events import Words
from tthc.domain.lifecycle import Occasion, allow, check_instant, numbered, words
from tthc.domain.papers import check_sets
from tthc.domain.promised import Pinned

CHANNELS = ("counter", "online", "post")
Slip = Literal["02", "03"]


@dataclass(frozen=True, slots=True)
class Filing:
    """What is filed, where and how; all of it is fixed at the submission."""

    receiving_unit_id: int
    competent_unit_id: int
    procedure_id: int
    level: str
    channel: str
    case_kind: str | None = None
    online_level: str | None = None
    out_of_territory: bool | None = None
    officer: str | None = None
    parent_case_code: str | None = None

    def columns(self) -> dict[str, Any]:
        return {
            "receiving_unit_id": self.receiving_unit_id,
            "competent_unit_id": self.competent_unit_id,
            "procedure_id": self.procedure_id,
            "case_kind": self.case_kind,
            "level": self.level,
            "channel": self.channel,
            "online_level": self.online_level,
            "out_of_territory": self.out_of_territory,
            "officer": self.officer,
            "parent_case_code": self.parent_case_code,
        }


def submit(filing: Filing, on: Occasion) -> Decision:
    """A submission that waits for its acceptance, with a clock of its own (118 Art. 17.2)."""
    _check(filing, on)
    change = {"submitted_at": on.at, "state": State.SUBMITTED, **filing.columns()}
    return Decision("submitted", on.at, change)


def receive(
    filing: Filing,
    pinned: Pinned,
    on: Occasion,
    *,
    papers: str | None = None,
    sets: int | None = None,
) -> Decision:
    """A receipt: the clock starts, and the due date is the promise that the slip prints.

    `papers`: what was handed in, a line each, and how many `sets`, as the slip prints them.
    """
    _check(filing, on)
    told = {"papers": Words(papers) if papers else None, "sets": check_sets(sets)}
    payload = {name: value for name, value in told.items() if value is not None}
    change = {"submitted_at": on.at, **filing.columns(), **receipt(pinned, on.at)}
    return Decision("received", on.at, change, payload or None)


def receive_immediately(
    filing: Filing, pinned: Pinned, on: Occasion, *, outcome: str = "granted"
) -> list[Decision]:
    """A case solved while the citizen waits: received, resolved and returned in one act."""
    return [
        receive(filing, pinned, on),
        Decision(
            "resolved", on.at, {"state": State.RESOLVED, "resolved_at": on.at, "outcome": outcome}
        ),
        Decision(
            "returned",
            on.at,
            {"state": State.RETURNED, "returned_at": on.at, "return_channel": "counter"},
        ),
    ]


def refuse_at_desk(
    filing: Filing, on: Occasion, *, reason: str, slip: Slip = "03", notice: str | None = None
) -> list[Decision]:
    """A file that the counter does not take, recorded all the same: refused with form 03, or, where
    it lacks something, guided by form 02 to what completes it; the slip's number is the notice.
    """
    guided = slip == "02"
    why = words(reason, "nội dung cần bổ sung" if guided else "lý do không tiếp nhận")
    told = {"reason": why} | ({"slip": slip} if guided else {}) | numbered(notice)
    return [submit(filing, on), _declined(on, told)]


def guidance(case: Case) -> Recorded | None:
    """The act by which the counter told what the file lacks, without taking it."""
    act = case.last("declined")
    return act if act and act.payload.get("slip") == "02" else None


def accept(case: Case, pinned: Pinned, on: Occasion) -> Decision:
    """The acceptance of a submission; the main clock starts now, a late one is noted."""
    allow(case, "received", on)
    change = receipt(pinned, on.at)
    late = is_answered_late(case.submitted_at, on.at, pinned)
    return Decision("received", on.at, {**change, "intake_late": late} if late else change)


def decline(
    case: Case, pinned: Pinned, on: Occasion, *, reason: str, notice: str | None = None
) -> Decision:
    """The refusal to accept a submission (form 03, whose number is the notice): it never counts
    among the cases received.
    """
    allow(case, "declined", on)
    why = words(reason, "lý do không tiếp nhận")
    late = is_answered_late(case.submitted_at, on.at, pinned)
    return _declined(on, {"reason": why} | numbered(notice), {"intake_late": True} if late else {})


def answer_due_at(submitted_at: datetime, pinned: Pinned) -> datetime | None:
    """By when a submission is to be answered; None where the regime sets no time."""
    hours = pinned.regime.online_answer_hours
    if hours is None:
        return None
    return pinned.calendar.add_working_seconds(submitted_at, hours * 3600)


def answer_left(submitted_at: datetime, pinned: Pinned, now: datetime) -> int | None:
    """The working seconds in which a submission is still to be answered, negative once they are
    over; None where the regime sets no time.
    """
    due_at = answer_due_at(submitted_at, pinned)
    if due_at is None:
        return None
    if now <= due_at:
        return int(pinned.calendar.working_seconds_between(now, due_at))
    return -int(pinned.calendar.working_seconds_between(due_at, now))


def is_answered_late(submitted_at: datetime, answered_at: datetime, pinned: Pinned) -> bool:
    due_at = answer_due_at(submitted_at, pinned)
    return due_at is not None and answered_at > due_at


def receipt(pinned: Pinned, received_at: datetime) -> dict[str, Any]:
    """The columns that a receipt decides, beside what was filed."""
    return {
        "received_at": received_at,
        "state": State.RECEIVED,
        **pinned.at_receipt(received_at),
        **pinned.columns(),
    }


def _declined(
    on: Occasion, payload: dict[str, Any], more: dict[str, Any] | None = None
) -> Decision:
    change = {"state": State.DECLINED, "ended_at": on.at, **(more or {})}
    return Decision("declined", on.at, change, payload)


def _check(filing: Filing, on: Occasion) -> None:
    check_instant(on)
    if filing.channel not in CHANNELS:
        raise InputError(
            f"Hình thức nộp “{filing.channel}” không có: hãy chọn trong {', '.join(CHANNELS)}."
        )
    if filing.parent_case_code is not None and not filing.parent_case_code.strip():
        raise RuleError("Mã hồ sơ gốc để trống: hãy bỏ hẳn, hoặc ghi mã.")
