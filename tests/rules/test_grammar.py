import pytest

from tthc.domain.errors import RulesFileError
from tthc.rules.grammar import Expression, column, read_expression

NAMES = {
    "n": column("n", "integer"),
    "day": column("day", "date"),
    "at": column("at", "instant"),
    "due_at": column("due_at", "instant"),
    "word": column("word", "text"),
    "flag": column("flag", "boolean"),
    "late": Expression("(at >= due_at)", "boolean", frozenset({"at", "due_at"})),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n = 1 AND flag OR NOT flag", "(((n = 1) AND flag) OR (NOT flag))"),
        ("n BETWEEN 1 AND 2 AND flag", "((n BETWEEN 1 AND 2) AND flag)"),
        ("NOT n IN (1, 2)", "(NOT (n IN (1, 2)))"),
        ("word IS NOT NULL", "(word IS NOT NULL)"),
        ("day IS DISTINCT FROM DATE '2026-03-05'", "(day IS DISTINCT FROM DATE '2026-03-05')"),
        ("day <= :to - INTERVAL '1 day'", "(day <= (:to - INTERVAL '1 day'))"),
        ("COALESCE(at, due_at) > :as_of", "(COALESCE(at, due_at) > :as_of)"),
        (
            "CASE WHEN flag THEN n = 1 ELSE n + 2 * n > 3 END",
            "(CASE WHEN flag THEN (n = 1) ELSE ((n + (2 * n)) > 3) END)",
        ),
        ("late AND flag", "((at >= due_at) AND flag)"),
    ],
)
def test_what_the_grammar_knows_is_written_out_with_every_bracket(text: str, expected: str) -> None:
    assert read_expression(text, NAMES).text == expected


def test_the_columns_of_a_named_condition_count() -> None:
    assert read_expression("late AND n = 1", NAMES).columns == {"at", "due_at", "n"}


@pytest.mark.parametrize(
    "text",
    [
        "flag IS TRUE",
        "n / 2 = 1",
        "n % 2 = 1",
        "day - day > 3",
        "n::text = 'a'",
        "CAST(n AS text) = 'a'",
        "word LIKE 'a%'",
        "lower(word) = 'a'",
        "extract(day FROM at) = 1",
        "at AT TIME ZONE 'UTC' = at",
        "n = 1; DROP TABLE cases",
        "n = 1 -- word",
        "word = 'it''s'",
        '"n" = 1',
        "TIMESTAMPTZ '2026-03-05 00:00' < at",
        "at < TIMESTAMPTZ '2026-03-05T00:00:00'",
        "n + INTERVAL '1 day' > 1",
        "INTERVAL '1 month' + day = day",
        "n = 12345678901",
        "n = 1.5",
        "unknown_column = 1",
        ":unknown = at",
        "n =",
        "(n = 1",
        "n = 1)",
        "",
    ],
)
def test_what_the_engines_read_differently_is_refused(text: str) -> None:
    with pytest.raises(RulesFileError):
        read_expression(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "at <= day",  # the trap of the real log: an instant compared as a date
        "day = 'a'",
        "n AND flag",
        "NOT n",
        "flag = 1",
        "COALESCE(at, day) = at",
        "CASE WHEN n THEN 1 END = 1",
        "CASE WHEN flag THEN 1 ELSE word END = 1",
        "word IN ('a', 1)",
        "n BETWEEN 1 AND day",
    ],
)
def test_kinds_that_do_not_fit_are_refused(text: str) -> None:
    with pytest.raises(RulesFileError, match="không phải"):
        read_expression(text, NAMES)
