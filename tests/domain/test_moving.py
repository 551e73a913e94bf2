from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.clocks import (
    calendars,
    instants,
    policies,
    suspensions_after,
    terms,
)
from tthc.domain.calendar import VIETNAM, Calendar
from tthc.domain.deadline import (
    ClockPolicy,
    Extension,
    Mode,
    Promise,
    Suspension,
    SuspensionRule,
    Term,
    TermUnit,
    Verdict,
    promise,
    re_promised,
)
from tthc.domain.errors import RuleError

OFFICE = Calendar(years=range(2026, 2028), unconfirmed=frozenset({2027}))
SHIFT = ClockPolicy(suspension_rule=SuspensionRule.SHIFT)
THREE_DAYS = Term(3)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def made(term: Term = THREE_DAYS, received: str = "2026-03-02T09:00", **facts: object) -> Promise:
    return promise(OFFICE, term, at(received), **facts)  # type: ignore[arg-type]  # as given


def letter(extended: str, to: object, issued: str | None = None) -> Extension:
    return Extension(at(extended), to, "15", at(issued or extended))  # type: ignore[arg-type]  # any


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
        (letter("2026-03-06T00:00", Term(2), "2026-03-05T09:00"), "Đã quá ngày hẹn trả"),
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


# -- properties --


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
