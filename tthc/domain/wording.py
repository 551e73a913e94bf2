"""The explanation of a due date in sentences that a citizen understands."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from tthc.domain.explanation import (
    ROLLED,
    Changed,
    Explanation,
    NamedDay,
    Recalculation,
    Why,
)
from tthc.domain.moving import Cause, Move
from tthc.domain.term import Mode, StartRule, SuspensionRule, TermUnit
from tthc.domain.verdict import Due

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
UNITS = {
    TermUnit.WORKING_DAY: "ngày làm việc",
    TermUnit.CALENDAR_DAY: "ngày",
    TermUnit.MONTH: "tháng",
    TermUnit.WORKING_HOUR: "giờ làm việc",
}
START_RULES = {
    StartRule.RECEIPT_DAY_NOT_COUNTED: (
        "ngày tiếp nhận không tính vào thời hạn (Điều 147 Bộ luật Dân sự)"
    ),
    StartRule.NEXT_WORKING_DAY_IS_DAY_0: (
        "hồ sơ nhận sau giờ làm việc hoặc vào ngày nghỉ coi như nhận ngày làm việc tiếp theo, "
        "ngày nhận không tính vào thời hạn"
    ),
}
CHANGED = {
    Changed.CALENDAR: "Lịch làm việc",
    Changed.TERM: "Thời hạn giải quyết",
    Changed.HOURS: "Giờ làm việc của nơi tiếp nhận",
}
MANY = 12  # more skipped weekend days than this are counted, not listed


def sentences(why: Explanation) -> list[str]:
    """The explanation, one sentence a step, from the receipt to the due date."""
    said = [f"Hồ sơ được tiếp nhận lúc {moment(why.received_at)}.", _term(why)]
    if (why.current or why.suspended) and not why.imported:
        said += [rule for rule in (_rule(why),) if rule]
    said += _own_hours(why)
    said += [_move(why, move) for move in why.moves]
    if why.skipped:
        said.append(f"Không tính {len(why.skipped)} ngày: {'; '.join(_skipped(why.skipped))}.")
    said += [
        f"Có tính {_day(one.day)} vì là ngày làm việc bù{_in_brackets(one.name)}."
        for one in why.worked
    ]
    said += [_recalculated(one) for one in why.recalculations]
    said.append(_outcome(why))
    if why.statutory and why.promised and why.statutory != why.promised:
        said.append(f"Theo thời hạn luật định thì hẹn trả lúc {appointment(why.statutory)}.")
    if why.unsure_years:
        years = ", ".join(map(str, why.unsure_years))
        said.append(
            f"Đây là ngày tạm tính vì lịch nghỉ năm {years} chưa được công bố hoặc chưa nạp."
        )
    return said


def appointment(due: Due) -> str:
    """A due date as it is printed; a shop that closes at midnight promises 24:00."""
    hour = f"{due.due_at:%H:%M}" if due.due_at.date() == due.due_on else "24:00"
    return f"{hour} {_day(due.due_on)}"


def amount(number: Decimal, unit: TermUnit) -> str:
    """A term in words, with a decimal comma."""
    if unit is TermUnit.NONE:
        return "không quy định"
    if unit is TermUnit.WORKING_DAY and number == 0:
        return "trong ngày"
    return f"{format(number.normalize(), 'f').replace('.', ',')} {UNITS[unit]}"


def moment(at: datetime) -> str:
    """An instant of local time as a citizen reads it: 17:00 thứ Năm 05/03/2026."""
    return f"{at:%H:%M} {_day(at.date())}"


def _term(why: Explanation) -> str:
    if why.imported and why.first:
        return (
            f"Ngày hẹn trả {appointment(why.first)} lấy từ dữ liệu nhập vào, "
            "không do hệ thống tính."
        )
    half = ", nhận buổi sáng trả buổi sáng" if why.mode is Mode.HALF_DAY else ""
    return f"Thời hạn giải quyết: {amount(why.amount, why.unit)}{half}."


def _rule(why: Explanation) -> str:
    if why.unit in ROLLED:
        return (
            "Cách tính: tính theo ngày dương lịch, ngày tiếp nhận không tính; "
            "hết hạn vào ngày nghỉ thì chuyển sang ngày làm việc tiếp theo."
        )
    if why.unit is TermUnit.WORKING_HOUR:
        return "Cách tính: chỉ tính thời gian trong giờ làm việc."
    taken = ""
    if why.effective_day != why.received_at.date():
        taken = f"; hồ sơ này coi như nhận {_day(why.effective_day)}"
    return f"Cách tính: {START_RULES[why.start_rule]}{taken}."


def _own_hours(why: Explanation) -> Iterator[str]:
    own = why.own
    if own is None:
        return
    if own.titles:
        yield f"Ngày, giờ tính theo giờ làm việc của {own.unit} ({'; '.join(own.titles)})."
    if own.received_only:
        yield (
            f"{own.unit} có tiếp nhận hồ sơ vào {_day(why.received_at.date())} nhưng không tính "
            "ngày đó là ngày làm việc."
        )


def _move(why: Explanation, move: Move) -> str:
    if move.cause is Cause.EXTENDED:
        return f"Hẹn lại ngày trả kết quả lúc {moment(move.started_at)}: {_moved(move)}."
    if move.cause is Cause.STILL_SUSPENDED:
        return f"Tạm dừng tính thời hạn từ {moment(move.started_at)}, chưa tiếp tục."
    until = f" đến {moment(move.ended_at)}" if move.ended_at else ""
    span = f"từ {moment(move.started_at)}{until}"
    if move.cause is Cause.SUSPENDED_AFTER_DUE:
        return (
            f"Tạm dừng {span}, khi đã quá hạn {_day(move.before.due_on)}: "
            f"ngày hẹn trả không thay đổi, hồ sơ vẫn quá hạn."
        )
    if why.suspension_rule is SuspensionRule.RESTART:
        return f"Tạm dừng {span}, sau đó tính lại toàn bộ thời hạn: {_moved(move)}."
    return f"Tạm dừng {span}, thời gian tạm dừng không tính vào thời hạn: {_moved(move)}."


def _recalculated(one: Recalculation) -> str:
    moved = f"ngày hẹn trả chuyển từ {moment(one.before)} sang {moment(one.after)}"
    return f"{CHANGED[one.changed]} thay đổi theo {one.decision}: {moved}."


def _moved(move: Move) -> str:
    if move.after is None or move.after == move.before:
        return f"ngày hẹn trả vẫn là {appointment(move.before)}"
    return f"ngày hẹn trả chuyển từ {appointment(move.before)} sang {appointment(move.after)}"


def _outcome(why: Explanation) -> str:
    if why.current:
        return f"Hẹn trả kết quả lúc {appointment(why.current)}."
    if why.suspended:
        return "Hồ sơ đang tạm dừng nên chưa có ngày hẹn trả."
    return "Thủ tục không quy định thời hạn nên không có ngày hẹn trả."


def _skipped(days: Iterable[NamedDay]) -> Iterator[str]:
    """Weekends together, days off by name, in order; long stretches are counted."""
    listed = list(days)
    weekend = sum(1 for one in listed if one.why is Why.WEEKEND)
    if weekend > MANY:
        yield f"{weekend} ngày cuối tuần"
        listed = [one for one in listed if one.why is not Why.WEEKEND]
    for (why, name), group in groupby(listed, key=lambda one: (one.why, _shared_name(one))):
        shown = ", ".join(_day(one.day) for one in group)
        yield f"{shown} ({_reason(why, name)})"


def _reason(why: Why, name: str) -> str:
    match why:
        case Why.WEEKEND:
            return "cuối tuần"
        case Why.OWN_WEEK:
            return "nơi tiếp nhận không làm việc"
        case Why.OWN_DAY_OFF:
            return f"ngày nghỉ riêng của nơi tiếp nhận{': ' + name if name else ''}"
    return name or "ngày nghỉ"


def _shared_name(one: NamedDay) -> str:
    return "" if one.why is Why.WEEKEND else one.name


def _in_brackets(name: str) -> str:
    return f" ({name[0].lower()}{name[1:]})" if name else ""


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"
