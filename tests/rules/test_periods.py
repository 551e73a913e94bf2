"""Named periods, among them the one that holds the whole ledger."""

from datetime import date

import pytest

from tthc.domain.errors import InputError
from tthc.rules.periods import periods_on, read_period
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
