"""Histograms of working days: they add, medians do not."""

from collections.abc import Mapping


def percentile(histogram: Mapping[int, int], percent: int) -> int | None:
    """The least number of days within which so many percent of the cases lie; None without cases.

    Of nearest rank: always a number that some case had.
    """
    total = sum(histogram.values())
    seen = 0
    for days in sorted(histogram):
        seen += histogram[days]
        if seen and 100 * seen >= percent * total:
            return days
    return None
