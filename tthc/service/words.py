"""How counts, ratios, instants and periods are written for people in Vietnam."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from tthc import clock
from tthc.domain.period import Period
from tthc.domain.scoring.wording import plain
from tthc.rules.periods import schemes

CHANNELS = {
    "counter": "Trực tiếp",
    "online": "Trực tuyến",
    "post": "Bưu chính công ích",
    "other": "Khác",
}
LEVELS = {"central": "Bộ", "province": "Tỉnh", "district": "Huyện", "commune": "Xã"}
AXES = {
    "receiving": "cơ quan tiếp nhận hồ sơ",
    "competent": "cơ quan giải quyết hồ sơ",
}
NO_VALUE = "—"
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def number(value: int | None) -> str:
    """A count: 1.234."""
    return NO_VALUE if value is None else f"{value:,}".replace(",", ".")


def amount(value: str) -> str:
    """Đồng as on paper: 1.234.567 or 1.234,50."""
    whole, _, part = value.partition(".")
    return f"{number(int(whole))},{part}" if part.strip("0") else number(int(whole))


def points(value: float | Decimal | None) -> str:
    """Points: 0,25."""
    return NO_VALUE if value is None else plain(Decimal(str(value)))


def percent(value: str | None) -> str:
    """A ratio in percent, given with a decimal point: 98,72 %."""
    return NO_VALUE if value is None else f"{value.replace('.', ',')}\N{NO-BREAK SPACE}%"


def day(value: date | None) -> str:
    """A date: 05/03/2026."""
    return NO_VALUE if value is None else f"{value:%d/%m/%Y}"


def moment(value: datetime | str | None) -> str:
    """An instant in Vietnam: 17:00 05/03/2026."""
    if value is None:
        return NO_VALUE
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{instant.astimezone(clock.VIETNAM):%H:%M %d/%m/%Y}"


def answer_time(seconds: int | None) -> str:
    """What is left of the working time for an answer: `còn 3 giờ 20 phút làm việc`."""
    if seconds is None:
        return ""
    hours, minutes = divmod(abs(seconds) // 60, 60)
    parts = [f"{hours} giờ" if hours else "", f"{minutes} phút" if minutes or not hours else ""]
    return f"{'quá' if seconds < 0 else 'còn'} {' '.join(filter(None, parts))} làm việc"


def cut_off(as_of: datetime) -> str:
    """A cut-off within a sentence: `hết ngày 05/03/2026`, or the time of that day."""
    on = clock.local_date(as_of)
    if as_of == clock.end_of(on):
        return f"hết ngày {day(on)}"
    return f"{as_of.astimezone(clock.VIETNAM):%H:%M} ngày {day(on)}"


def period(value: Period) -> str:
    """A period's name: Tháng 03/2026, Quý I/2026, 6 tháng đầu năm 2026, Năm 2026."""
    scheme = schemes()[value.scheme]
    year, _, piece = value.code.partition("-")
    name = {"H1": f"đầu năm {year}", "H2": f"cuối năm {year}", "": year}.get(piece)
    if scheme.start:
        name = "hồ sơ đã biết"
    elif value.scheme == "day":
        name = day(value.start)
    elif piece.startswith("Q"):
        name = f"{_ROMAN[piece[1:]]}/{year}"
    # a scheme's label may say more after its kind: "Quý theo Thông tư …"
    kind, *more = re.split(r"(?= theo | từ )", scheme.label, maxsplit=1)
    name = name or f"{piece.removeprefix('W')}/{year}"
    return "".join([f"{kind} {name}", *more])


def days_of(value: Period) -> str:
    """Its first and last day."""
    return f"từ {day(value.start)} đến hết {day(value.end - timedelta(days=1))}"
