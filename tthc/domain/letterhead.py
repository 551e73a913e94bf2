"""How an authority is named at the head of its papers (Decree 30/2020, annex I)."""

import re
from datetime import date, datetime, time, timedelta

from tthc.domain.calendar import VIETNAM
from tthc.domain.wording import WEEKDAYS

COMMITTEE = "Ủy ban nhân dân"
_KINDS = ("Tỉnh", "Thành phố", "Quận", "Huyện", "Thị xã", "Phường", "Xã", "Thị trấn", "Đặc khu")
_KIND = re.compile(rf"^({'|'.join(_KINDS)})\s+(?=\D)", re.IGNORECASE)
_LABEL = re.compile(r"\s*\([^)]*\)$")  # what marks a unit of the simulated world


def authority_name(name: str, kind: str) -> str:
    """The authority of a unit: of an area, its people's committee."""
    if kind not in {"people_committee", "area"} or name.startswith(("Ủy ban", "Uỷ ban", "UBND")):
        return name
    return f"{COMMITTEE} {name[:1].lower()}{name[1:]}"


def on_two_lines(authority: str) -> str:
    """A people's committee over the name of its area."""
    area = authority.removeprefix(f"{COMMITTEE} ")
    return authority if area == authority else f"{COMMITTEE}\n{area}"


def place_name(area: str) -> str:
    """The place in the date line: the area's own name, with its kind where it is but a number."""
    bare = _LABEL.sub("", area)
    return _KIND.sub("", bare)


def date_line(day: date) -> str:
    """ngày 05 tháng 02 năm 2026: noughts before days to 9 and months 1 and 2."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)  # noqa: PLR2004  # as the decree writes
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def hour_and_date(at: datetime) -> str:
    """17:00 ngày 09/03/2026, in Vietnam."""
    return f"{at.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"


def appointed(at: datetime) -> str:
    """A promised instant: 17:00 thứ Hai, ngày 09/03/2026; midnight is 24:00 of the day before."""
    local = at.astimezone(VIETNAM)
    hour, day = f"{local:%H:%M}", local.date()
    if local.time() == time():
        hour, day = "24:00", day - timedelta(days=1)
    return f"{hour} {WEEKDAYS[day.weekday()]}, ngày {day:%d/%m/%Y}"
