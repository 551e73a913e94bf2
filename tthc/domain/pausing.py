"""A case whose clock stands still: asked for a supplement, charged, resumed, closed for silence."""

from datetime import date, timedelta
from typing import Any

from tthc.domain.case import Case, Decision, State
from tthc.domain.errors import RuleError
from tthc.domain.lifecycle import Occasion, allow, numbered, required, words
from tthc.domain.promised import Pinned
from tthc.domain.suspension import Suspension
from tthc.domain.term import TermUnit


def ask_for_supplement(
    case: Case,
    pinned: Pinned,
    on: Occasion,
    *,
    content: str,
    grounds: str | None = None,
    notice: str | None = None,
) -> Decision:
    """Ask for what is missing (form 02, whose number is the notice): once, soon after the receipt.

    `grounds` cite the sector's law where it allows a later request; a further request needs
    them too, and a regime that allows it.
    """
    allow(case, "suspended", on)
    regime = pinned.regime
    law = regime.cite(regime.supplement_article)
    asked = words(content, "nội dung cần bổ sung")
    further = case.supplements >= regime.supplement_requests
    if further and not (grounds and regime.further_with_grounds):
        raise RuleError(
            f"Hồ sơ đã được yêu cầu bổ sung {case.supplements} lần; {law} chỉ cho phép "
            f"{regime.supplement_requests} lần: hãy giải quyết theo giấy tờ đã có, hoặc từ chối "
            "giải quyết và nêu rõ lý do."
        )
    assert case.received_at is not None
    received_on = pinned.calendar.local_date(case.received_at)
    last_day = pinned.calendar.add_working_days(received_on, regime.ask_within_working_days)
    late = pinned.calendar.local_date(on.at) > last_day
    if late and not grounds:
        raise RuleError(
            f"Chỉ được yêu cầu bổ sung trong {regime.ask_within_working_days} ngày làm việc kể từ "
            f"khi tiếp nhận, đến hết ngày {last_day:%d/%m/%Y} ({law}): nếu pháp luật chuyên ngành "
            "cho phép muộn hơn, hãy ghi căn cứ."
        )
    payload: dict[str, Any] = {"content": asked} | numbered(notice)
    if grounds:
        payload["grounds"] = grounds
    if late:
        payload["asked_late"] = True
    change = {
        "state": State.SUPPLEMENT,
        "suspended_at": on.at,
        "supplements": case.supplements + 1,
    }
    return Decision("suspended", on.at, change, payload)


def charge(case: Case, on: Occasion, *, content: str, grounds: str) -> Decision:
    """Ask for a financial obligation to be met, where the sector's law says that it suspends."""
    allow(case, "charged", on)
    payload = {
        "content": words(content, "nghĩa vụ tài chính phải thực hiện"),
        "grounds": required(grounds, "căn cứ pháp luật chuyên ngành cho phép tạm dừng"),
    }
    change = {"state": State.CHARGED, "suspended_at": on.at}
    return Decision("charged", on.at, change, payload)


def resume(case: Case, pinned: Pinned, on: Occasion) -> Decision:
    """The answer came, or the obligation is met: the clock runs again, the due dates move."""
    allow(case, "resumed", on)
    assert case.suspended_at is not None
    pauses = (*case.suspensions(closed=True), Suspension(case.suspended_at, on.at))
    return Decision("resumed", on.at, resumed(case, pinned, pauses))


def resumed(case: Case, pinned: Pinned, pauses: tuple[Suspension, ...]) -> dict[str, Any]:
    """The columns that a resume decides; an extended case's new date moves along."""
    change: dict[str, Any] = {"state": State.IN_PROGRESS, "suspended_at": None}
    if case.due_at is None:
        return change
    change |= pinned.dues_of(case, pauses).columns() | pinned.newer_calendar(case)
    if case.extension is not None:
        change["re_promised_at"] = change["due_at"]
    return change


def silent_until(case: Case, pinned: Pinned) -> date | None:
    """The last day on which the citizen may still answer; after it the case may be closed."""
    if case.state is not State.SUPPLEMENT or case.suspended_at is None:
        return None
    asked_on = pinned.calendar.local_date(case.suspended_at)
    days = pinned.regime.silence_days
    if pinned.regime.silence_unit is TermUnit.WORKING_DAY:
        return pinned.calendar.add_working_days(asked_on, days)
    return asked_on + timedelta(days=days)


def may_be_closed(case: Case, pinned: Pinned, today: date) -> bool:
    """Whether the citizen has been silent for so long that a clerk may close the case."""
    last_day = silent_until(case, pinned)
    return last_day is not None and today > last_day


def close(case: Case, pinned: Pinned, on: Occasion, *, notice: str) -> Decision:
    """Close a case whose applicant stays silent, with form 05, whose number is the notice."""
    allow(case, "closed", on)
    number = required(notice, "số thông báo dừng giải quyết (mẫu số 05)")
    last_day = silent_until(case, pinned)
    if last_day is not None and pinned.calendar.local_date(on.at) <= last_day:
        law = pinned.regime.cite(pinned.regime.supplement_article)
        raise RuleError(
            f"Chưa được đóng hồ sơ: công dân còn được bổ sung đến hết ngày {last_day:%d/%m/%Y} "
            f"({law})."
        )
    change = {"state": State.STOPPED, "ended_at": on.at}
    return Decision("closed", on.at, change, {"notice": number, "form": "05"})
