"""Hours of a unit's own over a country's calendar: the engine against the naive walk."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.domain import naive
from tests.domain.clocks import WEEKS, calendars, dates, instants, policies, whole_terms
from tthc.domain.calendar import Calendar
from tthc.domain.deadline import ClockPolicy, Term
from tthc.domain.due import due_of
from tthc.domain.term import Mode, StartRule
from tthc.domain.unit_hours import OwnHours, UnitHours


@st.composite
def own_hours(draw: st.DrawFn) -> OwnHours:
    first = draw(dates)
    length = draw(st.integers(1, 90) | st.none())
    near = st.integers(0, (length or 60) - 1).map(lambda n: first + timedelta(days=n))
    off = draw(st.lists(near, max_size=4))
    worked = [day for day in draw(st.lists(near, max_size=4)) if day not in off]
    return OwnHours(
        version=str(draw(st.uuids())),
        title="x",
        source="x",
        decided_on=first,
        valid_from=first,
        valid_to=None if length is None else first + timedelta(days=length),
        week=draw(WEEKS.filter(bool) | st.none()),
        reception=draw(WEEKS | st.none()),
        days_off=dict.fromkeys(off, "nghỉ riêng"),
        days_worked=dict.fromkeys(worked, "làm riêng"),
        mode=draw(st.sampled_from(Mode)),
        start_rule=draw(st.sampled_from(StartRule) | st.none()),
    )


laid = st.lists(own_hours(), min_size=1, max_size=3).map(lambda all_: UnitHours(tuple(all_)))


@given(calendars(), laid, whole_terms, instants(), policies)
def test_the_engine_agrees_with_the_naive_walk(
    country: Calendar, hours: UnitHours, term: Term, at: datetime, policy: ClockPolicy
) -> None:
    calendar = hours.over(country, hours.newest)
    due = due_of(calendar, term, at, policy)
    assert (due and due.due_at) == naive.due(calendar, term, at, policy)


@given(calendars(), laid, dates)
def test_the_later_decision_wins_day_by_day(country: Calendar, hours: UnitHours, day: date) -> None:
    calendar = hours.over(country, hours.newest)
    off, worked, week = day in country.days_off, day in country.days_worked, country.week
    for one in hours.decisions:
        if day in one.days_off:
            off, worked = True, False
        if day in one.days_worked:
            off, worked = False, True
        inside = day >= one.valid_from and not (one.valid_to and day >= one.valid_to)
        week = one.week if inside and one.week else week
    expected = week.for_worked_day(day) if worked else week.on(day)
    assert calendar.slots(day) == (() if off else expected)


@given(calendars(), laid)
def test_a_version_stays_what_it_was(country: Calendar, hours: UnitHours) -> None:
    assert hours.over(country, None) is country
    for count, one in enumerate(hours.decisions, start=1):
        before = UnitHours(hours.decisions[:count]).over(country, one.version)
        after = hours.over(country, one.version)
        assert (before.own_weeks, before.days_off) == (after.own_weeks, after.days_off)
        assert hours.over(country, one.version) is after  # laid out once
