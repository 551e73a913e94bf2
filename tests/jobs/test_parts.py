"""Conditions taken apart are the conditions that they were."""

import random

import polars as pl
from hypothesis import given, settings

from jobs.extract import schema
from jobs.parts import Parts, Shared
from tests import oracle
from tests.strategies import dice, draw_cases
from tthc import clock
from tthc.rules import predicates
from tthc.rules.definitions import variants
from tthc.rules.periods import read_period

PERIODS = [read_period("month:2026-03"), read_period("week:2026-W11")]
AS_OF = clock.end_of(PERIODS[0].start)
TEXTS = list(dict.fromkeys(text for each in variants().values() for text in each.texts))


@given(luck=dice)
@settings(max_examples=6, deadline=None)
def test_apart_and_whole_they_say_the_same_of_every_case(luck: random.Random) -> None:
    """Null where they were null: what is unknown stays unknown."""
    cases = draw_cases(luck, PERIODS[0], AS_OF)
    types = schema(predicates.facts())
    rows = pl.DataFrame([[case[name] for name in types] for case in cases], types, orient="row")
    ordinal = oracle.ordinal(clock.local_date(AS_OF))
    bound = [
        [predicates.Cut(AS_OF, period, ordinal, ordinal).bind(text) for text in TEXTS]
        for period in PERIODS
    ]
    shared = Shared(bound)
    decided = shared.decide_shared(rows)
    for place, texts in enumerate(bound):
        ours = shared.decide(decided, place)
        whole = rows.select(pl.sql_expr(text).alias(str(n)) for n, text in enumerate(texts))
        for number, name in enumerate(shared.names[place]):
            assert ours[name].to_list() == whole[str(number)].to_list(), texts[number]


def test_equal_parts_are_one() -> None:
    parts = Parts()
    first, second = parts.take("((a = 1) AND (b IN (1, 2)))"), parts.take("((a = 1) OR (c = ')'))")
    assert len(parts.behind([first])) == len(parts.behind([second])) == 3
    assert len(parts.behind([first, second])) == 5
    assert parts.take("(b IN (1, 2))") in parts.behind([first])
