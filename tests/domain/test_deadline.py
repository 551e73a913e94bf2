from datetime import date, datetime, time

import pytest
from hypothesis import given

from tests.domain.clocks import (
    instants,
    policies,
    terms,
)
from tthc.domain.calendar import VIETNAM, Calendar
from tthc.domain.deadline import (
    ClockPolicy,
    Compare,
    Delay,
    Extension,
    Promise,
    StartRule,
    Suspension,
    SuspensionRule,
    Term,
    TermUnit,
    delay,
    promise,
)
from tthc.domain.due import due_of
from tthc.domain.errors import CalendarYearError

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


@given(terms, instants(), policies)
def test_a_provisional_answer_is_the_bare_week_s(
    term: Term, received_at: datetime, policy: ClockPolicy
) -> None:
    provisional = promise(OFFICE, term, received_at, policy=policy, beyond="provisional")
    assert provisional.is_provisional
    assert provisional.current == due_of(Calendar(), term, received_at, policy)


# -- lateness --


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
