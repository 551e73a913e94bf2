"""The only place that reads the machine's clock, and the one time zone of the service."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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
