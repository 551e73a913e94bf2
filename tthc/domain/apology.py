"""The written apology for a late case (văn bản xin lỗi, form 04) and what it is worth.

A draft is not a letter; a letter is issued (numbered and signed) and sent, two acts. By itself it
moves nothing: the one-stop clerk's `extend` does, once, citing it (61 Art. 19.9, 118 Art. 19.6).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, assert_never

from tthc.domain.calendar import VIETNAM
from tthc.domain.case import Case, Decision, State
from tthc.domain.deadline import Due, re_promised
from tthc.domain.errors import InputError, RuleError
from tthc.domain.events import Words
from tthc.domain.lifecycle import Occasion, allow, moment, required
from tthc.domain.moving import new_date
from tthc.domain.promised import Pinned

Policy = Literal["exists", "sent_by_due_minus_1_day", "sent_by_due", "sent_by_return"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a letter says before it is one."""

    reason: str
    cause: str
    new_due_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is kept; a draft has no number, an issued one may not have been sent yet.
    `approver`: the leader who agreed to a draft, before it was numbered.
    """

    id: int
    reason: str
    cause: str
    new_due_at: datetime
    number: str | None = None
    signer: str | None = None
    issued_at: datetime | None = None
    sent_at: datetime | None = None
    sent_by: str | None = None
    approver: str | None = None
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """One time that a promise passed without a result, and whether a letter answers it.

    The first is against the due date in force; the letter's own date passing, extended or not,
    is the second miss, which no further re-appointment mends.
    """

    began_at: datetime
    second: bool
    with_letter: bool


def draft(
    case: Case,
    pinned: Pinned,
    on: Occasion,
    *,
    reason: str,
    cause: str,
    new_due: date | datetime,
) -> Draft:
    """Draft a letter: the reason, its coded cause and the new date."""
    allow(case, "letter_issued", on)
    _refuse_second(case, pinned)
    due = _due_to_apologise_for(case, pinned, on.at)
    text = required(reason, "lý do chậm trả kết quả")
    new = _new_date(pinned, due, on.at, new_due)
    return Draft(text, required(cause, "nguyên nhân"), new.due_at)


def approve(case: Case, letter: Letter, pinned: Pinned, on: Occasion) -> None:
    """A leader agrees to a draft: it may now be numbered, and is not a letter yet.

    Raises RuleError where the draft could no longer be issued as it stands.
    """
    if letter.approved_at is not None:
        raise RuleError(
            f"Dự thảo này đã được {letter.approver} duyệt lúc {moment(letter.approved_at)}: hãy "
            "cho số và ban hành."
        )
    _check_draft(case, letter, pinned, on)


def issue(
    case: Case,
    letter: Letter,
    pinned: Pinned,
    on: Occasion,
    *,
    number: str,
    signer: str | None = None,
) -> Decision:
    """Number and sign a drafted letter. After the due date it is a late letter: it moves
    nothing, and uses up the one re-appointment. Who approved it signs it, unless another is
    named; the signature on paper is an approval too.
    """
    due, new = _check_draft(case, letter, pinned, on)
    change = {
        "letter_number": required(number, "số văn bản"),
        "letter_issued_at": on.at,
        "re_promised_at": new.due_at,
        "cause": letter.cause,
    }
    payload = {
        "letter_id": letter.id,
        "signer": required(signer or letter.approver, "người ký"),
        "reason": Words(letter.reason),
        "late": due.is_over(on.at),
    }
    if letter.approved_at is not None:
        payload |= {"approver": letter.approver, "approved_at": letter.approved_at}
    return Decision("letter_issued", on.at, change, payload)


def _check_draft(case: Case, letter: Letter, pinned: Pinned, on: Occasion) -> tuple[Due, Due]:
    """The due date that a draft is about and the new one, where it may be issued now."""
    if letter.issued_at is not None:
        raise RuleError(f"Văn bản này đã được ban hành, số {letter.number}: hãy gửi cho công dân.")
    allow(case, "letter_issued", on)
    _refuse_second(case, pinned)
    due = _due_to_apologise_for(case, pinned, on.at)
    return due, _new_date(pinned, due, on.at, letter.new_due_at)


def send(case: Case, letter: Letter, on: Occasion, *, channel: str) -> Decision:
    """Send an issued letter to the citizen."""
    if letter.issued_at is None:
        raise RuleError("Văn bản mới là dự thảo: hãy cho số và ký ban hành trước khi gửi.")
    if letter.sent_at is not None:
        raise RuleError(f"Văn bản số {letter.number} đã được gửi lúc {moment(letter.sent_at)}.")
    allow(case, "letter_sent", on)
    payload = {"letter_id": letter.id, "channel": required(channel, "cách gửi")}
    return Decision("letter_sent", on.at, {"letter_sent_at": on.at}, payload)


def complies(policy: Policy, case: Case, pinned: Pinned) -> bool:
    """Whether a letter counts under a named policy (rules of the domain, 5).

    Terms that end on the day of receipt cannot meet "a day before": by the due date will do.
    """
    issued, sent = case.letter_issued_at, case.letter_sent_at
    match policy:
        case "exists":
            return issued is not None
        case "sent_by_return":
            return sent is not None and (case.returned_at is None or sent <= case.returned_at)
        case "sent_by_due" | "sent_by_due_minus_1_day":
            if sent is None or case.due_at is None or case.received_at is None:
                return False
            on = pinned.calendar.local_date
            due_on, sent_on = on(case.due_at), on(sent)
            if policy == "sent_by_due" or due_on == on(case.received_at):
                return sent_on <= due_on
            return sent_on <= due_on - timedelta(days=1)
        case _:
            assert_never(policy)


def episodes(case: Case, as_of: datetime) -> tuple[Episode, ...]:
    """The promises that passed without a result by an instant, each an obligation to apologise.

    The letter names a date: the case misses it again when that local date is over.
    """
    if case.received_at is None or case.state in (State.WITHDRAWN, State.STOPPED):
        return ()
    until = case.resolved_at or case.suspended_at or as_of
    if case.overdue_at is None or until < case.overdue_at:
        return ()
    first = Episode(case.overdue_at, second=False, with_letter=case.letter_issued_at is not None)
    if case.re_promised_at is None:
        return (first,)
    midnight = (case.re_promised_at.astimezone(VIETNAM) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    again = Episode(max(midnight, case.overdue_at), second=True, with_letter=False)
    return (first, again) if until >= midnight else (first,)


def _refuse_second(case: Case, pinned: Pinned) -> None:
    if case.letter_issued_at is not None:
        number = f" số {case.letter_number}" if case.letter_number else ""
        raise RuleError(
            f"Hồ sơ đã có văn bản xin lỗi{number}, hẹn lại một lần; "
            f"{pinned.regime.cite(pinned.regime.letter_article)} chỉ cho phép hẹn lại "
            f"{pinned.regime.extensions} lần: hãy trả kết quả sớm nhất có thể."
        )


def _due_to_apologise_for(case: Case, pinned: Pinned, at: datetime) -> Due:
    """The due date that a letter is about."""
    due = pinned.in_force(case)
    if due is None:
        raise RuleError("Hồ sơ không có ngày hẹn trả nên không có gì để hẹn lại.")
    if case.resolved_at is not None and not due.is_over(case.resolved_at):
        raise RuleError("Hồ sơ đã có kết quả đúng hạn nên không cần văn bản xin lỗi.")
    if case.suspended_at is not None and case.resolved_at is None and not due.is_over(at):
        raise RuleError(
            "Hồ sơ đang tạm dừng nên chưa tính hạn: hãy xin lỗi và hẹn lại sau khi tiếp tục xử lý."
        )
    return due


def _new_date(pinned: Pinned, due: Due, at: datetime, to: date | datetime) -> Due:
    if isinstance(to, datetime) and to.tzinfo is None:
        raise InputError("Ngày hẹn mới có giờ phải có múi giờ, ví dụ +07:00.")
    if due.is_over(at):
        new = re_promised(pinned.calendar, due, at, to)
        if new.is_over(at):
            raise RuleError("Ngày hẹn mới phải sau ngày ký văn bản: hãy chọn ngày khác.")
        return new
    new = new_date(pinned.calendar, due, to)
    if new.overdue_at <= due.overdue_at:
        raise RuleError(
            f"Ngày hẹn mới phải sau ngày hẹn trả hiện tại ({due.due_on:%d/%m/%Y}): hãy chọn ngày "
            "khác."
        )
    return new
