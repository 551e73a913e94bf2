"""Identities that hold in every cell, children that sum to their parent, and planted mistakes that
the three ways of counting must not let pass.
"""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from jobs.measure import KEYS, Measured, measure, plan
from tests import figures_oracle
from tests.jobs.test_measure import CUTS, MARCH, WHAT, cut_at, frame, total
from tests.oracle import Facts, fill_dates
from tests.strategies import draw_cases
from tthc.rules import definitions as rules_of_definitions
from tthc.rules import predicates
from tthc.rules.definitions import definition, variants
from tthc.rules.predicates import document

AS_OF = CUTS[2]


def cases_of_all_ages() -> list[Facts]:
    """Thousands of cases, some of them overdue for weeks, some due in a year without a calendar."""
    dice = random.Random(5)
    cases = draw_cases(dice, MARCH, AS_OF, 3000)
    for place in range(0, len(cases), 2):
        case = cases[place]
        back = timedelta(days=dice.choice((*range(60), *[9000] * 9)))
        for name in ("due_at", "overdue_at"):
            case[name] = case[name] and case[name] - back
        cases[place] = fill_dates(case)
    return cases


CASES = cases_of_all_ages()
EXPECTED = figures_oracle.figures(CASES, AS_OF, MARCH)
# what is planted: a predicate, the text in it, and what it becomes
MISTAKES = {
    "a result at the first overdue instant is on time": ("late", ">=", ">"),
    "an early result on the due date": ("early", "resolved_on < due_on", "resolved_on <= due_on"),
    "the day after the period is in it": ("received_in", "< :to", "<= :to"),
    "what was finished before is carried over": ("carried_over", ">= :from", "< :from"),
    "the period's end is forgotten": ("overdue_at_end", "<= :cut", "< :cut"),
    "suspended after due is in time": ("overdue_at_end", "suspended_at >=", "suspended_at <"),
    "a pending due date is due": ("due_in", "due_at <= :as_of", "due_at >= :as_of"),
    "a second request is no matter": ("late_766", "supplements >= 2", "supplements >= 3"),
    "withdrawn cases have no end": ("ended_766", "end_766_on < :to", "end_766_on >= :to"),
    "the letter's date itself is missed": (
        "second_miss_in",
        "> re_promised_on",
        ">= re_promised_on",
    ),
    "posted cases are online": ("online", "channel = 'online'", "channel <> 'counter'"),
    "refused submissions don't count": ("refused_at_desk", "state = 3", "state = 33"),
    "five days are six": ("ageing_1_5_at_end", "+ 5", "+ 6"),
    "thirty days are more": ("ageing_over_30_at_end", "> due_ordinal", ">= due_ordinal"),
    "the law's own term is forgotten": ("late_by_commitment_in", "resolved_at <", "resolved_at >"),
    "a unit ends a day late": ("inherited_in", "resolved_on >=", "resolved_on >"),
    "a delay without a calendar": ("delay_known_in", "due_ordinal IS NOT NULL", "TRUE"),
    "handed over in any period": ("handover_late_in", "received_in AND ", ""),
    "answered whenever": ("answered_online_in", "AND submitted_in", ""),
}


@pytest.fixture(scope="module")
def measured() -> Measured:
    (found,) = measure([frame(CASES, WHAT.columns)], [(WHAT, cut_at(AS_OF))])
    return found


@pytest.mark.parametrize("basis", predicates.BASES)
def test_identities_hold_in_every_cell(measured: Measured, basis: str) -> None:
    """To resolve = received + carried over; a rate and its complement are the whole."""
    for keys in (["receiving_unit_id", "level"], ["competent_unit_id", "procedure_id", "channel"]):
        for cell in measured.groups.partition_by(keys):
            part = Measured(cell, measured.spreads)

            def count(name: str, part: Measured = part) -> tuple[int, int]:
                asked = definition(f"{name}@{basis}")
                return total(part, asked.counted), total(part, asked.population)

            with_letter, owing = count("letters/compliance")
            without, again = count("letters/overdue_without")
            assert (with_letter + without, again) == (owing, owing)
            kept, to_resolve = count("on_time/burden")
            assert to_resolve - kept == owing
            in_time, resolved = count("on_time/resolved")
            assert in_time <= resolved <= to_resolve


def test_the_bands_of_ageing_are_the_overdue_cases(measured: Measured) -> None:
    bands = [definition(f"ageing/{name}") for name in ("1_5", "6_10", "11_30", "over_30")]
    (overdue,) = {total(measured, each.population) for each in bands}
    (known,) = {total(measured, each.needs or "") for each in bands}
    assert sum(total(measured, each.counted) for each in bands) == known > 0
    assert known <= overdue


def test_children_sum_to_their_parent_and_a_parent_counts_a_case_once(measured: Measured) -> None:
    for text in WHAT.texts:
        whole = total(measured, text)
        for key in KEYS:
            parts = measured.groups.partition_by(key)
            assert sum(total(Measured(each, each), text) for each in parts) == whole
    everything = measured.groups["cases"].sum()
    assert everything <= len(CASES)


def test_histograms_hold_the_cases_that_they_are_of(measured: Measured) -> None:
    for number, name in enumerate(("days/resolved", "days/late")):
        spread = measured.spreads.filter(spread=number)
        assert spread["cases"].list.sum().sum() == total(measured, definition(name).counted) > 0


@pytest.fixture
def forget_rules() -> Iterator[Callable[[], None]]:
    """Let the rules be read anew, also when the test is over."""
    readers = (
        *(predicates.vocabulary, predicates.predicates, rules_of_definitions.definitions),
        *(rules_of_definitions.variants, rules_of_definitions._definition),
    )

    def forget() -> None:
        for reader in readers:
            reader.cache_clear()

    yield forget
    forget()


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_is_caught_by_the_oracle(
    mistake: str, monkeypatch: pytest.MonkeyPatch, forget_rules: Callable[[], None]
) -> None:
    name, right, wrong = MISTAKES[mistake]
    rules = document()
    entry = rules["predicates"][name]
    assert right in entry["text"], entry["text"]
    altered = rules["predicates"] | {name: entry | {"text": entry["text"].replace(right, wrong)}}
    with monkeypatch.context() as planting:
        planting.setattr(predicates, "document", lambda: rules | {"predicates": altered})
        forget_rules()
        planted = [each for each in variants().values() if each.texts]
    what = plan(planted)
    (found,) = measure([frame(CASES, what.columns)], [(what, cut_at(AS_OF))])
    wrongly = [
        each.id
        for each in planted
        if (total(found, each.counted, what), total(found, each.population, what))
        != EXPECTED[each.id]
    ]
    assert wrongly


def test_without_a_mistake_there_is_nothing_to_catch(measured: Measured) -> None:
    for name, counts in EXPECTED.items():
        asked = definition(name)
        assert (total(measured, asked.counted), total(measured, asked.population)) == counts, name
