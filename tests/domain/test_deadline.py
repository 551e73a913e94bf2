from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain import naive
from tests.domain.clocks import (
    calendars,
    instants,
    policies,
    suspensions_after,
    terms,
    whole_terms,
)
from tthc.domain.calendar import VIETNAM, Calendar
from tthc.domain.deadline import (
    ClockPolicy,
    Compare,
    Delay,
    Extension,
    Mode,
    Promise,
    StartRule,
    Suspension,
    SuspensionRule,
    Term,
    TermUnit,
    Verdict,
    delay,
    imported_due,
    promise,
    re_promised,
)
from tthc.domain.due import due_of, months_later
from tthc.domain.errors import CalendarYearError, InputError, RuleError

OFFICE = Calendar(years=range(2026, 2028), unconfirmed=frozenset({2027}))
SHIFT = ClockPolicy(suspension_rule=SuspensionRule.SHIFT)
THREE_DAYS = Term(3)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def made(term: Term = THREE_DAYS, received: str = "2026-03-02T09:00", **facts: object) -> Promise:
    return promise(OFFICE, term, at(received), **facts)  # type: ignore[arg-type]  # as given


def letter(extended: str, to: object, issued: str | None = None) -> Extension:
    return Extension(at(extended), to, "15", at(issued or extended))  # type: ignore[arg-type]  # any


# -- what a promise says --


def test_the_first_instant_that_counts_as_overdue() -> None:
    by_date = made()
    assert by_date.compare is Compare.BY_DATE
    assert by_date.overdue_at == at("2026-03-06T00:00")
    by_instant = made(Term(4, TermUnit.WORKING_HOUR))
    assert by_instant.compare is Compare.BY_INSTANT
    assert by_instant.due_at == at("2026-03-02T14:30")
    assert by_instant.overdue_at == at("2026-03-02T14:30:00.000001")


def test_a_term_of_none_has_no_due_date_whatever_happens() -> None:
    asked = Suspension(at("2026-03-03T09:00"), at("2026-03-04T09:00"))
    none = made(Term(0, TermUnit.NONE), suspensions=[asked])
    assert (none.due_at, none.due_on, none.compare, none.overdue_at) == (None,) * 4
    assert none.moves == ()


def test_day_0_is_in_the_promise() -> None:
    practice = ClockPolicy(StartRule.NEXT_WORKING_DAY_IS_DAY_0)
    assert made(received="2026-03-06T17:00:01", policy=practice).day_0 == date(2026, 3, 9)
    assert made(received="2026-03-06T17:00", policy=practice).day_0 == date(2026, 3, 6)
    assert made(received="2026-03-07T09:00").day_0 == date(2026, 3, 7)
    cutoff = Term(0, cutoff=time(15))
    assert made(cutoff, received="2026-03-06T15:00:00.000001").day_0 == date(2026, 3, 9)


def test_the_receipt_s_zone_does_not_matter() -> None:
    from_abroad = datetime.fromisoformat("2026-03-01T23:30:00Z")  # 06:30 on Monday in Vietnam
    assert promise(OFFICE, Term(1), from_abroad).due_at == at("2026-03-03T17:00")
    with pytest.raises(InputError, match="múi giờ"):
        promise(OFFICE, Term(1), datetime(2026, 3, 2, 9))  # noqa: DTZ001  # the very mistake


@pytest.mark.parametrize("amount", [-1, Decimal("-0.5"), Decimal("NaN"), Decimal("Infinity")])
def test_a_term_that_cannot_be_is_refused(amount: Decimal) -> None:
    with pytest.raises(InputError, match="không âm"):
        Term(amount)


@pytest.mark.parametrize("unit", [TermUnit.MONTH, TermUnit.CALENDAR_DAY])
def test_part_of_a_month_or_calendar_day_is_refused(unit: TermUnit) -> None:
    with pytest.raises(InputError, match="số nguyên"):
        Term(Decimal("1.5"), unit)
    assert Term(Decimal("2.0"), unit).whole == 2


