"""Between instants and local wall time, exact to the microsecond, whatever the zone does.

An instant is counted in whole microseconds since 1970 UTC, so that sums never round.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND


def micros(instant: datetime) -> int:
    """Microseconds since 1970 of an instant, which must carry its zone."""
    return (instant - EPOCH) // MICROSECOND


def from_micros(count: int, zone: ZoneInfo) -> datetime:
    """The instant in the wall time of a zone, under the offset that holds then.

    Two datetimes of one ZoneInfo compare by their walls, and are wrong by an hour when clocks go
    back; under a fixed offset they compare, add and subtract as the instants that they are.
    """
    instant = EPOCH + timedelta(microseconds=count)
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return instant.astimezone(_fixed(offset))


@cache
def _fixed(offset: timedelta) -> timezone:
    return timezone(offset)


def wall_micros(day: date, since_midnight: int, zone: ZoneInfo) -> int:
    """Microseconds since 1970 at which the wall of `zone` shows a time of a day.

    A time that occurs twice (clocks go back) is its first occurrence; one that never occurs
    (clocks go forward) is the instant of the change: so the order of wall times is kept.
    """
    days, rest = divmod(since_midnight, DAY)
    wall = datetime.combine(day, time()) + timedelta(days=days, microseconds=rest)
    before = micros(wall.replace(tzinfo=zone))
    after = micros(wall.replace(tzinfo=zone, fold=1))
    return before if before <= after else _change_between(after, before, zone)


def _change_between(low: int, high: int, zone: ZoneInfo) -> int:
    """The first microsecond after `low`, up to `high`, at which the zone's offset is `high`'s."""
    new = from_micros(high, zone).utcoffset()  # what holds after the change
    while high - low > 1:
        middle = (low + high) // 2
        if from_micros(middle, zone).utcoffset() == new:
            high = middle
        else:
            low = middle
    return high
