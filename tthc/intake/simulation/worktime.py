"""Working time in columns: how much had passed by an instant, and the instant for an amount.

For the instants of invented acts only; due dates come from the engine of the law (`promises`).
A planned act is in local seconds: seconds since 1970-01-01 00:00 in Vietnam, a whole number.
"""

from datetime import date, datetime

import polars as pl

from tthc.clock import start_of

MICROS = 1_000_000
OFFSET = 7 * 3600  # Vietnam has kept +07:00, without summer time, in all the years of the data
EPOCH = date(1970, 1, 1)
A_DAY = 86400
# the default office hours, the same every working day (rules of the domain, 3.2)
OPENS, LUNCH, BACK, CLOSES = 27000, 41400, 46800, 61200
MORNING, WORK = LUNCH - OPENS, 8 * 3600


def day_number(day: date) -> int:
    return (day - EPOCH).days


def local_seconds(instant: datetime | date) -> int:
    """An instant, or the midnight at which a local date begins, in local seconds."""
    at = instant if isinstance(instant, datetime) else start_of(instant)
    return int(at.timestamp()) + OFFSET


def instant(seconds: pl.Expr) -> pl.Expr:
    """Local seconds as an instant of the ledger."""
    return ((seconds - OFFSET) * MICROS).cast(pl.Datetime("us", "UTC"))


class WorkTime:
    """Working seconds since the calendar's first day, from local seconds and back."""

    def __init__(self, working_days: list[date]) -> None:
        numbers = [day_number(day) for day in working_days]
        self._first, self._last = numbers[0], numbers[-1] + 1
        held, before, count = set(numbers), [], 0
        for number in range(self._first, self._last + 1):
            before.append(count)
            count += number in held
        span = range(self._first, self._last + 1)
        self._days = pl.Series(numbers, dtype=pl.Int64)
        self._before = pl.Series(before, dtype=pl.Int64)
        self._worked = pl.Series([number in held for number in span], dtype=pl.Boolean)

    def worked(self, day: pl.Expr) -> pl.Expr:
        """Whether a day, as a count of days since 1970, is worked."""
        return pl.lit(self._worked).gather(self._place(day))

    def opening(self, at: pl.Expr) -> pl.Expr:
        """Working seconds at the start of the local day of an instant."""
        return pl.lit(self._before).gather(self._place(at // A_DAY)) * WORK

    def elapsed(self, at: pl.Expr) -> pl.Expr:
        """Working seconds up to an instant."""
        clock = at % A_DAY
        worked = (clock - OPENS).clip(0, MORNING) + (clock - BACK).clip(0, WORK - MORNING)
        return self.opening(at) + worked * self.worked(at // A_DAY).cast(pl.Int64)

    def reached(self, amount: pl.Expr) -> pl.Expr:
        """When an amount of working seconds has passed; beyond the calendar, its last day.

        What ends exactly at a closing comes at the next opening, so that one whole day of work
        more is always on a later date.
        """
        amount = amount.cast(pl.Int64)
        rest = amount % WORK
        day = pl.lit(self._days).gather((amount // WORK).clip(0, len(self._days) - 1))
        return day * A_DAY + OPENS + rest + (rest >= MORNING).cast(pl.Int64) * (BACK - LUNCH)

    def _place(self, day: pl.Expr) -> pl.Expr:
        return day.clip(self._first, self._last) - self._first