def test_a_month_s_end_is_clamped() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2026, 10, 31), 4) == date(2027, 2, 28)
    assert months_later(date(2026, 12, 15), 12) == date(2027, 12, 15)
    with pytest.raises(RuleError, match="vượt quá lịch"):
        months_later(date(2026, 1, 1), 12 * 8000)


# -- years not loaded --


def test_beyond_the_loaded_years_it_is_refused_or_provisional_as_the_caller_chooses() -> None:
    with pytest.raises(CalendarYearError, match="2028"):
        made(Term(30), received="2027-12-20T09:00")
    provisional = made(Term(30), received="2027-12-20T09:00", beyond="provisional")
    assert provisional.is_provisional
    assert provisional.unsure_years == (2027, 2028)
    assert provisional.due_on == date(2028, 1, 31)


def test_a_year_that_is_not_announced_makes_a_promise_provisional() -> None:
    assert made(Term(5), received="2026-12-28T09:00").unsure_years == (2027,)
    assert not made(Term(3), received="2026-12-28T09:00").is_provisional


# -- suspensions --


def test_every_due_date_side_by_side() -> None:
    asked = Suspension(at("2026-03-03T09:00"), at("2026-03-05T09:00"))
    four = made(
        Term(5),
        policy=SHIFT,
        suspensions=[asked],
        extension=letter("2026-03-10T09:00", Term(2)),
        statutory=Term(10),
    )
    dues = (four.first, four.promised, four.current, four.statutory)
    assert [due.due_on.day for due in dues if due] == [9, 11, 13, 18]
    assert [move.cause for move in four.moves] == ["suspended", "extended"]


def test_a_suspension_before_the_receipt_is_refused() -> None:
    with pytest.raises(RuleError, match="trước khi tiếp nhận"):
        made(suspensions=[Suspension(at("2026-03-02T08:59"))])


def test_an_open_suspension_has_no_due_date_for_now() -> None:
    open_ones = [
        Suspension(at("2026-03-03T09:00"), at("2026-03-04T09:00")),
        Suspension(at("2026-03-05T09:00")),
    ]
    still = made(suspensions=open_ones, statutory=Term(10))
    assert still.is_suspended
    assert (still.promised, still.current, still.statutory) == (None, None, None)
    assert still.first
    assert still.first.due_on == date(2026, 3, 5)


def test_an_open_suspension_after_due_leaves_the_case_late() -> None:
    late = made(suspensions=[Suspension(at("2026-03-06T08:00"))])
    assert late.due_on == date(2026, 3, 5)
    assert late.is_suspended_after_due
    assert not late.is_suspended
    assert late.working_target is None


@pytest.mark.parametrize(
    ("begin", "moves"), [("2026-03-05T23:59:59.999999", True), ("2026-03-06T00:00", False)]
)
def test_a_day_term_can_be_suspended_until_its_date_ends(begin: str, *, moves: bool) -> None:
    asked = Suspension(at(begin), at("2026-03-10T09:00"))
    assert (made(policy=SHIFT, suspensions=[asked]).due_on != date(2026, 3, 5)) is moves


@pytest.mark.parametrize(
    ("begin", "moves"), [("2026-03-02T14:30", True), ("2026-03-02T14:30:00.000001", False)]
)
def test_an_hour_term_can_be_suspended_until_its_instant(begin: str, *, moves: bool) -> None:
    asked = Suspension(at(begin), at("2026-03-10T09:00"))
    term = Term(4, TermUnit.WORKING_HOUR)
    first = at("2026-03-02T14:30")
    assert (made(term, policy=SHIFT, suspensions=[asked]).due_at != first) is moves


