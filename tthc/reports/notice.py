"""The notice to a unit: what falls due, what is overdue, which apologies are owed.

It carries codes and dates only, for e-mail is no place for a citizen's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SHOWN = 100  # codes of a section; the rest is a number


@dataclass(frozen=True, slots=True)
class NoticeCase:
    """A case on a notice: its code, the local date that it is due, and whether it has a letter."""

    code: str
    due_on: date
    with_letter: bool


def write_notice(
    unit: str,
    day: date,
    due: Sequence[NoticeCase],
    overdue: Sequence[NoticeCase],
    letters: Sequence[NoticeCase],
) -> tuple[str, str]:
    """The subject and the text of a notice that is read on `day`.

    `due` are the cases due on that day, `letters` those whose apology must be sent on it if they
    can't be met.
    """
    without = sum(not each.with_letter for each in overdue)
    subject = (
        f"[TTHC] {day:%d/%m/%Y}: {len(due)} hồ sơ đến hạn, {len(overdue)} quá hạn"
        f" ({without} chưa có văn bản xin lỗi)"
    )
    parts = [
        f"Kính gửi: {unit}",
        _section(f"1. Đến hạn ngày {day:%d/%m/%Y}", due),
        _section("2. Đang quá hạn", overdue, f", trong đó {without} chưa có văn bản xin lỗi"),
        _section(
            f"3. Phải gửi văn bản xin lỗi trong ngày {day:%d/%m/%Y} nếu không kịp ngày hẹn trả",
            letters,
        ),
        (
            "Thư tự động, chỉ có mã hồ sơ và ngày; xem từng hồ sơ trên hệ thống. Muốn đổi địa chỉ "
            "hoặc thôi nhận thư, hãy báo người quản trị hệ thống."
        ),
    ]
    return subject, "\n\n".join(parts) + "\n"


def _section(title: str, cases: Sequence[NoticeCase], lacking: str = "") -> str:
    """A heading with its cases; `lacking` says how many of them lack the letter that they owe."""
    lines = [f"{title}: {len(cases)} hồ sơ{lacking}"]
    lines += [f"   {_line(each, owed=bool(lacking))}" for each in cases[:SHOWN]]
    if len(cases) > SHOWN:
        lines.append(f"   … và {len(cases) - SHOWN} hồ sơ khác")
    return "\n".join(lines)


def _line(case: NoticeCase, *, owed: bool) -> str:
    said = f"{case.code}   hẹn trả {case.due_on:%d/%m/%Y}"
    if case.with_letter:
        return f"{said}   đã có văn bản xin lỗi"
    return f"{said}   chưa có văn bản xin lỗi" if owed else said
