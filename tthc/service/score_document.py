"""A score as a document: every criterion with its figures, its rule, its cases, its doubts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from tthc.db.facts import Knowledge
from tthc.domain.catalog import Unit
from tthc.domain.period import Period
from tthc.domain.scoring.distance import distance
from tthc.domain.scoring.given import Count
from tthc.domain.scoring.rubric import Area, Criterion, Leaf, Rubric
from tthc.domain.scoring.wording import rounded
from tthc.rules.blocks import blocks
from tthc.rules.definitions import definition
from tthc.service.score_words import gained, towards, why
from tthc.service.scoring import UnitScore, compares

Document = dict[str, Any]


def score_document(
    rubric: Rubric, period: Period, knowledge: Knowledge, scored: UnitScore
) -> Document:
    """A unit's score, or of all that the reader sees where there is no unit."""
    total = scored.total
    return {
        "rubric": describe_rubric(rubric),
        "period": period.name,
        "as_of": knowledge.as_of.isoformat(),
        "known_at": knowledge.known_at.isoformat(),
        "in_force": is_in_force(rubric, period),
        "unit": scored.unit.code if scored.unit else None,
        "unit_name": scored.unit.name if scored.unit else None,
        "block": scored.block,
        "points": as_number(total.points) if total.scored_most else None,
        "max": as_number(total.most),
        "scored_max": as_number(total.scored_most),
        "missing": list(total.missing),
        "grade": total.grade,
        "passed": total.passed,
        "failures": list(total.failures),
        "unconfirmed": rubric.unconfirmed,
        "digest": scored.digest,
        "areas": [
            {
                "code": area.code,
                "title": area.title,
                "points": as_number(total.areas[area.code][0]),
                "max": as_number(area.most),
                "scored_max": as_number(total.areas[area.code][1]),
            }
            for area in rubric.areas
        ],
        "criteria": [
            _leaf(rubric, area, criterion, leaf, period, knowledge, scored)
            for area in rubric.areas
            for criterion in area.criteria
            for leaf in criterion.leaves
            if leaf.code in scored.outcomes
        ],
    }


def describe_rubric(rubric: Rubric) -> Document:
    """What is printed beside every score."""
    return {
        "id": rubric.id,
        "version": rubric.version,
        "title": rubric.title,
        "source": rubric.source,
        "valid_from": rubric.valid_from.isoformat() if rubric.valid_from else None,
        "valid_to": rubric.valid_to.isoformat() if rubric.valid_to else None,
        "unconfirmed": rubric.unconfirmed,
    }


def is_in_force(rubric: Rubric, period: Period) -> bool:
    """Whether the rubric holds on any day of the period."""
    return (rubric.valid_from is None or rubric.valid_from < period.end) and (
        rubric.valid_to is None or rubric.valid_to > period.start
    )


def as_number(value: Decimal | None) -> int | float | None:
    """Points as a JSON number: whole where they are, else their few decimals."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _leaf(
    rubric: Rubric,
    area: Area,
    criterion: Criterion,
    leaf: Leaf,
    period: Period,
    knowledge: Knowledge,
    scored: UnitScore,
) -> Document:
    outcome = scored.outcomes[leaf.code]
    rule = leaf.rule_of(scored.level)
    assert rule  # an outcome is of a rule
    figure = _figure(leaf, scored)
    further = None
    if len(leaf.measures) == 1 and not leaf.split:
        name = leaf.measures[0]
        further = distance(
            *(rule, name, scored.given, leaf.empty),
            offends=leaf.offends,
            decimals=rubric.decimals,
        )
    if further and compares(leaf):
        further = None  # the average would move too
    points = outcome.points
    return {
        "code": leaf.code,
        "title": leaf.title,
        "area": area.code,
        "criterion": criterion.code,
        "points": None if points is None else as_number(rounded(points, rubric.decimals)),
        "max": as_number(outcome.most),
        "applies": outcome.applies,
        "surveyed": leaf.surveyed,
        "evidence": leaf.evidence,
        "measure": ", ".join(leaf.measures) or None,
        "measures": [_measure(name, scored) for name in leaf.measures],
        "numerator": figure.numerator if figure else None,
        "denominator": figure.denominator if figure else None,
        "percent": str(rounded(figure.percent, 2)) if figure and figure.denominator else None,
        "rule": rule.words(),
        "why": why(leaf, scored.given, outcome),
        "distance": further
        and {
            "points": as_number(rounded(further.points, rubric.decimals)),
            "added_cases": further.added,
            "turned_cases": further.turned,
            "words": towards(further, leaf),
        },
        "cases_url": cases_url(rubric, leaf, scored.unit, period, knowledge),
        "source": leaf.source or rubric.source,
        "unconfirmed": leaf.unconfirmed,
    }


def _figure(leaf: Leaf, scored: UnitScore) -> Count | None:
    """A leaf's two counts; of classes all that were counted and those with full points."""
    figures = [scored.given.figures.get(name, Count(0, 0)) for name in leaf.measures]
    if not figures:
        return None
    return figures[0]