def test_touching_suspensions_are_one() -> None:
    a, b, c = at("2026-03-03T09:00"), at("2026-03-04T18:00"), at("2026-03-06T09:00")
    two = made(Term(8), policy=SHIFT, suspensions=[Suspension(b, c), Suspension(a, b)])
    one = made(Term(8), policy=SHIFT, suspensions=[Suspension(a, c)])
    assert two.current == one.current
    assert len(two.moves) == 1


def test_part_of_a_day_shifts_by_working_time() -> None:
    half_hour = Suspension(at("2026-03-02T10:00"), at("2026-03-02T10:30"))
    term = Term(Decimal("0.25"))
    assert made(term, policy=SHIFT, suspensions=[half_hour]).due_at == at("2026-03-02T11:30")


def test_past_the_cut_off_part_of_a_day_begins_when_the_next_day_opens() -> None:
    term = Term(Decimal("0.25"), cutoff=time(15))
    assert made(term, received="2026-03-06T15:30").due_at == at("2026-03-09T09:30")


def test_a_restart_past_the_cut_off_begins_the_next_day() -> None:
    asked = Suspension(at("2026-03-03T09:00"), at("2026-03-03T15:30"))
    assert made(Term(1, cutoff=time(15)), suspensions=[asked]).due_on == date(2026, 3, 5)


# -- the one extension --


def test_an_extension_may_name_a_date_an_instant_or_a_term() -> None:
    def to(new: object) -> datetime | None:
        return made(extension=letter("2026-03-05T09:00", new)).due_at

    assert to(Term(2)) == to(date(2026, 3, 9)) == at("2026-03-09T17:00")
    assert to(Term(2, TermUnit.CALENDAR_DAY)) == at("2026-03-09T17:00")
    assert to(Term(1, TermUnit.MONTH)) == at("2026-04-06T17:00")
    assert to(at("2026-03-09T10:00")) == at("2026-03-09T10:00")


def test_an_extension_keeps_how_the_due_date_is_held() -> None:
    hour = letter("2026-03-05T09:00", at("2026-03-09T10:00"))
    by_date = made(extension=hour).current
    assert by_date
    assert by_date.verdict(at("2026-03-09T16:00")) is Verdict.ON_TIME
    by_hour = made(Term(24, TermUnit.WORKING_HOUR), extension=hour).current
    assert by_hour
    assert by_hour.verdict(at("2026-03-09T16:00")) is Verdict.LATE
    more = letter("2026-03-03T09:00", Term(4, TermUnit.WORKING_HOUR))
    longer = made(Term(16, TermUnit.WORKING_HOUR), extension=more)
    assert longer.due_at == at("2026-03-04T14:30")


def test_an_extension_in_half_day_mode_keeps_its_slot() -> None:
    half = ClockPolicy(mode=Mode.HALF_DAY)
    extended = made(Term(1), policy=half, extension=letter("2026-03-03T09:00", Term(2)))
    assert extended.due_at == at("2026-03-05T11:30")


