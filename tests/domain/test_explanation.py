from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.clocks import calendars, instants, policies, suspensions_after, terms
from tthc.domain.calendar import VIETNAM, Calendar
from tthc.domain.deadline import (
    ClockPolicy,
    Extension,
    Mode,
    StartRule,
    Suspension,
    SuspensionRule,
    Term,
    TermUnit,
    promise,
)
from tthc.domain.explanation import Explanation, NamedDay, Why, explain
from tthc.domain.hours import week
from tthc.domain.wording import amount, sentences
from tthc.rules.calendars import calendar

SHIFT = ClockPolicy(suspension_rule=SuspensionRule.SHIFT)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def why(term: Term, received: str, **facts: object) -> Explanation:
    return explain(promise(calendar(), term, at(received), **facts))  # type: ignore[arg-type]  # as given


def test_each_day_skipped_is_named() -> None:
    told = why(Term(3), "2026-02-13T16:45")
    assert told.skipped == (
        NamedDay(date(2026, 2, 14), Why.WEEKEND),
        NamedDay(date(2026, 2, 15), Why.WEEKEND),
        NamedDay(date(2026, 2, 16), Why.DAY_OFF, "Giao thừa Tết Nguyên Đán"),
        NamedDay(date(2026, 2, 17), Why.DAY_OFF, "Tết Nguyên Đán"),
        NamedDay(date(2026, 2, 18), Why.DAY_OFF, "Mùng hai Tết Nguyên Đán"),
        NamedDay(date(2026, 2, 19), Why.DAY_OFF, "Mùng ba Tết Nguyên Đán"),
        NamedDay(date(2026, 2, 20), Why.DAY_OFF, "Mùng bốn Tết Nguyên Đán"),
        NamedDay(date(2026, 2, 21), Why.WEEKEND),
        NamedDay(date(2026, 2, 22), Why.WEEKEND),
    )
    assert told.worked == ()


def test_a_worked_saturday_is_named_as_counted() -> None:
    told = why(Term(2), "2026-08-20T09:00")
    assert told.worked == (
        NamedDay(date(2026, 8, 22), Why.WORKED_IN_LIEU, "Làm bù cho ngày 31/08/2026"),
    )
    assert "Có tính thứ Bảy 22/08/2026 vì là ngày làm việc bù" in " ".join(sentences(told))


def test_the_sentences_of_an_ordinary_promise() -> None:
    assert sentences(why(Term(3), "2026-03-05T16:45")) == [
        "Hồ sơ được tiếp nhận lúc 16:45 thứ Năm 05/03/2026.",
        "Thời hạn giải quyết: 3 ngày làm việc.",
        "Cách tính: ngày tiếp nhận không tính vào thời hạn (Điều 147 Bộ luật Dân sự).",
        "Không tính 2 ngày: thứ Bảy 07/03/2026, Chủ nhật 08/03/2026 (cuối tuần).",
        "Hẹn trả kết quả lúc 17:00 thứ Ba 10/03/2026.",
    ]


def test_the_practice_of_shops_names_the_day_taken() -> None:
    rule = ClockPolicy(StartRule.NEXT_WORKING_DAY_IS_DAY_0)
    told = " ".join(sentences(why(Term(1), "2026-03-07T09:00", policy=rule)))
    assert "coi như nhận ngày làm việc tiếp theo" in told
    assert "hồ sơ này coi như nhận thứ Hai 09/03/2026" in told
    assert told.endswith("Hẹn trả kết quả lúc 17:00 thứ Ba 10/03/2026.")


def test_what_happened_is_told_in_order_and_in_local_time() -> None:
    asked = Suspension(
        datetime.fromisoformat("2026-02-24T02:00:00Z"),
        datetime.fromisoformat("2026-03-02T02:00:00Z"),
    )
    extension = Extension(at("2026-03-02T15:30"), Term(2), "15", at("2026-03-02T15:00"))
    told = why(
        Term(3),
        "2026-02-13T16:45",
        policy=SHIFT,
        suspensions=[asked],
        extension=extension,
        statutory=Term(10),
    )
    said = sentences(told)
    assert said[3] == (
        "Tạm dừng từ 09:00 thứ Ba 24/02/2026 đến 09:00 thứ Hai 02/03/2026, thời gian tạm dừng "
        "không tính vào thời hạn: ngày hẹn trả chuyển từ 17:00 thứ Tư 25/02/2026 sang "
        "17:00 thứ Ba 03/03/2026."
    )
    assert said[4] == (
        "Hẹn lại ngày trả kết quả lúc 15:30 thứ Hai 02/03/2026: ngày hẹn trả chuyển từ "
        "17:00 thứ Ba 03/03/2026 sang 17:00 thứ Năm 05/03/2026."
    )
    assert said[-1] == "Theo thời hạn luật định thì hẹn trả lúc 17:00 thứ Năm 12/03/2026."


def test_a_restart_counts_from_the_resume() -> None:
    asked = Suspension(at("2026-02-24T09:00"), at("2026-03-05T09:00"))
    told = why(Term(3), "2026-02-13T16:45", suspensions=[asked])
    assert told.counted_from == date(2026, 3, 5)
    assert [one.day.day for one in told.skipped] == [7, 8]
    assert "sau đó tính lại toàn bộ thời hạn" in " ".join(sentences(told))


