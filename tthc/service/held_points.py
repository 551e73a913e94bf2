"""What a case that is not due yet holds: the points that its unit loses if it is late."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.queries.measures import Supposed, count_measures
from tthc.db.scores import StoredLeaf, StoredScore, scores_of_unit
from tthc.domain.access import Scope
from tthc.domain.case import Case
from tthc.domain.period import Period
from tthc.domain.scoring.given import Count, Given
from tthc.domain.scoring.policy import score
from tthc.domain.scoring.rubric import Leaf, Rubric
from tthc.domain.scoring.wording import rounded
from tthc.rules.definitions import Definition, definition
from tthc.rules.periods import periods_on
from tthc.rules.predicates import Cut
from tthc.rules.rubrics import rubrics
from tthc.service.score_document import as_number
from tthc.service.scoring import compares
from tthc.service.suppositions import chosen_cases, last_instant

MOST = 3  # leaves that a page names
YEAR = "year"
Contribution = dict[str, tuple[int, int]]  # numerator, denominator by definition


@dataclass(frozen=True, slots=True)
class Held:
    """Points of a leaf that hang on one case."""

    rubric: Rubric
    leaf: Leaf
    points: Decimal
    left: Decimal

    def document(self, period: Period) -> dict[str, Any]:
        return {
            "rubric": self.rubric.id,
            "rubric_title": self.rubric.title,
            "period": period.name,
            "code": self.leaf.code,
            "title": self.leaf.title,
            "points": as_number(self.points),
            "left": as_number(self.left),
        }


async def held_points(
    connection: AsyncConnection, scope: Scope, case: Case, now: datetime
) -> list[dict[str, Any]]:
    """By the last night's scores of its competent unit: what each leaf would have if the case is
    done in time, less what it would have if it is late and without a letter; the most first.

    Nothing for a case that is over, suspended or overdue, or due after the year.
    """
    if case.id is None or case.overdue_at is None or not _runs(case, now):
        return []
    (period,) = [each for each in periods_on(clock.local_date(now)) if each.scheme == YEAR]
    end = last_instant(period)
    if case.overdue_at > end:
        return []
    kept = await scores_of_unit(
        *(connection, scope, [*rubrics()], period.name, case.competent_unit_id)
    )
    scored = [(one, rubrics()[one.rubric]) for one in kept if _is_current(one)]
    asked = {
        definition(leaf.measures[0].partition("#")[0])
        for _, rubric in scored
        for leaf in rubric.leaves()
        if _hangs_on_cases(leaf)
    }
    if not asked:
        return []
    before, late, in_time = [
        await _contribution(connection, scope, case, period, now, sorted(asked, key=_id), what)
        for what in (None, "late", "in_time")
    ]
    found = []
    for one, rubric in scored:
        leaves = {each.code: each for each in one.leaves}
        for leaf in rubric.leaves():
            if _hangs_on_cases(leaf) and leaf.code in leaves and _counts(leaf, case):
                held = _held(rubric, leaf, leaves[leaf.code], case, (before, late, in_time))
                if held:
                    found.append(held)
    found.sort(key=lambda each: -each.points)
    return [each.document(period) for each in found[:MOST]]


def _runs(case: Case, now: datetime) -> bool:
    assert case.overdue_at
    over = case.resolved_at or case.suspended_at or case.ended_at
    return case.received_at is not None and not over and now < case.overdue_at


def _is_current(kept: StoredScore) -> bool:
    return kept.rubric in rubrics() and rubrics()[kept.rubric].digest == kept.rubric_digest


def _hangs_on_cases(leaf: Leaf) -> bool:
    """Whether the competent unit's cases alone decide a leaf, by one rate."""
    return (
        len(leaf.measures) == 1
        and not leaf.split
        and not compares(leaf)
        and definition(leaf.measures[0].partition("#")[0]).axis == "competent"
    )


def _counts(leaf: Leaf, case: Case) -> bool:
    level = leaf.measures[0].partition("#")[2]
    return level in ("", case.level)


def _id(asked: Definition) -> str:
    return asked.id


async def _contribution(
    connection: AsyncConnection,
    scope: Scope,
    case: Case,
    period: Period,
    now: datetime,
    asked: list[Definition],
    what: str | None,
) -> Contribution:
    """What the one case adds to each figure: now, or at the period's end if it goes so."""
    knowledge = Knowledge(now, now)
    supposed = None
    if what:
        cut = Cut(now, period)
        supposed = Supposed([chosen_cases(what, cut)], (case.code,), last_instant(period))
    rows = await count_measures(
        *(scope, connection, asked, period, knowledge), supposed=supposed, case_id=case.id
    )
    return {
        each.id: (
            sum(row[f"numerator_{number}"] for row in rows),
            sum(row[f"denominator_{number}"] for row in rows),
        )
        for number, each in enumerate(asked)
    }


def _held(
    rubric: Rubric,
    leaf: Leaf,
    kept: StoredLeaf,
    case: Case,
    told: tuple[Contribution, Contribution, Contribution],
) -> Held | None:
    rule = leaf.rule_of(case.level)
    if rule is None or kept.numerator is None or kept.denominator is None:
        return None
    measure = leaf.measures[0]
    before, late, in_time = (each[measure.partition("#")[0]] for each in told)

    def points(then: tuple[int, int]) -> Decimal | None:
        assert kept.numerator is not None
        assert kept.denominator is not None
        count = Count(
            max(0, kept.numerator - before[0]) + then[0],
            max(0, kept.denominator - before[1]) + then[1],
        )
        return score(rule, Given({measure: count}), leaf.empty).points

    well, badly = points(in_time), points(late)
    if well is None or badly is None:
        return None
    lost = rounded(well - badly, 2)
    return Held(rubric, leaf, lost, rounded(badly, rubric.decimals)) if lost > 0 else None