@pytest.mark.parametrize(
    ("extension", "said"),
    [
        (letter("2026-03-06T00:00", Term(2)), "Đã quá ngày hẹn trả"),
        (letter("2026-03-05T09:00", Term(2), "2026-03-06T08:00"), "Đã quá ngày hẹn trả"),
        (letter("2026-03-05T09:00", Term(2), "2026-03-05T10:00"), "ban hành trước"),
        (letter("2026-03-05T09:00", date(2026, 3, 5)), "phải sau"),
        (letter("2026-03-05T09:00", date(2026, 3, 7)), "không phải ngày làm việc"),
    ],
)
def test_an_extension_that_the_rules_refuse(extension: Extension, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        made(extension=extension)


def test_an_extension_on_the_last_evening_is_in_time() -> None:
    assert made(extension=letter("2026-03-05T23:59", Term(1))).due_on == date(2026, 3, 6)


@pytest.mark.parametrize("resumed", ["2026-03-05T09:00", None])
def test_no_extension_while_suspended(resumed: str | None) -> None:
    asked = Suspension(at("2026-03-03T09:00"), at(resumed) if resumed else None)
    with pytest.raises(RuleError, match="đang tạm dừng"):
        made(suspensions=[asked], extension=letter("2026-03-04T09:00", Term(2)))


def test_a_restart_after_an_extension_never_shortens() -> None:
    asked = Suspension(at("2026-03-05T09:00"), at("2026-03-05T10:00"))
    extension = letter("2026-03-04T09:00", Term(10))
    extended = made(suspensions=[asked], extension=extension)
    assert extended.due_on == date(2026, 3, 19)
    assert extended.promised
    assert extended.promised.due_on == date(2026, 3, 10)


def test_a_late_letter_promises_anew_and_moves_nothing() -> None:
    due = made().current
    assert due
    again = re_promised(OFFICE, due, at("2026-03-09T09:00"), date(2026, 3, 12))
    assert again.due_at == at("2026-03-12T17:00")
    with pytest.raises(RuleError, match="Chưa quá ngày hẹn trả"):
        re_promised(OFFICE, due, at("2026-03-05T23:00"), date(2026, 3, 12))


# -- imported due dates, lateness --


def test_an_imported_due_date_is_held_as_it_was_written() -> None:
    hour = imported_due(OFFICE, at("2026-03-10T10:00"))
    assert hour.verdict(at("2026-03-10T10:00:01")) is Verdict.LATE
    assert hour.verdict(at("2026-03-10T00:00")) is Verdict.ON_TIME
    assert hour.verdict(at("2026-03-09T23:59")) is Verdict.EARLY
    day = imported_due(OFFICE, date(2026, 3, 10))
    assert day.due_at == at("2026-03-10T17:00")
    assert day.verdict(at("2026-03-10T23:59")) is Verdict.ON_TIME
    sunday = imported_due(OFFICE, date(2026, 3, 8))
    assert sunday.due_on == date(2026, 3, 8)
    assert sunday.overdue_at == at("2026-03-09T00:00")
    assert imported_due(OFFICE, date(2011, 3, 8)).due_at == at("2011-03-08T17:00")
    with pytest.raises(InputError, match="không có thật"):
        imported_due(OFFICE, date(9999, 12, 31))
    with pytest.raises(InputError, match="múi giờ"):
        imported_due(OFFICE, datetime(2026, 3, 8))  # noqa: DTZ001  # the very mistake


def test_lateness_is_remembered_gross_and_net() -> None:
    due = made().current  # Thursday 05/03
    assert due
    asked = [
        Suspension(at("2026-03-09T09:00"), at("2026-03-11T09:00")),
        Suspension(at("2026-03-10T09:00"), at("2026-03-12T09:00")),
    ]
    assert delay(OFFICE, due, at("2026-03-16T09:00"), asked) == Delay(7, 4)
    assert delay(OFFICE, due, at("2026-03-10T09:00"), [Suspension(asked[0].started_at)]) == Delay(
        3, 2
    )
    assert delay(OFFICE, due, at("2026-03-05T23:00"), []) == Delay(0, 0)
    before = Suspension(at("2026-03-03T09:00"), at("2026-03-04T09:00"))
    assert delay(OFFICE, due, at("2026-03-06T09:00"), [before]) == Delay(1, 1)


# -- properties --


@given(calendars(), whole_terms, instants(), policies)
def test_due_agrees_with_a_walk(
    calendar: Calendar, term: Term, received_at: datetime, policy: ClockPolicy
) -> None:
    due = due_of(calendar, term, received_at, policy)
    assert due
    assert due.due_at == naive.due(calendar, term, received_at, policy)


@given(calendars(), whole_terms, instants(), policies, st.integers(1, 5))
def test_due_is_monotone_in_the_term(
    calendar: Calendar, term: Term, received_at: datetime, policy: ClockPolicy, more: int
) -> None:
    longer = Term(Decimal(term.amount) + more, term.unit, term.cutoff)
    due = due_of(calendar, term, received_at, policy)
    later = due_of(calendar, longer, received_at, policy)
    assert due
    assert later
    if policy.mode is Mode.HALF_DAY and term.amount == 0:  # "same day" is due at closing even then
        assert due.due_on <= later.due_on
    else:
        assert due.due_at <= later.due_at
        assert due.overdue_at <= later.overdue_at


@given(instants(), policies, st.integers(1, 40), st.integers(1, 12))
def test_quarters_of_days_of_one_length_are_monotone_too(
    received_at: datetime, policy: ClockPolicy, quarters: int, more: int
) -> None:
    shorter, longer = Decimal(quarters) / 4, Decimal(quarters + more) / 4
    due = due_of(Calendar(), Term(shorter), received_at, policy)
    later = due_of(Calendar(), Term(longer), received_at, policy)
    assert due
    assert later
    assert due.due_at <= later.due_at


@given(calendars(), whole_terms, instants(), policies, st.integers(0, 10**7))
def test_due_is_monotone_in_the_receipt(
    calendar: Calendar, term: Term, received_at: datetime, policy: ClockPolicy, seconds: int
) -> None:
    due = due_of(calendar, term, received_at, policy)
    later = due_of(calendar, term, received_at + timedelta(seconds=seconds), policy)
    assert due
    assert later
    if (
        policy.mode is Mode.HALF_DAY
    ):  # a Saturday's receipt counts as a morning, Friday's evening not
        assert due.due_on <= later.due_on
    else:
        assert due.due_at <= later.due_at


@given(st.data(), calendars(), terms, instants(), policies)
def test_a_suspension_never_shortens(
    data: st.DataObject, calendar: Calendar, term: Term, received_at: datetime, policy: ClockPolicy
) -> None:
    suspensions = data.draw(suspensions_after(received_at))
    suspended = promise(calendar, term, received_at, policy=policy, suspensions=suspensions)
    assert suspended.first
    assert suspended.current
    assert suspended.first.due_at <= suspended.current.due_at
    for move in suspended.moves:
        assert move.after
        assert move.before.overdue_at <= move.after.overdue_at


@given(st.data(), calendars(), terms, instants(), policies)
def test_the_order_in_which_suspensions_are_told_does_not_matter(
    data: st.DataObject, calendar: Calendar, term: Term, received_at: datetime, policy: ClockPolicy
) -> None:
    told = data.draw(suspensions_after(received_at))
    again = data.draw(st.permutations(told + told))
    assert (
        promise(calendar, term, received_at, policy=policy, suspensions=told).current
        == promise(calendar, term, received_at, policy=policy, suspensions=again).current
    )


@given(calendars(), terms, instants(), policies, instants())
def test_late_is_a_later_date_or_a_later_instant(
    calendar: Calendar,
    term: Term,
    received_at: datetime,
    policy: ClockPolicy,
    result_at: datetime,
) -> None:
    assume(result_at > received_at)
    due = due_of(calendar, term, received_at, policy)
    assert due
    result_on = calendar.local_date(result_at)
    by_date = due.compare is Compare.BY_DATE
    late = result_on > due.due_on if by_date else result_at > due.due_at
    early = not late and result_on < due.due_on
    expected = Verdict.LATE if late else Verdict.EARLY if early else Verdict.ON_TIME
    assert due.verdict(result_at) is expected
    assert due.is_over(result_at) is late


@given(terms, instants(), policies)
def test_a_provisional_answer_is_the_bare_week_s(
    term: Term, received_at: datetime, policy: ClockPolicy
) -> None:
    provisional = promise(OFFICE, term, received_at, policy=policy, beyond="provisional")
    assert provisional.is_provisional
    assert provisional.current == due_of(Calendar(), term, received_at, policy)