def test_suspended_now_after_due_and_without_a_term() -> None:
    now = sentences(
        why(Term(3), "2026-03-05T09:00", suspensions=[Suspension(at("2026-03-06T09:00"))])
    )
    assert now[-2:] == [
        "Tạm dừng tính thời hạn từ 09:00 thứ Sáu 06/03/2026, chưa tiếp tục.",
        "Hồ sơ đang tạm dừng nên chưa có ngày hẹn trả.",
    ]
    late = why(
        Term(3),
        "2026-03-05T09:00",
        suspensions=[Suspension(at("2026-03-11T09:00"), at("2026-03-13T09:00"))],
    )
    assert "khi đã quá hạn thứ Ba 10/03/2026" in " ".join(sentences(late))
    assert sentences(why(Term(0, TermUnit.NONE), "2026-03-05T09:00")) == [
        "Hồ sơ được tiếp nhận lúc 09:00 thứ Năm 05/03/2026.",
        "Thời hạn giải quyết: không quy định.",
        "Thủ tục không quy định thời hạn nên không có ngày hẹn trả.",
    ]


def test_calendar_days_name_only_the_days_rolled_over() -> None:
    rolled = why(Term(9, TermUnit.CALENDAR_DAY), "2026-03-05T09:00")  # ends on Saturday 14/03
    assert [one.day.day for one in rolled.skipped] == [14, 15]
    assert why(Term(7, TermUnit.CALENDAR_DAY), "2026-03-05T09:00").skipped == ()
    month = why(Term(1, TermUnit.MONTH), "2026-01-31T09:00")
    assert [one.day for one in month.skipped] == [date(2026, 2, 28), date(2026, 3, 1)]


def test_calendar_days_that_moved_name_what_they_rolled_over_then() -> None:
    asked = Suspension(at("2026-03-06T09:00"), at("2026-03-08T09:00"))
    term = Term(7, TermUnit.CALENDAR_DAY)  # first Thursday 12/03, then Saturday 14/03
    shifted = why(term, "2026-03-05T09:00", policy=SHIFT, suspensions=[asked])
    assert [one.day.day for one in shifted.skipped] == [14, 15]
    restarted = why(term, "2026-03-05T09:00", suspensions=[asked])
    assert [one.day.day for one in restarted.skipped] == [15]
    extension = Extension(at("2026-03-06T15:30"), date(2026, 3, 18), "15", at("2026-03-06T15:00"))
    assert why(term, "2026-03-05T09:00", extension=extension).skipped == ()


def test_a_provisional_date_says_so() -> None:
    told = explain(promise(calendar(), Term(5), at("2027-12-30T09:00"), beyond="provisional"))
    assert told.unsure_years == (2027, 2028)
    assert sentences(told)[-1] == (
        "Đây là ngày tạm tính vì lịch nghỉ năm 2027, 2028 chưa được công bố hoặc chưa nạp."
    )


def test_midnight_is_said_as_24_00() -> None:
    late_shop = calendar().overlaid(week=week({"mon": [["08:00", "24:00"]]}))
    told = explain(promise(late_shop, Term(1), at("2026-03-05T09:00")))
    assert sentences(told)[-1] == "Hẹn trả kết quả lúc 24:00 thứ Hai 09/03/2026."


def test_terms_in_words() -> None:
    assert amount(Decimal("1.50"), TermUnit.WORKING_DAY) == "1,5 ngày làm việc"
    assert amount(Decimal(40), TermUnit.WORKING_HOUR) == "40 giờ làm việc"
    assert amount(Decimal(0), TermUnit.WORKING_DAY) == "trong ngày"
    assert amount(Decimal(100), TermUnit.CALENDAR_DAY) == "100 ngày"


def test_half_day_and_cut_off_are_told() -> None:
    half = why(Term(1), "2026-03-05T09:00", policy=ClockPolicy(mode=Mode.HALF_DAY))
    assert "nhận buổi sáng trả buổi sáng" in sentences(half)[1]
    cut = why(Term(0, cutoff=time(15)), "2026-03-06T15:30")
    assert "coi như nhận thứ Hai 09/03/2026" in " ".join(sentences(cut))


@given(st.data(), calendars(), terms, instants(), policies)
def test_every_promise_can_be_explained(
    data: st.DataObject,
    calendar: Calendar,
    term: Term,
    received_at: datetime,
    policy: ClockPolicy,
) -> None:
    suspensions = data.draw(suspensions_after(received_at))
    given_promise = promise(calendar, term, received_at, policy=policy, suspensions=suspensions)
    told = explain(given_promise)
    assert told.current
    assert not any(calendar.is_worked(one.day) for one in told.skipped)
    assert all(calendar.is_worked(one.day) for one in told.worked)
    assert all(sentences(told))
    assert asdict(told)["current"]["due_at"] == told.current.due_at
    moved = any(move.after != move.before for move in told.moves)
    if term.unit is TermUnit.WORKING_DAY and not term.fraction and term.amount and not moved:
        span = (told.current.due_on - told.counted_from).days
        assert span - len(told.skipped) == term.amount
        assert told.current.due_on > told.counted_from - timedelta(days=1)
