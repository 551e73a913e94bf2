"""The night's measure against an oracle in plain Python, over random facts."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.extract import schema
from jobs.measure import Measured, Plan, measure, plan
from tests import figures_oracle, oracle
from tests.strategies import dice, draw_cases
from tthc import clock
from tthc.domain.figure import percent
from tthc.rules import predicates
from tthc.rules.definitions import definition, variants
from tthc.rules.periods import read_period

MARCH = read_period("month:2026-03")
CUTS = [
    clock.end_of(MARCH.end - timedelta(days=1)),  # the period's end
    clock.end_of(MARCH.start + timedelta(days=11)),  # within it
    clock.end_of(MARCH.end + timedelta(days=40)),  # long after
]
WHAT = plan(variants().values())


def cut_at(as_of: datetime) -> predicates.Cut:
    cut = predicates.Cut(as_of, MARCH)
    return predicates.Cut(as_of, MARCH, oracle.ordinal(clock.local_date(cut.last)))


def total(measured: Measured, text: str, what: Plan = WHAT) -> int:
    """How many cases met a condition, from the bits."""
    if not measured.groups.height:
        return 0
    word, bit = divmod(what.texts.index(text), 63)
    met = measured.groups.filter(pl.col("verdicts").list.get(word) & (1 << bit) != 0)
    return int(met["cases"].sum())


def frame(cases: list[dict[str, Any]], columns: tuple[str, ...]) -> pl.DataFrame:
    types = schema(columns)
    return pl.DataFrame([[case[name] for name in types] for case in cases], types, orient="row")


@given(luck=dice, as_of=st.sampled_from(CUTS))
@settings(max_examples=12, deadline=None)
def test_every_case_is_in_the_bucket_that_the_oracle_says(
    luck: random.Random, as_of: datetime
) -> None:
    cases = draw_cases(luck, MARCH, as_of)
    cut = predicates.Cut(as_of)
    buckets = [predicates.predicates()[name] for name in predicates.partition()]
    verdicts = frame(cases, tuple(predicates.facts())).select(
        pl.sql_expr(cut.bind(each.text)).fill_null(value=False).alias(each.name) for each in buckets
    )
    for case, row in zip(cases, verdicts.iter_rows(named=True), strict=True):
        assert [name for name, met in row.items() if met] == [oracle.bucket(case, as_of)]


@given(luck=dice, as_of=st.sampled_from(CUTS))
@settings(max_examples=12, deadline=None)
def test_cells_sum_to_what_the_oracle_counts(luck: random.Random, as_of: datetime) -> None:
    cases = draw_cases(luck, MARCH, as_of)
    facts = frame(cases, WHAT.columns)
    halves = [facts[: len(cases) // 2], facts[len(cases) // 2 :]]
    (measured,) = measure(halves, [(WHAT, cut_at(as_of))])
    expected = figures_oracle.figures(cases, as_of, MARCH)
    assert expected.keys() == {each.id for each in variants().values() if each.texts}
    for name, counts in expected.items():
        asked = definition(name)
        assert (total(measured, asked.counted), total(measured, asked.population)) == counts, name


@given(luck=dice, as_of=st.sampled_from(CUTS))
@settings(max_examples=12, deadline=None)
def test_carried_over_and_received_are_resolved_and_open(
    luck: random.Random, as_of: datetime
) -> None:
    cases = draw_cases(luck, MARCH, as_of)
    cut = cut_at(as_of)
    names = (
        *("received_in", "carried_over", "resolved_in", "open_at_end", "overdue_at_end"),
        *("in_time_at_end", "resolved_early_in", "resolved_on_time_in", "resolved_late_in"),
    )
    known = predicates.predicates()
    facts = frame(cases, tuple(predicates.facts())).select(
        pl.sql_expr(cut.bind(known[name].text)).fill_null(value=False).sum().alias(name)
        for name in names
    )
    count = Counter(facts.row(0, named=True))
    assert count["received_in"] + count["carried_over"] == (
        count["resolved_in"] + count["open_at_end"]
    )
    assert count["open_at_end"] == count["overdue_at_end"] + count["in_time_at_end"]
    assert count["resolved_in"] == (
        count["resolved_early_in"] + count["resolved_on_time_in"] + count["resolved_late_in"]
    )


def test_no_facts_make_no_cells() -> None:
    (measured,) = measure([], [(WHAT, cut_at(datetime(2026, 3, 31, tzinfo=UTC)))])
    assert measured.cases == 0


def worked_example() -> list[dict[str, Any]]:
    """Metrics, section 2: 450 to resolve = 315 online + 105 otherwise + 30 carried over."""
    due = clock.start_of(MARCH.start + timedelta(days=20)) + timedelta(hours=17)
    kinds = [
        *[("early", 240), ("on_time", 145), ("late", 5), ("open", 58), ("open_overdue", 2)],
    ]
    cases: list[dict[str, Any]] = []
    for kind, count in kinds:
        for _ in range(count):
            number = len(cases)
            received = MARCH.start + timedelta(days=3 if number >= 30 else -3)
            days = {"early": -1, "on_time": 0, "late": 1}.get(kind)
            due_at = due + timedelta(days=20 if kind == "open" else 0)
            resolved = None if days is None else due_at + timedelta(days=days, hours=-1)
            cases.append(example(received, due_at, resolved, online=30 <= number < 345))
    return cases


def example(received: Any, due_at: datetime, resolved: datetime | None, *, online: bool) -> Any:
    empty = dict.fromkeys(predicates.facts())
    received_at = clock.start_of(received) + timedelta(hours=9)
    return oracle.fill_dates(
        empty
        | {
            "receiving_unit_id": 1,
            "competent_unit_id": 1,
            "procedure_id": 1,
            "level": "commune",
            "channel": "online" if online else "counter",
            "out_of_territory": False,
            "intake_late": False,
            "handover_late": False,
            "stepped": False,
            "imported": False,
            "supplements": 0,
            "e_result": "unknown",
            "yields_document": "unknown",
            "state": 4 if resolved is None else 9,
            "submitted_at": received_at,
            "received_at": received_at,
            "due_at": due_at,
            "overdue_at": clock.start_of(clock.local_date(due_at) + timedelta(days=1)),
            "resolved_at": resolved,
        }
    )


def counted(cases: list[dict[str, Any]], name: str) -> tuple[int, int]:
    """Numerator and denominator of a definition in March, as the night counts them."""
    (measured,) = measure([frame(cases, WHAT.columns)], [(WHAT, cut_at(CUTS[0]))])
    asked = definition(name)
    return total(measured, asked.counted), total(measured, asked.population)


@pytest.mark.parametrize(
    ("name", "figure", "shown"),
    [
        ("on_time/resolved", (385, 390), "98.72"),
        ("on_time/burden", (443, 450), "98.44"),
        ("on_time/766", (443, 450), "98.44"),
        (
            "online/received",
            (315, 420),
            "75.00",
        ),  # not 315/450: carried over cases are not received
        ("letters/overdue_without", (7, 7), "100.00"),
    ],
)
def test_the_worked_example(name: str, figure: tuple[int, int], shown: str) -> None:
    assert counted(worked_example(), name) == figure
    assert str(percent(*figure)) == shown


def test_six_of_ten_sent_online_and_one_of_them_refused() -> None:
    due = clock.start_of(MARCH.start + timedelta(days=20))
    cases = [
        example(MARCH.start, due, due - timedelta(days=2), online=number < 6)
        for number in range(10)
    ]
    declined = {"state": 3, "received_at": None, "resolved_at": None, "ended_at": due}
    cases[0] = oracle.fill_dates(cases[0] | declined)
    assert counted(cases, "online/received") == (5, 9)
    assert counted(cases, "online/submitted") == (6, 10)
    assert (str(percent(5, 9)), str(percent(6, 10))) == ("55.56", "60.00")


def test_a_rate_of_resolved_cases_does_not_see_the_open_overdue_ones() -> None:
    """95 closed on time, none late, 5 open and overdue: 100 % or 95 %."""
    due = clock.start_of(MARCH.start + timedelta(days=20))
    done = due - timedelta(days=2)
    cases = [
        example(MARCH.start, due, done if number < 95 else None, online=False)
        for number in range(100)
    ]
    assert counted(cases, "on_time/resolved") == (95, 95)
    assert counted(cases, "on_time/burden") == (95, 100)
