"""Versions of one thing never overlap, whatever decisions come in whatever order."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tthc.intake.catalogue.timeline import Timeline, UnplaceableError, Version

FIRST = date(2026, 1, 1)
KEY = ("a",)
HORIZON = 12


def day(number: int) -> date:
    return FIRST + timedelta(number)


numbers = st.integers(0, HORIZON - 2)
acts = st.one_of(
    st.tuples(st.just("put"), numbers, st.none() | st.integers(1, 5), st.sampled_from("xyz")),
    st.tuples(st.just("end"), numbers, st.none(), st.just("")),
)


@given(st.lists(acts, max_size=8), st.booleans())
def test_a_decision_reaches_from_its_day_to_the_next_version(
    decisions: list[tuple[str, int, int | None, str]],
    begun: bool,  # noqa: FBT001  # drawn by hypothesis
) -> None:
    """Against a plain list of days: what holds on each."""
    timeline = Timeline({KEY: [Version(1, None, None, "old")]} if begun else {})
    held: list[str | None] = ["old" if begun else None] * HORIZON
    starts: set[int] = set()
    for act, number, length, facts in decisions:
        start = day(number)
        end = None if length is None else day(number + length)
        try:
            step = (
                timeline.put(1, KEY, facts, start, end)
                if act == "put"
                else timeline.end(1, KEY, start)
            )
        except UnplaceableError:
            continue
        if step.act == "unchanged":
            continue
        later = min((s for s in starts if s > number), default=HORIZON)
        gap = next(
            (n for n in range(number, later) if (held[n] is None) != (held[number] is None)), later
        )
        stop = gap
        if act == "end":
            held[number:stop] = [None] * (stop - number)
        elif step.act == "ended":
            assert length is not None
            held[number + length : stop] = [None] * max(stop - number - length, 0)
        else:
            until = stop if length is None else min(stop, number + length)
            held[number:stop] = [facts] * (until - number) + [None] * (stop - until)
            starts.add(number)
    shown = [timeline.at(KEY, day(number)) for number in range(HORIZON)]
    assert [version.facts if version else None for version in shown] == held
    for number in range(HORIZON):
        holding = [
            v
            for v in timeline.of(KEY)
            if (v.valid_from or date.min) <= day(number) < (v.valid_to or date.max)
        ]
        assert len(holding) <= 1


def test_what_never_held_cannot_end() -> None:
    timeline: Timeline[str] = Timeline({})
    with pytest.raises(UnplaceableError):
        timeline.end(1, KEY, FIRST)


def test_same_day_is_not_overwritten() -> None:
    timeline: Timeline[str] = Timeline({})
    timeline.put(1, KEY, "x", FIRST, None)
    with pytest.raises(UnplaceableError, match="không ghi đè"):
        timeline.put(2, KEY, "y", FIRST, None)
    assert timeline.put(2, KEY, "x", FIRST, None).act == "unchanged"


def test_end_beyond_the_next_version_stops_there() -> None:
    timeline: Timeline[str] = Timeline({})
    timeline.put(1, KEY, "later", day(5), None)
    step = timeline.put(2, KEY, "sooner", FIRST, day(9))
    assert step.after is not None
    assert step.after.valid_to == day(5)
