"""The only place that reads the machine's clock, and the one time zone of the service."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tthc.domain.errors import InputError

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """The date in Vietnam at an instant (rules of the domain, 3.1)."""
    return instant.astimezone(VIETNAM).date()


def start_of(day: date) -> datetime:
    """Midnight in Vietnam at which a local date begins."""
    return datetime.combine(day, time(), VIETNAM)


def end_of(day: date) -> datetime:
    """The last microsecond of a local date: the cut-off that a bare date means."""
    return start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def read_instant(text: str) -> datetime:
    """An instant as people write it: ISO 8601 with an offset, a bare date (its end), or `now`.

    Raises InputError.
    """
    if text == "now":
        return now()
    try:
        if len(text) == len("2026-03-05"):
            return end_of(date.fromisoformat(text))
        instant = datetime.fromisoformat(text)
        if instant.tzinfo:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise InputError(
        f"“{text}” không phải là một thời điểm; hãy viết như 2026-03-05 (hết ngày) "
        "hoặc 2026-03-05T17:00:00+07:00 (có múi giờ)."
    )
