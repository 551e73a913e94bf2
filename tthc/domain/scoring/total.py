"""From leaves to the whole: sums, rescaling, blocks of bonuses, gates, grades; rounded once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tthc.domain.scoring.combining import capped
from tthc.domain.scoring.policy import Outcome
from tthc.domain.scoring.rubric import Area, Criterion, Gates, Rubric
from tthc.domain.scoring.wording import plain, rounded

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Total:
    """A unit's score by a rubric.

    `most`: of the rubric, less what its level cannot reach. `points` is of what could be scored,
    whose maximum is `scored_most`; `missing` are the codes of the leaves without a score.
    `passed` is None while that is not decided.
    """

    points: Decimal
    most: Decimal
    scored_most: Decimal
    missing: tuple[str, ...]
    areas: Mapping[str, tuple[Decimal, Decimal]]
    grade: str | None
    passed: bool | None
    failures: tuple[str, ...]


def total(rubric: Rubric, outcomes: Mapping[str, Outcome]) -> Total:
    """Sum the leaves' outcomes, given by code. Leaves that have no subject have no outcome.

    What does not apply is left out and the rest rescaled to the whole maximum.
    """
    areas = {area.code: _area(area, outcomes) for area in rubric.areas}
    base = [area for area in rubric.areas if area.least is None]
    beside = [area for area in rubric.areas if area.least is not None]
    points = sum((areas[area.code][0] for area in base), ZERO)
    scored = sum((areas[area.code][1] for area in base), ZERO)
    left_out = sum((_left_out(area.criteria, outcomes) for area in base), ZERO)
    most = rubric.most - sum((_out_of_reach(area.criteria, outcomes) for area in base), ZERO)
    if left_out and most > left_out:
        scale = most / (most - left_out)
        points, scored = points * scale, scored * scale
    points += sum((areas[area.code][0] for area in beside), ZERO)
    exact = min(points, most)
    points = rounded(exact, rubric.decimals)
    missing = tuple(
        leaf.code
        for leaf in rubric.leaves()
        if leaf.code in outcomes
        and outcomes[leaf.code].applies
        and outcomes[leaf.code].points is None
    )
    passed, failures = _gates(rubric, outcomes, exact, missing)
    return Total(
        points=points,
        most=most,
        scored_most=rounded(scored, rubric.decimals),
        missing=missing,
        areas={
            code: (rounded(got, rubric.decimals), rounded(of, rubric.decimals))
            for code, (got, of) in areas.items()
        },
        grade=None if missing else _grade(rubric, points),
        passed=passed,
        failures=failures,
    )


def sum_of(criterion: Criterion, outcomes: Mapping[str, Outcome]) -> tuple[Decimal, Decimal]:
    """A criterion's points and the maximum of what could be scored of it."""
    scored = [
        (found.points, found.most)
        for leaf in criterion.leaves
        if (found := outcomes.get(leaf.code)) and found.points is not None
    ]
    return sum((got for got, _ in scored), ZERO), sum((of for _, of in scored), ZERO)


def _area(area: Area, outcomes: Mapping[str, Outcome]) -> tuple[Decimal, Decimal]:
    sums = [sum_of(criterion, outcomes) for criterion in area.criteria]
    got, of = sum((got for got, _ in sums), ZERO), sum((of for _, of in sums), ZERO)
    return (got if area.least is None else capped(got, area.least, area.most)), of


def _left_out(criteria: Iterable[Criterion], outcomes: Mapping[str, Outcome]) -> Decimal:
    return sum(
        (
            leaf.most
            for criterion in criteria
            for leaf in criterion.leaves
            if (found := outcomes.get(leaf.code)) is None or not found.applies
        ),
        ZERO,
    )


def _out_of_reach(criteria: Iterable[Criterion], outcomes: Mapping[str, Outcome]) -> Decimal:
    """What a level's own, lower maxima take from the rubric's."""
    return sum(
        (
            leaf.most - outcomes[leaf.code].most
            for criterion in criteria
            for leaf in criterion.leaves
            if leaf.code in outcomes
        ),
        ZERO,
    )


def _grade(rubric: Rubric, points: Decimal) -> str | None:
    return next((grade.label for grade in rubric.grades if points >= grade.start), None)


def _gates(
    rubric: Rubric, outcomes: Mapping[str, Outcome], points: Decimal, missing: tuple[str, ...]
) -> tuple[bool | None, tuple[str, ...]]:
    """19: whether the gates are passed: no veto, enough in total, enough in each criterion.

    A veto, or a criterion that is wholly scored and too low, decides at once.
    """
    if rubric.gates is None:
        return None, ()
    failures = []
    for leaf in rubric.leaves():
        found = outcomes.get(leaf.code)
        if leaf.veto and found and found.points is not None and found.points < found.most:
            failures.append(f"bị loại vì tiêu chí {leaf.code}")
    main = (area for area in rubric.areas if area.least is None)
    for criterion in (each for area in main for each in area.criteria):
        failures += _too_low(criterion, outcomes, rubric.gates, missing)
    if not missing and points < rubric.gates.total:
        failures.append(f"tổng điểm dưới {plain(rubric.gates.total)}")
    if failures:
        return False, tuple(failures)
    return (None if missing else True), ()


def _too_low(
    criterion: Criterion,
    outcomes: Mapping[str, Outcome],
    gates: Gates,
    missing: tuple[str, ...],
) -> list[str]:
    if any(leaf.code in missing for leaf in criterion.leaves):
        return []
    got, of = sum_of(criterion, outcomes)
    if of and got * 100 < gates.each_percent * of:
        return [f"tiêu chí {criterion.code} dưới {plain(gates.each_percent)} % điểm tối đa"]
    return []
