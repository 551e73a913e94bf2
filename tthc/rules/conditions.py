"""Conditions as a question names them: a predicate, a definition's cases, or what costs points."""

from dataclasses import replace

from tthc.domain.errors import NotFoundError
from tthc.domain.scoring.cases import DaysEarlyOrLate, MeanOfClasses
from tthc.domain.scoring.combining import Tiers
from tthc.domain.scoring.rubric import Leaf, Rubric
from tthc.rules.definitions import definition
from tthc.rules.layouts import column
from tthc.rules.predicates import Predicate, predicate
from tthc.rules.rubrics import rubric

COMPETENT = "competent"


def read_conditions(where: str) -> tuple[list[Predicate], str]:
    """The conditions that a list names, and whose cases they are: the competent or the receiving
    unit's. Raises InputError or NotFoundError.

    `late` is a predicate, `late@statutory` under another due basis; `counted:ID`, `missed:ID` and
    `population:ID` are the cases of a definition; `costs:RUBRIC/LEAF` those that cost points of a
    leaf; `column:LAYOUT/KEY` and `column:LAYOUT/MAPPING/KEY` those that a column of a report
    counts.
    """
    found, axis = [], COMPETENT
    for name in (each.strip() for each in where.split(",")):
        condition, own = _read(name)
        found.append(condition)
        axis = own or axis
    return found, axis


def _read(name: str) -> tuple[Predicate, str | None]:
    kind, colon, of = name.partition(":")
    if colon and kind == "costs":
        rubric_name, _, code = of.partition("/")
        return costs(rubric(rubric_name), code)
    if colon and kind == "column":
        return column(of), None
    if colon and kind in {"counted", "missed", "population"}:
        asked = definition(of)
        counted = _cases(of, offends=True) if kind == "counted" else _cases(of, offends=False)
        text = asked.population if kind == "population" else counted
        return Predicate(name, asked.title, text, asked.columns), asked.axis
    plain, at, basis = name.partition("@")
    if not at:
        return predicate(name), None
    return replace(predicate(plain, basis), name=name), None


def costs(of: Rubric, code: str) -> tuple[Predicate, str | None]:
    """The cases that cost points of a leaf, by its own definitions, and whose they are."""
    leaf = next((each for each in of.leaves() if each.code == code), None)
    if leaf is None or not leaf.measures:
        raise NotFoundError(f"Bộ tiêu chí “{of.id}” không có tiêu chí “{code}” tính từ hồ sơ.")
    asked = [definition(name.partition("#")[0]) for name in leaf.measures]
    text = " OR ".join(f"({each})" for each in _costly(leaf))
    columns = frozenset[str]().union(*(each.columns for each in asked))
    level = leaf.measures[0].partition("#")[2]
    if level:
        text, columns = f"({text}) AND level = '{level}'", columns | {"level"}
    label = f"Hồ sơ làm mất điểm tiêu chí {code}"
    return Predicate(f"costs:{of.id}/{code}", label, text, columns), asked[0].axis


def _costly(leaf: Leaf) -> list[str]:
    rule = leaf.rule or next(iter(leaf.by_level.values()))
    if isinstance(rule, MeanOfClasses):
        low = [each.measure for each in rule.classes if each.points < rule.most]
        return [_cases(name, offends=True) for name in low]
    if isinstance(rule, DaysEarlyOrLate):
        low = [each.measure for each in rule.classes if each.band.points < rule.most]
        return [_cases(name, offends=True) for name in low]
    if isinstance(rule, Tiers):
        conditions = [one for tier in rule.tiers for one in tier.conditions]
        parts = [_cases(one.measure, offends=one.cases_to is not None) for one in conditions]
        return list(dict.fromkeys(parts))
    return [_cases(name, offends=leaf.offends) for name in leaf.measures]


def _cases(measure: str, *, offends: bool) -> str:
    asked = definition(measure.partition("#")[0])
    if offends:
        return f"({asked.population}) AND ({asked.counted})"
    return f"({asked.population}) AND NOT ({asked.counted})"