def _measure(name: str, scored: UnitScore) -> Document:
    plain, _, level = name.partition("#")
    asked = definition(plain)
    figure = scored.given.figures.get(name, Count(0, 0))
    return {
        "id": plain,
        "version": asked.version,
        "title": asked.title,
        "case_level": level or None,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "reason": figure.reason,
    }


def cases_url(
    rubric: Rubric, leaf: Leaf, unit: Unit | None, period: Period, knowledge: Knowledge
) -> str | None:
    """Where the cases are that cost points of a leaf; None where no case decides it."""
    if not leaf.measures:
        return None
    asked = {
        "where": f"costs:{rubric.id}/{leaf.code}",
        "period": period.name,
        "as_of": knowledge.as_of.isoformat(),
        "known_at": knowledge.known_at.isoformat(),
    }
    if unit:
        on = f"@{unit.valid_from or unit.valid_to}" if unit.valid_to else ""
        asked["unit"] = unit.code + on
    return f"/api/v1/cases?{urlencode(asked)}"


def leaf_url(rubric: str, unit: str, leaf: str, period: str) -> str:
    """Where the evidence of a leaf is: its figures, and every act on it."""
    parts = (quote(each, safe="") for each in (rubric, unit, leaf))
    return f"/api/v1/scores/{'/'.join(parts)}?{urlencode({'period': period})}"


def block_document(
    rubric: Rubric,
    block: str,
    root: Unit | None,
    scores: list[UnitScore],
    place: Mapping[int, int],
    before: Mapping[int, int] | None = None,
) -> Document:
    """The ranking of a block: places (against those `before`, where asked), averages by area,
    criteria at 0.
    """
    ranked = sorted(
        (each for each in scores if each.unit),
        key=lambda each: (place.get(each.unit.id, len(scores) + 1), each.unit.code),  # type: ignore[union-attr]  # filtered above
    )
    return {
        "block": block,
        "label": blocks()[block].label,
        "root": root.code if root else None,
        "units": [
            {
                "place": place.get(each.unit.id),
                "unit": each.unit.code,
                "name": each.unit.name,
                "points": as_number(each.total.points) if each.total.scored_most else None,
                "max": as_number(each.total.most),
                "scored_max": as_number(each.total.scored_most),
                "missing": list(each.total.missing),
                "digest": each.digest,
                "compared": None
                if before is None
                else gained(place.get(each.unit.id), before.get(each.unit.id)),
            }
            for each in ranked
            if each.unit
        ],
        "areas": [
            {"code": area.code, "title": area.title, "percent": _average(area, scores)}
            for area in rubric.areas
        ],
        "at_zero": [
            {"code": leaf.code, "title": leaf.title, "units": units}
            for leaf in rubric.leaves()
            if (
                units := [
                    each.unit.code
                    for each in ranked
                    if each.unit
                    and (found := each.outcomes.get(leaf.code))
                    and found.points is not None
                    and found.points <= 0 < found.most
                ]
            )
        ],
    }


def _average(area: Area, scores: list[UnitScore]) -> str | None:
    """The mean share of the maximum, in percent, of the units with a score in the area."""
    shares = [
        100 * each.total.areas[area.code][0] / each.total.areas[area.code][1]
        for each in scores
        if each.total.areas[area.code][1]
    ]
    if not shares:
        return None
    return str(rounded(sum(shares, Decimal(0)) / len(shares), 2))
