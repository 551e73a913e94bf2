"""How a case ends: resolved and returned, withdrawn, or stopped."""

from typing import Any

from tthc.domain.case import Case, Decision, State
from tthc.domain.errors import InputError, RuleError
from tthc.domain.events import Words
from tthc.domain.lifecycle import Occasion, allow, numbered, words

OUTCOMES = ("granted", "refused")
E_RESULTS = ("yes", "no", "unknown")


def resolve(
    case: Case,
    on: Occasion,
    *,
    outcome: str,
    e_result: str | None = None,
    cause: str | None = None,
    reason: str | None = None,
    notice: str | None = None,
) -> Decision:
    """The result is ready: the instant of the verdict. A refusal (form 03, whose number is the
    notice) is a result too.

    A late result that no letter apologises for needs the coded cause of its lateness.
    """
    allow(case, "resolved", on)
    if outcome not in OUTCOMES:
        raise InputError(f"Kết quả “{outcome}” không có: hãy chọn trong {', '.join(OUTCOMES)}.")
    if e_result is not None and e_result not in E_RESULTS:
        raise InputError(
            f"Kết quả điện tử “{e_result}” không có: hãy chọn trong {', '.join(E_RESULTS)}."
        )
    payload: dict[str, Any] = {}
    if outcome == "refused":
        payload["reason"] = words(reason, "lý do từ chối giải quyết (mẫu số 03)")
        payload |= numbered(notice)
    elif reason:
        payload["reason"] = Words(reason)
    if case.is_overdue(on.at) and case.letter_issued_at is None and cause is None:
        raise RuleError(
            "Kết quả quá hạn mà chưa có văn bản xin lỗi: hãy chọn nguyên nhân quá hạn, hoặc ban "
            "hành văn bản xin lỗi trước."
        )
    change: dict[str, Any] = {
        "state": State.RESOLVED,
        "resolved_at": on.at,
        "outcome": outcome,
    }
    if e_result is not None:
        change["e_result"] = e_result
    if cause is not None:
        change["cause"] = cause
    return Decision("resolved", on.at, change, payload or None)


def return_result(case: Case, on: Occasion, *, channel: str | None = None) -> Decision:
    """The citizen has the result; when plays no part in the verdict."""
    allow(case, "returned", on)
    change = {"state": State.RETURNED, "returned_at": on.at, "return_channel": channel}
    return Decision("returned", on.at, change)


def withdraw(case: Case, on: Occasion, *, reason: str | None = None) -> Decision:
    """The citizen takes the case back."""
    allow(case, "withdrawn", on)
    change = {"state": State.WITHDRAWN, "ended_at": on.at}
    return Decision("withdrawn", on.at, change, {"reason": Words(reason)} if reason else None)


def stop(case: Case, on: Occasion, *, reason: str, notice: str | None = None) -> Decision:
    """Work on the case ends without a result (form 05, whose number is the notice)."""
    allow(case, "stopped", on)
    why = words(reason, "lý do dừng giải quyết (mẫu số 05)")
    payload = {"reason": why, "form": "05"} | numbered(notice)
    return Decision("stopped", on.at, {"state": State.STOPPED, "ended_at": on.at}, payload)
