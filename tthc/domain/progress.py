"""Work on a case: started, passed on with its control sheet, paid for, annotated, explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tthc.domain.calendar import Calendar
from tthc.domain.case import Case, Decision, State
from tthc.domain.errors import InputError, RuleError
from tthc.domain.events import Words
from tthc.domain.lifecycle import Occasion, allow, moment, required, words
from tthc.domain.promised import Pinned

HANDED = frozenset({"transferred", "taken_over"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a file lies: a unit, its level of government, an officer if one is named."""

    unit_id: int
    level: str
    officer: str | None = None


def start(case: Case, on: Occasion, *, officer: str | None = None) -> Decision:
    """An officer begins to work on it."""
    allow(case, "started", on)
    change: dict[str, Any] = {"state": State.IN_PROGRESS}
    if officer is not None:
        change["officer"] = required(officer, "tên người xử lý")
    return Decision("started", on.at, change)


def transfer(
    case: Case,
    pinned: Pinned,
    on: Occasion,
    *,
    here: Desk,
    to: Desk,
    note: str | None = None,
    batch: str | None = None,
) -> Decision:
    """Pass a file on, with its line of the control sheet (form 06): who, when, early or late.

    `here` is the shop where the competent unit gets the file for the first time. The first
    passing on of a received file has a time of its own (Art. 18, 20); a late one is noted apart
    from the lateness of the case. `batch` names the control sheet that it was part of.
    """
    allow(case, "transferred", on)
    if (here.unit_id, here.officer) == (to.unit_id, to.officer):
        raise RuleError("Nơi nhận đang giữ hồ sơ này rồi: hãy chọn đơn vị hoặc người khác.")
    change: dict[str, Any] = {"competent_unit_id": to.unit_id, "officer": to.officer}
    sheet: dict[str, Any] = {
        "from_unit_id": here.unit_id,
        "from_officer": here.officer,
        "to_unit_id": to.unit_id,
        "to_officer": to.officer,
        "note": Words(note.strip()) if note and note.strip() else None,
        "batch": batch,
    }
    if case.received_at is not None and case.last("transferred") is None:
        due_at = handover_due_at(case.received_at, pinned, across_levels=here.level != to.level)
        sheet |= {"handover_due_at": due_at, "verdict": _verdict(pinned.calendar, due_at, on.at)}
        if on.at > due_at:
            change["handover_late"] = True
    return Decision("transferred", on.at, change, _filled(sheet))


def take_over(
    case: Case, on: Occasion, *, officer: str | None = None, note: str | None = None
) -> Decision:
    """The receiver's line of the control sheet: what was passed on has arrived, and with whom."""
    allow(case, "taken_over", on)
    line = next((one for one in reversed(case.history) if one.role in HANDED), None)
    if line is None:
        raise RuleError("Hồ sơ chưa được chuyển đi đâu nên không có bàn giao nào để nhận.")
    if line.role == "taken_over":
        raise RuleError(
            f"Bàn giao này đã được nhận lúc {moment(line.effective_at)}: không cần nhận lại."
        )
    sheet = {
        "handed_over_at": line.effective_at,
        "batch": line.payload.get("batch"),
        "note": Words(note.strip()) if note and note.strip() else None,
    }
    change = {} if officer is None else {"officer": required(officer, "tên người nhận")}
    return Decision("taken_over", on.at, change, _filled(sheet))


def handover_due_at(received_at: datetime, pinned: Pinned, *, across_levels: bool) -> datetime:
    """By when a received file is to be passed on: the same day, or after a certain hour the next
    morning; across levels of government one working day.
    """
    calendar, regime = pinned.calendar, pinned.regime
    local = received_at.astimezone(calendar.zone)
    if across_levels:
        last = calendar.add_working_days(local.date(), regime.across_levels_days)
        return calendar.closing_time(last)
    if calendar.is_worked(local.date()) and local.time() <= regime.next_morning_after:
        return calendar.closing_time(local.date())
    return calendar.first_slot_end(calendar.roll_forward(local.date() + timedelta(days=1)))


def pay_fee(case: Case, on: Occasion, *, amount: Decimal, channel: str | None = None) -> Decision:
    """A fee or charge paid, in đồng."""
    allow(case, "fee_paid", on)
    if not amount.is_finite() or amount < 0:
        raise InputError("Số tiền không hợp lệ: cần một số không âm, tính bằng đồng.")
    change = {"fee_amount": amount, "fee_paid_at": on.at, "fee_channel": channel}
    return Decision("fee_paid", on.at, change)


def note(case: Case, on: Occasion, *, text: str) -> Decision:
    """A remark: it decides nothing."""
    allow(case, "noted", on)
    return Decision("noted", on.at, {}, {"text": words(text, "nội dung ghi chú")})


def explain(case: Case, on: Occasion, *, unit_id: int, text: str) -> Decision:
    """A unit's explanation (giải trình) of a late case, attached to it; it changes no figure."""
    allow(case, "explained", on)
    if not case.is_late(on.at):
        raise RuleError("Hồ sơ không quá hạn nên không cần giải trình: hãy ghi chú nếu muốn.")
    payload = {"unit_id": unit_id, "text": words(text, "nội dung giải trình")}
    return Decision("explained", on.at, {}, payload)


def _verdict(calendar: Calendar, due_at: datetime, at: datetime) -> str:
    if at > due_at:
        return "late"
    return "early" if calendar.local_date(at) < calendar.local_date(due_at) else "on_time"


def _filled(sheet: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sheet.items() if value is not None}
