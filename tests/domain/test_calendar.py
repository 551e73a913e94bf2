from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain import naive
from tests.domain.clocks import calendars, dates, instants, suspensions_after
from tthc.domain.calendar import Calendar
from tthc.domain.errors import CalendarYearError, InputError, RuleError
from tthc.domain.hours import SHUT, WEEKDAYS, slots, week
from tthc.domain.suspension import Suspension, united

ALL_DAY_SUNDAY = week({"sun": [["00:00", "24:00"]]})
NEVER_SHUT = Calendar(week({day: [["00:00", "24:00"]] for day in WEEKDAYS}), zone=ZoneInfo("UTC"))
BERLIN = ZoneInfo("Europe/Berlin")
MON, SAT = date(2026, 3, 2), date(2026, 3, 7)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def micro(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1)) / 1_000_000


# -- what a day is --


def test_a_day_off_wins_over_the_week_and_a_worked_day_over_the_weekend() -> None:
    calendar = Calendar(days_off={MON: "lễ"}, days_worked={SAT: "làm bù"})
    assert not calendar.is_worked(MON)
    assert calendar.is_worked(SAT)


def test_a_day_both_off_and_worked_is_off() -> None:
    assert not Calendar(days_off={SAT: ""}, days_worked={SAT: ""}).is_worked(SAT)


def test_a_worked_day_has_its_weekday_s_slots_else_monday_s_else_the_week_s_first() -> None:
    hours = {"mon": [["08:00", "12:00"]], "sat": [["09:00", "10:00"]]}
    assert Calendar(week(hours), days_worked={SAT: ""}).slots(SAT) == slots([("09:00", "10:00")])
    sunday = date(2026, 3, 8)
    assert Calendar(week(hours), days_worked={sunday: ""}).slots(sunday) == slots(
        [("08:00", "12:00")]
    )
    del hours["mon"]
    assert Calendar(week(hours), days_worked={sunday: ""}).slots(sunday) == slots(
        [("09:00", "10:00")]
    )


def test_saturday_reception_receives_but_does_not_count() -> None:
    shop = Calendar(days_off={date(2026, 3, 14): "nghỉ"}).overlaid(
        reception=week({"sat": [["08:00", "11:00"]]})
    )
    assert shop.reception_slots(SAT) == slots([("08:00", "11:00")])
    assert not shop.is_worked(SAT)
    assert shop.reception_slots(date(2026, 3, 14)) == ()
    assert shop.reception_slots(MON) == shop.slots(MON)


def test_a_shop_s_own_layer_wins_over_the_country_s() -> None:
    country = Calendar(days_off={MON: "lễ"}, days_worked={SAT: "làm bù"})
    shop = country.overlaid(days_off={SAT: "nghỉ riêng"}, days_worked={MON: "trực"}, code="shop")
    assert shop.is_worked(MON)
    assert not shop.is_worked(SAT)
    assert (shop.code, country.code) == ("shop", "")
    assert country.is_worked(SAT)


def test_a_calendar_without_working_time_is_refused() -> None:
    with pytest.raises(RuleError, match="không có giờ làm việc"):
        Calendar(week=SHUT)


@pytest.mark.parametrize(
    "pairs",
    [[("08:00", "08:00")], [("09:00", "08:00")], [("08:00", "12:00"), ("11:59", "13:00")]],
)
def test_slots_that_cannot_be_are_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(InputError):
        slots(pairs)


@pytest.mark.parametrize("text", ["24:01", "08:60", "8h", "", "٠٨:00", "08:00:60", "-1:00"])
def test_times_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="Giờ"):
        slots([("00:00", text)])


def test_touching_slots_are_one_stretch_of_work() -> None:
    calendar = Calendar(
        week({"mon": [["12:00", "14:00"], ["10:00", "12:00"]]}), zone=ZoneInfo("UTC")
    )
    assert calendar.add_working_seconds(at("2026-03-02T11:00Z"), 7200) == at("2026-03-02T13:00Z")
    assert calendar.is_open(at("2026-03-02T12:00Z"))


# -- years --


