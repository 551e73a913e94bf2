"""Named periods, among them the one that holds the whole ledger."""

from datetime import date

import pytest

from tthc.domain.errors import InputError
from tthc.rules.periods import period_before, periods_on, read_period, schemes, year_before
from tthc.service import words


def test_the_whole_ledger_is_one_period() -> None:
    whole = read_period("all:known")
    assert whole.start < date(1950, 1, 1)
    assert whole.end > date(2090, 1, 1)
    assert whole in periods_on(date(2012, 1, 23))
    with pytest.raises(InputError, match="all:known"):
        read_period("all:2026")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("day:2026-03-05", "Ngày 05/03/2026"),
        ("week:2026-W11", "Tuần 11/2026"),
        ("month:2026-03", "Tháng 03/2026"),
        ("quarter:2026-Q4", "Quý IV/2026"),
        ("half:2026-H1", "6 tháng đầu năm 2026"),
        ("half:2026-H2", "6 tháng cuối năm 2026"),
        ("nine-months:2026", "9 tháng 2026"),
        ("year:2026", "Năm 2026"),
        ("tt01-quarter:2026-Q1", "Quý I/2026 theo Thông tư 01/2020/TT-VPCP"),
        ("tt01-year:2026", "Năm 2026 theo Thông tư 01/2020/TT-VPCP"),
        ("m21:2026-03", "Tháng 03/2026 từ ngày 21 đến ngày 20"),
        ("all:known", "Toàn bộ hồ sơ đã biết"),
    ],
)
def test_periods_have_the_names_that_officials_use(name: str, said: str) -> None:
    assert words.period(read_period(name)) == said


@pytest.mark.parametrize(
    ("name", "before", "last_year"),
    [
        ("day:2026-03-01", "day:2026-02-28", "day:2025-03-01"),
        ("day:2024-02-29", "day:2024-02-28", "day:2023-02-28"),
        ("week:2026-W01", "week:2025-W52", "week:2025-W01"),
        ("week:2026-W53", "week:2026-W52", "week:2025-W52"),
        ("month:2026-01", "month:2025-12", "month:2025-01"),
        ("quarter:2026-Q1", "quarter:2025-Q4", "quarter:2025-Q1"),
        ("half:2026-H2", "half:2026-H1", "half:2025-H2"),
        ("nine-months:2026", "nine-months:2025", "nine-months:2025"),
        ("year:2026", "year:2025", "year:2025"),
        ("tt01-quarter:2026-Q1", "tt01-quarter:2025-Q4", "tt01-quarter:2025-Q1"),
        ("tt01-year:2026", "tt01-year:2025", "tt01-year:2025"),
        ("m21:2026-01", "m21:2025-12", "m21:2025-01"),
    ],
)
def test_the_period_before_and_the_same_period_of_last_year(
    name: str, before: str, last_year: str
) -> None:
    period = read_period(name)
    found, same = period_before(period), year_before(period)
    assert found
    assert same
    assert (found.name, same.name) == (before, last_year)
    assert found.end <= period.start


def test_the_whole_ledger_has_no_period_before() -> None:
    whole = read_period("all:known")
    assert period_before(whole) is None
    assert year_before(whole) is None


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("day:2026-03-05", date(2026, 3, 5), date(2026, 3, 6)),
        ("week:2026-W11", date(2026, 3, 9), date(2026, 3, 16)),
        ("half:2026-H2", date(2026, 7, 1), date(2027, 1, 1)),
        ("nine-months:2026", date(2026, 1, 1), date(2026, 10, 1)),
        ("tt01-quarter:2026-Q1", date(2025, 12, 15), date(2026, 3, 15)),
        ("tt01-quarter:2026-Q2", date(2026, 3, 15), date(2026, 6, 15)),
        ("tt01-quarter:2026-Q3", date(2026, 6, 15), date(2026, 9, 15)),
        ("tt01-quarter:2026-Q4", date(2026, 9, 15), date(2026, 12, 15)),
        ("tt01-year:2026", date(2025, 12, 15), date(2026, 12, 15)),
        ("m21:2026-03", date(2026, 2, 21), date(2026, 3, 21)),
    ],
)
def test_first_day_and_the_day_after_the_last(name: str, first: date, after: date) -> None:
    period = read_period(name)
    assert (period.start, period.end) == (first, after)


@pytest.mark.parametrize("scheme", [each for each in schemes() if each not in ("all", "day")])
def test_a_scheme_leaves_no_day_out_and_none_is_in_two(scheme: str) -> None:
    period = schemes()[scheme].containing(date(2026, 5, 5))
    for _ in range(60):
        assert period
        earlier = period_before(period)
        assert earlier
        if scheme != "nine-months":
            assert earlier.end == period.start
        assert schemes()[scheme].containing(earlier.start) == earlier
        period = earlier
