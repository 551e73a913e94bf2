"""Values leave a statement for its parameters; its words stay."""

from datetime import UTC, date, datetime

import pytest

from tthc.db.parameters import lift_values


def test_equal_values_are_one_parameter_and_casts_are_none() -> None:
    sql = (
        "SELECT :unit::text, x::date FROM t WHERE at <= TIMESTAMPTZ '2026-03-01T00:00:00+00:00' "
        "AND day < DATE '2026-03-02' AND until > TIMESTAMPTZ '2026-03-01T00:00:00+00:00' "
        "AND u = ANY ('{3,14}'::integer[]) AND at::time > TIME '00:00' AND s = :unit"
    )
    words, values = lift_values(sql, {"unit": "A"})
    assert values == ("A", datetime(2026, 3, 1, tzinfo=UTC), date(2026, 3, 2), [3, 14])
    assert words == (
        "SELECT $1::text, x::date FROM t WHERE at <= $2::timestamptz AND day < $3::date "
        "AND until > $2::timestamptz AND u = ANY ($4::integer[]) AND at::time > TIME '00:00' "
        "AND s = $1"
    )


def test_nobody_has_no_units() -> None:
    assert lift_values("u = ANY ('{}'::integer[])", {}) == ("u = ANY ($1::integer[])", ([],))


def test_a_parameter_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match=":unit"):
        lift_values("SELECT :unit", {})