def test_a_year_that_is_not_loaded_is_refused_never_guessed() -> None:
    calendar = Calendar(years=range(2025, 2027), code="vn")
    last = date(2026, 12, 31)
    assert calendar.add_working_days(last, -1) == date(2026, 12, 30)
    with pytest.raises(CalendarYearError, match="vn chưa có năm 2027"):
        calendar.add_working_days(last, 1)
    with pytest.raises(CalendarYearError, match="2024"):
        calendar.add_working_days(date(2025, 1, 1), -1)
    with pytest.raises(CalendarYearError, match="2027"):
        calendar.add_working_seconds(at("2026-12-31T16:59:59+07:00"), 2)
    with pytest.raises(CalendarYearError, match="2024"):
        calendar.working_seconds_between(at("2024-12-31T10:00Z"), at("2025-01-02T10:00Z"))
    with pytest.raises(CalendarYearError):
        calendar.next_opening(at("2026-12-31T17:00+07:00"))
    assert calendar.extended.add_working_days(last, 1) == date(2027, 1, 1)


def test_the_last_loaded_second_can_be_used() -> None:
    calendar = Calendar(years=range(2026, 2027))
    closing = at("2026-12-31T17:00+07:00")
    assert calendar.add_working_seconds(at("2026-12-31T16:59:59+07:00"), 1) == closing


def test_ordinals_number_the_working_days_of_the_loaded_years() -> None:
    calendar = Calendar(years=range(2025, 2028), days_off={date(2025, 1, 1): "Tết"})
    days = calendar.working_days()
    assert [calendar.ordinal(day) for day in days] == list(range(1, len(days) + 1))
    assert calendar.ordinal(SAT) == calendar.ordinal(date(2026, 3, 6))
    with pytest.raises(RuleError, match="không giới hạn năm"):
        Calendar().ordinal(MON)


def test_unsure_years_are_those_not_loaded_or_not_announced() -> None:
    calendar = Calendar(years=range(2025, 2028), unconfirmed=frozenset({2027}))
    assert calendar.unsure_years(date(2026, 1, 1), date(2028, 1, 1)) == (2027, 2028)
    assert calendar.unsure_years(date(2025, 1, 1), date(2026, 1, 1)) == ()


def test_far_answers_cost_no_more_than_near_ones_and_end_somewhere() -> None:
    calendar = Calendar()
    assert calendar.add_working_days(MON, 50_000) == naive.add_working_days(calendar, MON, 50_000)
    with pytest.raises(CalendarYearError):
        calendar.add_working_days(MON, 10**9)
    with pytest.raises(CalendarYearError):
        calendar.add_working_days(MON, -(10**9))


# -- closing, lunch, midnight, changes of the clock --


def test_exactly_at_closing_is_still_inside_and_stays_there() -> None:
    calendar = Calendar()
    closing = at("2026-03-02T17:00+07:00")
    assert calendar.is_open(closing)
    assert calendar.add_working_seconds(closing, 0) == closing
    assert calendar.add_working_seconds(at("2026-03-02T16:00+07:00"), 3600) == closing
    assert calendar.add_working_seconds(closing, 1) == at("2026-03-03T07:30:01+07:00")
    assert calendar.next_opening(closing) == at("2026-03-03T07:30+07:00")


def test_zero_outside_a_slot_is_the_next_opening() -> None:
    calendar = Calendar()
    assert calendar.add_working_seconds(at("2026-03-02T12:00+07:00"), 0) == at(
        "2026-03-02T13:00+07:00"
    )
    assert calendar.add_working_seconds(at("2026-03-06T17:00:00.000001+07:00"), 0) == at(
        "2026-03-09T07:30+07:00"
    )


def test_zero_inside_a_pause_is_when_work_goes_on() -> None:
    calendar = Calendar()
    pause = Suspension(at("2026-03-02T09:00+07:00"), at("2026-03-02T18:00+07:00"))
    assert calendar.add_working_seconds(pause.started_at, 0, [pause]) == at(
        "2026-03-03T07:30+07:00"
    )
    with pytest.raises(RuleError, match="tạm dừng"):
        calendar.add_working_seconds(pause.started_at, 0, [Suspension(pause.started_at)])


