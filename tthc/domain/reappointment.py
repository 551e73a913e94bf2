"""The one re-appointment (hẹn lại ngày trả kết quả): the clerk's act that moves the due date."""

from typing import Any

from tthc.domain.apology import Letter
from tthc.domain.case import Case, Decision
from tthc.domain.errors import RuleError
from tthc.domain.lifecycle import Occasion, allow, moment
from tthc.domain.moving import Extension
from tthc.domain.promised import Pinned


def extend(case: Case, letter: Letter | None, pinned: Pinned, on: Occasion) -> Decision:
    """Change the due date to that of an issued letter: once, and before it has passed
    (rules 3.9).
    """
    law = pinned.regime.cite(pinned.regime.letter_article)
    allow(case, "extended", on)
    if case.last("extended") is not None:
        raise RuleError(
            f"Hồ sơ đã được hẹn lại; {law} chỉ cho phép {pinned.regime.extensions} lần: hãy trả "
            "kết quả sớm nhất có thể."
        )
    if letter is None or letter.issued_at is None or letter.number is None:
        raise RuleError(
            f"Chưa có văn bản xin lỗi đã ban hành để hẹn lại ({law}): hãy cho số và ký văn bản "
            "trước."
        )
    due = pinned.in_force(case)
    if due is None:
        raise RuleError("Hồ sơ không có ngày hẹn trả nên không có gì để hẹn lại.")
    if due.is_over(letter.issued_at):
        raise RuleError(
            f"Văn bản xin lỗi số {letter.number} ban hành lúc {moment(letter.issued_at)}, sau ngày "
            f"hẹn trả: văn bản muộn không đổi được ngày hẹn và đã dùng hết lần hẹn lại ({law})."
        )
    extension = Extension(on.at, letter.new_due_at, letter.number, letter.issued_at)
    payload = {"letter_id": letter.id, "letter_number": letter.number}
    return Decision("extended", on.at, extended(case, pinned, extension), payload)


def extended(case: Case, pinned: Pinned, extension: Extension) -> dict[str, Any]:
    """The columns that an extension decides."""
    assert case.received_at is not None
    pauses, claim = case.suspensions(closed=True), pinned.claim_of(case)
    due = pinned.dues(case.received_at, pauses, extension, claim).current
    assert due is not None
    return {
        "due_at": due.due_at,
        "overdue_at": due.overdue_at,
        "re_promised_at": due.due_at,
        **pinned.newer_calendar(case),
    }
