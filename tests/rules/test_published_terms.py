"""Published limits: what they say, and what they leave unsaid."""

from decimal import Decimal

import pytest

from tthc.rules.catalogue import TermFact
from tthc.rules.published_terms import channel_terms, read_term


@pytest.mark.parametrize(
    ("amount", "unit", "read"),
    [
        ("5", "Ngày làm việc", (Decimal(5), "working_day")),
        ("1.5", "ngày  làm việc", (Decimal("1.5"), "working_day")),
        ("1,5", "Giờ", (Decimal("1.5"), "working_hour")),
        ("30", "Ngày", (Decimal(30), "calendar_day")),
        ("3", "Tháng", (Decimal(3), "month")),
        ("0", "Ngày làm việc", (Decimal(0), "working_day")),
        ("", "Không quy định", (None, "none")),
        ("7", "working_day", (Decimal(7), "working_day")),
    ],
)
def test_readable(amount: str, unit: str, read: tuple[Decimal | None, str]) -> None:
    assert read_term(amount, unit) == (*read, None)


@pytest.mark.parametrize(
    ("amount", "unit", "word"),
    [
        ("1", "", "không có đơn vị"),
        ("1100", "", "không có đơn vị"),
        ("120,000", "", "Không đọc được"),
        ("120,000", "Ngày", "Không đọc được"),
        ("", "Ngày", "để trống"),
        ("", "", "để trống"),
        ("-5", "Ngày", "Không đọc được"),
        ("٥", "Ngày", "Không đọc được"),
        ("1.5", "Ngày", "số nguyên"),
        ("1,5", "Tháng", "số nguyên"),
        ("5", "tuần", "Không hiểu đơn vị"),
        ("5", "none", "lại có số"),
    ],
)
def test_unreadable_promises_nothing(amount: str, unit: str, word: str) -> None:
    read = read_term(amount, unit)
    assert (read.amount, read.unit) == (None, None)
    assert read.problem is not None
    assert word in read.problem


def test_doubled_rows_count_once_when_alike() -> None:
    (term,) = channel_terms([TermFact("1", "online", "5", "Ngày")] * 3)
    assert (term.read.amount, term.rows) == (Decimal(5), 3)


def test_doubled_rows_that_contradict_are_unconfirmed_and_keep_both() -> None:
    (term, other) = channel_terms(
        [
            TermFact("1", "online", "7", "Ngày làm việc"),
            TermFact("1", "post", "7", "Ngày làm việc"),
            TermFact("1", "online", "30", "Ngày"),
        ]
    )
    assert term.published == "7 Ngày làm việc | 30 Ngày"
    assert term.read.amount is None
    assert term.read.problem is not None
    assert "7 Ngày làm việc; 30 Ngày" in term.read.problem
    assert (other.channel, other.read.problem) == ("post", None)
