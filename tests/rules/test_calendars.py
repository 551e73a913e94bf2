from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from tthc.domain.amendment import CalendarDecision, amended
from tthc.domain.calendar import Calendar
from tthc.domain.errors import NotFoundError, RuleError, RulesFileError
from tthc.rules.calendars import calendar, calendar_version, decisions, read_decision

SWAPPED_OFF, SWAPPED_ON = date(2026, 1, 2), date(2026, 1, 10)

# Where ours and the package differ, and why ours holds: the swap decided on 2025-12-25, which
# the package does not know.
KNOWN_DIFFERENCES = {SWAPPED_OFF: False, SWAPPED_ON: True}  # day → worked in ours


def test_ours_and_the_holidays_package_differ_only_where_we_know() -> None:
    ours = calendar()
    theirs = holidays.country_holidays("VN", years=range(2010, 2028))
    differences = {}
    day = date(2010, 1, 1)
    while day < date(2028, 1, 1):
        if ours.is_worked(day) != theirs.is_working_day(day):
            differences[day] = ours.is_worked(day)
        day += timedelta(days=1)
    assert differences == KNOWN_DIFFERENCES


def test_what_was_known_on_a_date_is_reproduced() -> None:
    before, after = calendar(known_on=date(2025, 12, 24)), calendar(known_on=date(2025, 12, 25))
    assert (before.is_worked(SWAPPED_OFF), before.is_worked(SWAPPED_ON)) == (True, False)
    assert (after.is_worked(SWAPPED_OFF), after.is_worked(SWAPPED_ON)) == (False, True)
    assert before.version != after.version
    assert calendar_version("vn", before.version).is_worked(SWAPPED_OFF)
    assert not calendar_version("vn", after.version).is_worked(SWAPPED_OFF)
    assert calendar() is after


def test_the_years_loaded_and_those_not_announced() -> None:
    assert calendar().years == range(2010, 2028)
    assert calendar().unconfirmed == {2027}


def test_every_decision_says_where_it_comes_from_and_only_known_dates_are_stated() -> None:
    dated = {one.version: one.decided_on for one in decisions() if one.decided_on}
    assert dated == {"2026-01-hoan-doi": date(2025, 12, 25)}
    assert all(one.source and one.title for one in decisions())
    assert [one.version for one in decisions() if not one.confirmed] == ["2027"]


def test_days_off_have_names_and_the_year_s_length_is_plausible() -> None:
    ours = calendar()
    assert all(ours.days_off.values())
    assert all(ours.days_worked.values())
    for year in range(2010, 2028):
        count = ours.working_days_between(date(year, 1, 1), date(year, 12, 31))
        assert 245 <= count <= 253


@pytest.mark.parametrize("code", ["fr", "../sources", "VN", ""])
def test_a_calendar_that_is_not_there_is_refused(code: str) -> None:
    with pytest.raises(NotFoundError, match="Không có lịch"):
        calendar(code)


def test_a_version_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFoundError, match="phiên bản 1999"):
        calendar_version("vn", "1999")


def test_a_whole_year_s_decision_replaces_what_was_computed() -> None:
    announced = CalendarDecision(
        "2027-qd",
        "Lịch 2027",
        "holidays-0-108",
        whole_years=frozenset({2027}),
        days_off={date(2027, 2, 8): "Tết"},
    )
    ours = amended(calendar(), announced)
    assert ours.unconfirmed == frozenset()
    assert ours.is_worked(date(2027, 1, 1))
    assert not ours.is_worked(date(2027, 2, 8))
    assert ours.version == "2027-qd"
    assert not calendar().is_worked(date(2027, 1, 1))


def test_a_decision_adds_the_next_year_but_leaves_no_gap() -> None:
    following = CalendarDecision("2028", "Lịch 2028", "", whole_years=frozenset({2028}))
    assert amended(calendar(), following).years == range(2010, 2029)
    with pytest.raises(RuleError, match="đứt quãng"):
        amended(calendar(), CalendarDecision("x", "", "", whole_years=frozenset({2030})))
    with pytest.raises(RuleError, match="năm 2028 chưa được nạp"):
        amended(calendar(), CalendarDecision("x", "", "", days_off={date(2028, 1, 1): "Tết"}))
    assert amended(Calendar(), following).years is None


def test_a_day_cannot_be_off_and_worked_by_one_decision() -> None:
    day = date(2026, 5, 2)
    with pytest.raises(RuleError, match="vừa nghỉ vừa làm việc"):
        CalendarDecision("x", "", "", days_off={day: ""}, days_worked={day: ""})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "không phải TOML"),
        ('source = "holidays-0-108"', "thiếu mục 'title'"),
        ('title = "x"\nsource = "nowhere"', "nguồn 'nowhere'"),
        ('title = "x"\nsource = "holidays-0-108"\nday_off = 1', "không có mục day_off"),
        ('title = "x"\nsource = "holidays-0-108"\ndecided_on = "2025"', "decided_on"),
        ('title = "x"\nsource = "holidays-0-108"\n[days_off]\n2026-02-30 = "x"', "Tệp lịch"),
        ('title = "x"\nsource = "holidays-0-108"\ndays_off = 3', "bảng ngày"),
        ('title = "x"\nsource = "holidays-0-108"\nwhole_years = 2028', "danh sách năm"),
    ],
)
def test_a_decision_that_cannot_be_read_is_refused_by_name(
    text: str, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "2028.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RulesFileError, match=said) as refusal:
        read_decision(file)
    assert "2028.toml" in str(refusal.value)


def test_a_decision_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesFileError, match=r"none\.toml"):
        read_decision(tmp_path / "none.toml")
