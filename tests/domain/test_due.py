from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.domain import naive
from tests.domain.clocks import (
    calendars,
    instants,
    policies,
    terms,
    whole_terms,
)
from tthc.domain.calendar import VIETNAM, Calendar
from tthc.domain.deadline import (
    ClockPolicy,
    Compare,
    Extension,
    Mode,
    Promise,
    SuspensionRule,
    Term,
    TermUnit,
    Verdict,
    imported_due,
    promise,
)
from tthc.domain.due import due_of, months_later
from tthc.domain.errors import InputError, RuleError

OFFICE = Calendar(years=range(2026, 2028), unconfirmed=frozenset({2027}))
SHIFT = ClockPolicy(suspension_rule=SuspensionRule.SHIFT)
THREE_DAYS = Term(3)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def made(term: Term = THREE_DAYS, received: str = "2026-03-02T09:00", **facts: object) -> Promise:
    return promise(OFFICE, term, at(received), **facts)  # type: ignore[arg-type]  # as given


def letter(extended: str, to: object, issued: str | None = None) -> Extension:
    return Extension(at(extended), to, "15", at(issued or extended))  # type: ignore[arg-type]  # any


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


def test_the_receipt_s_zone_does_not_matter() -> None:
    from_abroad = datetime.fromisoformat("2026-03-01T23:30:00Z")  # 06:30 on Monday in Vietnam
    assert promise(OFFICE, Term(1), from_abroad).due_at == at("2026-03-03T17:00")
    with pytest.raises(InputError, match="múi giờ"):
        promise(OFFICE, Term(1), datetime(2026, 3, 2, 9))  # noqa: DTZ001  # the very mistake


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
