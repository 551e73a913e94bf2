"""Which nights are due: the figures of every day once, also of days on which nothing ran."""

from collections.abc import Iterator
from datetime import date, timedelta


def days_due(last: date | None, yesterday: date) -> list[date]:
    """The days, up to yesterday, whose night has not run; only yesterday where none ever did.

    None where the clock went back behind the last night.
    """
    return [yesterday] if last is None else list(days_between(last + timedelta(days=1), yesterday))


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both of them among it."""
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