def test_work_done_before_an_open_pause_needs_no_resume() -> None:
    open_pause = Suspension(at("2026-03-02T10:00+07:00"))
    done = Calendar().add_working_seconds(at("2026-03-02T09:00+07:00"), 3600, [open_pause])
    assert done == open_pause.started_at


def test_a_slot_may_end_at_24_00() -> None:
    calendar = Calendar(ALL_DAY_SUNDAY, zone=ZoneInfo("UTC"))
    sunday = date(2026, 3, 8)
    assert calendar.closing_time(sunday) == at("2026-03-09T00:00Z")
    assert calendar.add_working_seconds(at("2026-03-08T23:00Z"), 3600) == at("2026-03-09T00:00Z")
    assert calendar.add_working_seconds(at("2026-03-08T23:00Z"), 3601) == at("2026-03-15T00:00:01Z")


@pytest.mark.parametrize(
    ("day", "hours"), [("2023-03-26", 23), ("2023-10-29", 25), ("2023-11-05", 24)]
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is(day: str, hours: int) -> None:
    calendar = Calendar(ALL_DAY_SUNDAY, zone=BERLIN)
    assert calendar.working_seconds_of(date.fromisoformat(day)) == hours * 3600


def test_a_slot_inside_the_hour_that_is_skipped_has_no_time() -> None:
    calendar = Calendar(week({"sun": [["02:00", "03:00"], ["03:00", "04:00"]]}), zone=BERLIN)
    assert calendar.working_seconds_of(date(2023, 3, 26)) == 3600
    half = Calendar(week({"sun": [["02:30", "04:00"]]}), zone=BERLIN)
    assert half.opening_time(date(2023, 3, 26)) == at("2023-03-26T03:00+02:00")


def test_an_ambiguous_hour_is_its_first_occurrence() -> None:
    calendar = Calendar(week({"sun": [["02:30", "04:00"]]}), zone=BERLIN)
    assert calendar.opening_time(date(2023, 10, 29)) == at("2023-10-29T02:30+02:00")
    assert calendar.working_seconds_of(date(2023, 10, 29)) == Decimal("2.5") * 3600


def test_midnight_is_the_first_instant_of_a_date_even_where_00_00_is_skipped() -> None:
    sao_paulo = Calendar(zone=ZoneInfo("America/Sao_Paulo"))
    assert sao_paulo.midnight(date(2018, 11, 4)) == at("2018-11-04T01:00-02:00")
    assert sao_paulo.local_date(sao_paulo.midnight(date(2018, 11, 4))) == date(2018, 11, 4)


def test_closing_of_a_day_not_worked_is_refused() -> None:
    with pytest.raises(RuleError, match="không phải ngày làm việc"):
        Calendar().closing_time(SAT)


# -- properties: against a naive walk, over random calendars, zones and changes of the clock --


@given(calendars(), dates, st.integers(-40, 120))
def test_adding_working_days_agrees_with_a_walk(calendar: Calendar, day: date, amount: int) -> None:
    assert calendar.add_working_days(day, amount) == naive.add_working_days(calendar, day, amount)


@given(calendars(), dates, st.integers(0, 400))
def test_days_between_agree_with_a_walk(calendar: Calendar, day: date, span: int) -> None:
    end = day + timedelta(days=span)
    count = naive.working_days_between(calendar, day, end)
    assert calendar.working_days_between(day, end) == count
    assert calendar.working_days_between(end, day) == -count


@given(calendars(), dates, st.integers(0, 200))
def test_adding_and_counting_days_are_inverse(calendar: Calendar, day: date, amount: int) -> None:
    end = calendar.add_working_days(day, amount)
    assert calendar.working_days_between(day, end) == amount
    assert amount == 0 or calendar.is_worked(end)


@given(calendars(), dates, st.integers(0, 60), st.integers(0, 60))
def test_days_add_up(calendar: Calendar, day: date, first: int, then: int) -> None:
    both = calendar.add_working_days(calendar.add_working_days(day, first), then)
    assert both == calendar.add_working_days(day, first + then)


@given(st.data(), calendars(), instants(), st.integers(1, 300_000_000))
def test_adding_working_time_agrees_with_a_walk(
    data: st.DataObject, calendar: Calendar, start: datetime, milliseconds: int
) -> None:
    pauses = data.draw(suspensions_after(start - timedelta(days=2)))
    spans = [(one.started_at, one.ended_at) for one in pauses if one.ended_at]
    expected = naive.add_working_time(calendar, start, timedelta(milliseconds=milliseconds), spans)
    amount = Decimal(milliseconds) / 1000
    assert calendar.add_working_seconds(start, amount, pauses) == expected


@given(calendars(), instants(), st.integers(0, 400))
def test_an_answer_bears_the_offset_that_holds_then(
    calendar: Calendar, start: datetime, quarters: int
) -> None:
    for found in (calendar.add_working_seconds(start, quarters * 900), calendar.local(start)):
        assert found.utcoffset() == found.astimezone(calendar.zone).utcoffset()


def test_a_slot_in_which_the_clocks_change_bears_both_offsets() -> None:
    calendar = Calendar(ALL_DAY_SUNDAY, zone=BERLIN)
    begin = at("2023-03-26T00:00+01:00")
    found = [calendar.add_working_seconds(begin, hours * 3600) for hours in (1, 2, 3)]
    assert [str(one)[11:] for one in found] == [
        "01:00:00+01:00",
        "03:00:00+02:00",
        "04:00:00+02:00",
    ]


@given(st.data(), calendars(), instants(), st.integers(0, 40 * 86_400))
def test_working_time_between_agrees_with_a_walk(
    data: st.DataObject, calendar: Calendar, start: datetime, seconds: int
) -> None:
    end = start + timedelta(seconds=seconds)
    pauses = data.draw(suspensions_after(start - timedelta(days=2)))
    spans = [(one.started_at, one.ended_at) for one in pauses if one.ended_at]
    expected = micro(naive.working_time_between(calendar, start, end, spans))
    assert calendar.working_seconds_between(start, end, pauses) == expected
    assert calendar.working_seconds_between(end, start, pauses) == -expected


@given(st.data(), calendars(), instants(), st.integers(0, 10**12))
def test_adding_and_measuring_working_time_are_inverse(
    data: st.DataObject, calendar: Calendar, start: datetime, micros: int
) -> None:
    pauses = data.draw(suspensions_after(start))
    amount = Decimal(micros) / 1_000_000
    end = calendar.add_working_seconds(start, amount, pauses)
    assert end >= start
    assert calendar.working_seconds_between(start, end, pauses) == amount
    assert calendar.is_open(end)


@given(calendars(), instants(), st.integers(0, 10**11), st.integers(0, 10**11))
def test_working_time_adds_up(calendar: Calendar, start: datetime, first: int, then: int) -> None:
    def add(begin: datetime, micros: int) -> datetime:
        return calendar.add_working_seconds(begin, Decimal(micros) / 1_000_000)

    assert add(add(start, first), then) == add(start, first + then)


@given(calendars(), instants())
def test_the_next_opening_is_the_first_instant_of_work(calendar: Calendar, start: datetime) -> None:
    opening = calendar.next_opening(start)
    assert opening >= start
    assert calendar.working_seconds_between(start, opening) == 0
    tick = Decimal("0.000001")
    assert calendar.add_working_seconds(start, tick) == opening + timedelta(microseconds=1)


@given(st.data(), instants())
def test_united_suspensions_are_apart_and_cover_the_same_time(
    data: st.DataObject, start: datetime
) -> None:
    given_ones = data.draw(suspensions_after(start))
    whole = united(given_ones)
    end = start + timedelta(days=60)
    covered = NEVER_SHUT.working_seconds_between(start, end, whole)
    assert covered == NEVER_SHUT.working_seconds_between(start, end, given_ones)
    for earlier, later in pairwise(whole):
        assert earlier.ended_at is not None
        assert earlier.ended_at < later.started_at


def test_a_suspension_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(RuleError, match="tiếp tục"):
        Suspension(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
