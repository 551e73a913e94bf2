"""What follows from a condition really follows, whatever it is made of."""

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tthc.rules import predicates
from tthc.rules.implied import NOT_ENDED, OVERDUE, UNRESOLVED, _said, implied_by

ATOMS = ("a IS NULL", "b <= :c", "d IN (1, 2)")
Truth = dict[str, bool]
Made = tuple[str, Callable[[Truth], bool]]


def made(parts: st.SearchStrategy[Made]) -> st.SearchStrategy[Made]:
    """Larger conditions, each in parentheses as the grammar writes them."""

    def join(word: str, both: Callable[[bool, bool], bool]) -> st.SearchStrategy[Made]:
        return st.tuples(parts, parts).map(
            lambda two: (
                f"({two[0][0]} {word} {two[1][0]})",
                lambda truth: both(two[0][1](truth), two[1][1](truth)),
            )
        )

    return st.one_of(
        join("AND", lambda one, other: one and other),
        join("OR", lambda one, other: one or other),
        parts.map(lambda one: (f"(NOT {one[0]})", lambda truth: not one[1](truth))),
        st.tuples(parts, parts, parts).map(
            lambda three: (
                f"(CASE WHEN {three[0][0]} THEN {three[1][0]} ELSE {three[2][0]} END)",
                lambda truth: three[1][1](truth) if three[0][1](truth) else three[2][1](truth),
            )
        ),
    )


CONDITIONS = st.recursive(
    st.sampled_from(ATOMS).map(lambda name: (f"({name})", lambda truth: truth[name])),
    made,
    max_leaves=8,
)


@given(CONDITIONS)
def test_what_is_said_holds_wherever_the_condition_does(condition: Made) -> None:
    text, holds = condition
    for truths in product([False, True], repeat=len(ATOMS)):
        truth = dict(zip(ATOMS, truths, strict=True))
        if holds(truth):
            assert all(truth[name] for name in _said(text) if name in truth), text


def test_conditions_are_read_as_deep_as_they_go() -> None:
    """The texts that the indexes are for: were the grammar to write them otherwise, lists would
    be right and slow.
    """
    for name in ("overdue", "overdue_1_5", "open_overdue_without_letter", "overdue_inherited"):
        assert {OVERDUE, UNRESOLVED, NOT_ENDED} <= _said(predicates.predicate(name).text), name
    tabs = [predicates.predicate(name) for name in ("overdue", "due_soon", "suspended_after_due")]
    assert len(implied_by([predicates.predicate("known")], tabs)) == 2


@pytest.mark.parametrize("name", ["known", "late", "owes_letter", "open_at_end", "at_hand"])
def test_nothing_is_said_of_cases_that_may_be_over(name: str) -> None:
    assert implied_by([predicates.predicate(name)]) == []
