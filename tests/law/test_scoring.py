"""The worked examples of scoring.toml: every shape of rule, at and around its edges."""

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tthc.domain.scoring.cases import DaysEarlyOrLate
from tthc.domain.scoring.combining import ByPart, Rule
from tthc.domain.scoring.given import Count, Entered, Given
from tthc.domain.scoring.policy import Empty, score
from tthc.rules.entries import Entry
from tthc.rules.rubric_shapes import read_rule

FILE = Path(__file__).with_name("scoring.toml")
EXAMPLES = tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)["example"]
USUAL = "on_time/resolved"
KNOWN = {"shape", "says", "rule", "empty", "rates", "peers", "entered", "end", "counts", "pairs"}
KNOWN |= {"days", "parts", "sectors", "figures"}


def rule_of(values: dict[str, Any]) -> Rule:
    table = {"measure": USUAL} | {key: each for key, each in values.items() if key != "max"}
    return read_rule(Entry("scoring.toml", table), Decimal(values["max"]))


def count(pair: list[int]) -> Count:
    return Count(pair[0], pair[1])


def rule_and_lines(example: dict[str, Any]) -> tuple[Rule, list[tuple[Given, Any]]]:
    """The example's rule, and its lines: what is given and the points expected."""
    rule = rule_of(example["rule"])
    measure = example["rule"].get("measure") or USUAL
    peers = {measure: tuple(map(Decimal, example.get("peers", ())))}
    lines: list[tuple[Given, Any]] = []
    for numerator, denominator, points in example.get("rates", ()):
        figures = {measure: Count(numerator, denominator)}
        lines.append((Given(figures=figures, peers=peers), points))
    for numbers, points in example.get("counts", ()):
        key = "classes" if "classes" in example["rule"] else "bands"
        names = [each["measure"] for each in example["rule"][key]]
        pairs = zip(names, numbers, strict=True)
        lines.append((Given({name: Count(each, sum(numbers)) for name, each in pairs}), points))
    for online, late, points in example.get("pairs", ()):
        given = {"online/received": count(online), "late/online": count(late)}
        lines.append((Given(given), points))
    for figures, points in example.get("figures", ()):
        lines.append((Given({name: count(each) for name, each in figures.items()}), points))
    if "parts" in example:
        rule = split(rule, example)
    for sectors, points in example.get("sectors", ()):
        parts = {name: count(each) for name, each in sectors.items()}
        whole = [sum(each) for each in zip(*sectors.values(), strict=True)] or [0, 0]
        lines.append((Given({measure: count(whole)}, parts={measure: parts}), points))
    said = example.get("entered", ())
    lines.extend((entered(each, example), each["points"]) for each in said)
    return rule, lines


def split(usual: Rule, example: dict[str, Any]) -> Rule:
    changed = dict(example["parts"])
    least = changed.pop("combine") == "minimum"
    special = {changed.pop("sector"): rule_of(example["rule"] | changed)}
    return ByPart(usual.most, USUAL, usual, special, least)


def entered(said: dict[str, Any], example: dict[str, Any]) -> Given:
    nothing = not {"value", "items", "on"} & set(said)
    given = Entered(
        Decimal(said["value"]) if "value" in said else None,
        frozenset(said.get("items", ())),
        said.get("on"),
        said.get("evidence", ""),
    )
    return Given(entered=None if nothing else given, end=example.get("end"))


def cases() -> Iterator[Any]:
    for number, example in enumerate(EXAMPLES):
        rule, lines = rule_and_lines(example)
        empty = Empty(example.get("empty", "none"))
        for place, (given, points) in enumerate(lines):
            name = f"{example['shape']}-{number}-{place}"
            yield pytest.param(rule, given, empty, points, id=name)


@pytest.mark.parametrize(("rule", "given", "empty", "points"), list(cases()))
def test_a_worked_example(rule: Rule, given: Given, empty: Empty, points: Any) -> None:
    found = score(rule, given, empty)
    if points == "-":
        assert found.points is None
        assert found.reason
    else:
        assert found.points == Decimal(points)


def test_every_key_of_the_file_is_known() -> None:
    assert not {key for example in EXAMPLES for key in example} - KNOWN


def test_every_shape_that_scores_a_leaf_has_examples() -> None:
    # 18 and 19 are of whole rubrics: test_scoring_wholes.py
    assert {example["shape"] for example in EXAMPLES} == set(range(1, 25)) - {18, 19}


def test_days_of_one_case() -> None:
    (example,) = [each for each in EXAMPLES if each["shape"] == 17]
    rule = rule_of(example["rule"])
    assert isinstance(rule, DaysEarlyOrLate)
    for days, points in example["days"]:
        assert rule.points_of(days) == points


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: str(each["shape"]))
def test_every_rule_says_itself_in_vietnamese(example: dict[str, Any]) -> None:
    words = rule_and_lines(example)[0].words()
    assert "điểm" in words
    assert "  " not in words
