from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tthc.clock import VIETNAM
from tthc.intake.simulation.choice import Choice
from tthc.intake.simulation.dice import Dice
from tthc.intake.simulation.worktime import WorkTime, instant, local_seconds
from tthc.rules.calendars import calendar

WORK = WorkTime(list(calendar().working_days()))
INSTANTS = st.integers(0, 16 * 365 * 86400).map(
    lambda seconds: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def elapsed(at: datetime) -> int:
    frame = pl.DataFrame({"at": [local_seconds(at)]})
    return int(frame.select(WORK.elapsed(pl.col("at"))).item())


def reached(amount: int) -> datetime:
    frame = pl.DataFrame({"w": [amount]})
    found: datetime = frame.select(instant(WORK.reached(pl.col("w")))).item()
    return found


@settings(deadline=None)  # the first one lays the calendar out
@given(INSTANTS, INSTANTS)
def test_working_seconds_are_the_calendar_s(one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    assert elapsed(end) - elapsed(start) == calendar().working_seconds_between(start, end)


@settings(deadline=None)  # the first one lays the calendar out
@given(INSTANTS, st.integers(1, 100 * 8 * 3600))
def test_reaching_is_adding_but_for_closing_time(start: datetime, amount: int) -> None:
    expected = calendar().add_working_seconds(start, Decimal(amount))
    at = reached(elapsed(start) + amount)
    assert at in {expected, calendar().next_opening(expected)}
    assert calendar().is_open(at.astimezone(VIETNAM))


def test_a_draw_is_the_published_mixer_s() -> None:
    dice = Dice(5)
    start, mask = dice._start("x"), (1 << 64) - 1

    def by_hand(number: int) -> float:
        word = (number * 0x9E3779B97F4A7C15 + start) & mask
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & mask
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & mask
        return float((word ^ (word >> 31)) >> 11) / float(1 << 53)

    frame = pl.DataFrame({"number": pl.int_range(2000, dtype=pl.UInt64, eager=True)})
    drawn = frame.select(dice.roll("x")).to_series().to_list()
    assert drawn == [by_hand(number) for number in range(2000)]
    assert 0.48 < sum(drawn) / 2000 < 0.52


def test_draws_of_two_purposes_or_seeds_are_not_related() -> None:
    frame = pl.DataFrame({"number": pl.int_range(20_000, dtype=pl.UInt64, eager=True)})
    dice = Dice(1)
    drawn = frame.select(
        a=dice.roll("a"), b=dice.roll("b"), n=dice.normal("n"), other=Dice(2).roll("a")
    )
    assert abs(drawn.select(pl.corr("a", "other")).item()) < 0.03
    assert abs(drawn.select(pl.corr("a", "b")).item()) < 0.03
    assert abs(drawn.select(pl.mean("n")).item()) < 0.03
    assert 0.97 < drawn.select(pl.std("n")).item() < 1.03


def test_a_choice_stays_in_its_group_and_keeps_to_the_weights() -> None:
    choice = Choice([0, 0, 2, 2, 2], [1.0, 3.0, 1.0, 0.0, 1.0], 4)
    frame = pl.DataFrame(
        {"group": [0] * 1000 + [2] * 1000, "roll": [n / 1000 for n in range(1000)] * 2}
    )
    picked = frame.select("group", row=choice.pick(pl.col("group"), pl.col("roll")))
    counts = dict(picked.group_by("row").len().iter_rows())
    assert counts == {0: 250, 1: 750, 2: 500, 4: 500}
    for low, high in pairwise(picked.filter(pl.col("group") == 0)["row"]):
        assert low <= high
