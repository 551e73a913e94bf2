from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tthc.intake.cells import cells_of
from tthc.intake.fields import FIELDS

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def cell(name: str, text: str) -> tuple[Any, str | None]:
    values, problems = cells_of(name, [text], None, VIETNAM)
    return values[name][0], problems.get(0)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("50000", "50000"),
        ("1.250.000", "1250000"),
        ("1,250,000", "1250000"),
        ("1,234", "1234"),  # thousands: đồng have no thousandths
        ("1.234", "1234"),
        ("1.234,50", "1234.50"),
        ("1,234.5", "1234.5"),
        ("12,5", "12.5"),
        ("12.50", "12.5"),
        ("120 000 đ", "120000"),
        ("0", "0"),
        ("120,000 VNĐ", "120000"),
        ("0,125", None),
        ("1.23.456", None),
        ("-5", None),
        ("1e5", None),
        ("1,2345", None),
        ("1234567890123", None),
        ("miễn phí", None),
        ("٥٠", None),
    ],
)
def test_amounts_as_they_are_written_in_vietnam(text: str, amount: str | None) -> None:
    value, problem = cell("fee_amount", text)
    assert value == (Decimal(amount) if amount else None)
    assert (problem is None) == (amount is not None)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("state", "10", 10),
        ("state", "09", 9),
        ("state", "0", None),
        ("state", "11", None),
        ("state", "٣", None),
        ("out_of_territory", "Có", True),
        ("out_of_territory", "KHÔNG", False),
        ("out_of_territory", "?", None),
        ("channel", "Online", "online"),
        ("channel", "web", None),
        ("case_code", "H57.132-260804-0583", "H57.132-260804-0583"),
        ("case_code", "a\tb", None),
        ("case_code", "x" * 121, None),
        ("officer", "x" * 1001, None),
    ],
)
def test_other_cells(name: str, text: str, value: object) -> None:
    assert cell(name, text)[0] == value


def test_a_person_s_name_is_not_repeated_in_a_reason() -> None:
    _, problem = cell("applicant_name", "Nguyễn" * 500)
    assert problem is not None
    assert "Nguyễn" not in problem


@given(
    st.sampled_from(sorted(FIELDS)),
    st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=5),
    st.sampled_from([None, "%d/%m/%Y %H:%M", "%d/%m/%y", "%Y-%m-%dT%H:%M:%S%z"]),
)
def test_any_text_is_read_or_refused_with_a_reason(
    name: str, texts: list[str | None], form: str | None
) -> None:
    timed = FIELDS[name].kind in ("instant", "due")
    values, problems = cells_of(name, texts, form if timed else None, VIETNAM)
    missing = values[name].is_null() & pl.Series(texts, dtype=pl.String).is_not_null()
    assert set(missing.arg_true()) == set(problems)
