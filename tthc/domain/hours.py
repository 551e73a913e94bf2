"""Weekly opening hours: slots of a day, from midnight to 24:00, any number of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from tthc.domain.errors import InputError
from tthc.domain.localtime import DAY, SECOND

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WALL_TIME: Final = re.compile(r"(\d\d?):([0-5]\d)(?::([0-5]\d))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """From `opens` to `closes`, both in microseconds since local midnight; 24:00 is allowed."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= DAY:
            raise InputError("Khung giờ làm việc phải mở trước khi đóng và nằm trong 00:00-24:00.")


Slots = tuple[Slot, ...]


def wall_time(text: str) -> int:
    """`HH:MM` or `HH:MM:SS`, up to 24:00, as microseconds since midnight."""
    written = WALL_TIME.fullmatch(text)
    if not written:
        raise InputError(f"Giờ {text!r} không đọc được: hãy viết dạng HH:MM, ví dụ 07:30.")
    hours, minutes, seconds = (int(part or 0) for part in written.groups())
    total = (hours * 3600 + minutes * 60 + seconds) * SECOND
    if total > DAY:
        raise InputError(f"Giờ {text!r} không có thật: từ 00:00 đến 24:00.")
    return total


def slots(pairs: Iterable[Sequence[str]]) -> Slots:
    """Slots of one day in order, from pairs of wall times; they may touch, not overlap."""
    day: list[Slot] = []
    for pair in pairs:
        match pair:
            case [str(opens), str(closes)]:
                day.append(Slot(wall_time(opens), wall_time(closes)))
            case _:
                raise InputError(f"Khung giờ {pair!r} không đọc được: cần [giờ mở, giờ đóng].")
    day.sort()
    for earlier, later in pairwise(day):
        if later.opens < earlier.closes:
            raise InputError("Hai khung giờ trong một ngày chồng lên nhau: hãy sửa lại giờ.")
    return tuple(day)


@dataclass(frozen=True, slots=True)
class Week:
    """The slots of each weekday, Monday first."""

    days: tuple[Slots, ...]

    def on(self, day: date) -> Slots:
        """The slots that the weekday of a date has."""
        return self.days[day.weekday()]

    def for_worked_day(self, day: date) -> Slots:
        """The slots of a day worked in lieu: its weekday's, else Monday's (rules 3.2).

        A unit that is shut on both takes those of its first day of the week with hours.
        """
        return self.on(day) or next(filter(None, self.days))

    def __bool__(self) -> bool:
        return any(self.days)


def week(table: Mapping[str, Iterable[Sequence[str]]]) -> Week:
    """A week from a table such as `{"mon": [["07:30", "11:30"], ["13:00", "17:00"]]}`."""
    unknown = set(table) - set(WEEKDAYS)
    if unknown:
        raise InputError(
            f"Ngày trong tuần {sorted(unknown)!r} không đọc được: hãy dùng {', '.join(WEEKDAYS)}."
        )
    return Week(tuple(slots(table.get(name, ())) for name in WEEKDAYS))


def week_table(week: Week) -> dict[str, list[list[str]]]:
    """The table that `week` reads; days without slots are left out."""
    return {
        name: [[_wall_text(slot.opens), _wall_text(slot.closes)] for slot in day]
        for name, day in zip(WEEKDAYS, week.days, strict=True)
        if day
    }


def _wall_text(micros: int) -> str:
    minutes, seconds = divmod(micros // SECOND, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


@dataclass(frozen=True, slots=True)
class DatedWeek:
    """A unit's own week, and hours at which it only receives, in [first, before); None: as before.

    `before` None: until further notice.
    """

    first: date
    before: date | None
    week: Week | None
    reception: Week | None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.before is None or day < self.before)


OFFICE_HOURS: Final = Week(
    (slots([("07:30", "11:30"), ("13:00", "17:00")]),) * 5 + ((), ()),
)
SHUT: Final = Week(((),) * 7)
