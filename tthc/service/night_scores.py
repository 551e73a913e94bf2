"""The scores of a night: every rubric in force, every unit of its blocks, every open period, and
those that are over where their figures moved.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.blocks import load_tree
from tthc.db.facts import Knowledge
from tthc.db.queries.sheets import last_night, periods_moved
from tthc.db.scores import StoredLeaf, StoredScore, last_digests
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.domain.scoring.rubric import Rubric
from tthc.rules.periods import periods_on, read_period
from tthc.rules.rubrics import rubrics_on
from tthc.service.measures import Counted, count_units, kept_counts, roll_up, units_counted
from tthc.service.score_entries import entered_by_units
from tthc.service.score_question import Asked, blocks_with_cases
from tthc.service.scoring import UnitScore, score_block


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """The figures of a period that rubrics are scored on, and the day whose rubrics those are."""

    rubrics: Sequence[Rubric]
    period: Period
    day: date
    knowledge: Knowledge
    counted: Sequence[Counted]


async def new_scores(
    connection: AsyncConnection, scope: Scope, knowledge: Knowledge
) -> AsyncIterator[StoredScore]:
    """The scores at a cut-off that differ from the last ones kept.

    The figures are the night's own where it has just computed them, else live from the ledger.
    """
    async for figures in _figures(connection, scope, knowledge):
        kept = await last_digests(connection, scope, [figures.period.name])
        async for score in score_units(connection, scope, figures):
            if kept.get((score.rubric, score.period, score.unit_id)) != score.figures:
                yield score


async def _figures(
    connection: AsyncConnection, scope: Scope, knowledge: Knowledge
) -> AsyncIterator[PeriodFigures]:
    """Of the periods that are open at the cut-off, and of those that this night found moved."""
    day = clock.local_date(knowledge.as_of)
    night = await last_night(scope, connection)
    if night and night.as_of == knowledge.as_of:
        knowledge = Knowledge(night.as_of, night.known_at)
        for name in await periods_moved(scope, connection, night):
            period = read_period(name)
            last = period.end - timedelta(days=1)
            if asked := _asked(period, last):
                then, counted = await kept_counts(connection, scope, asked, period)
                yield PeriodFigures(asked, period, last, then, counted)
    for period in periods_on(day):
        if asked := _asked(period, day):
            counted = await count_units(connection, scope, asked, period, knowledge)
            yield PeriodFigures(asked, period, day, knowledge, counted)


def _asked(period: Period, day: date) -> list[Rubric]:
    return [rubric for rubric in rubrics_on(day) if period.scheme in rubric.schemes]


async def score_units(
    connection: AsyncConnection, scope: Scope, figures: PeriodFigures
) -> AsyncIterator[StoredScore]:
    """The scores of every unit that has cases in a period, by each rubric asked."""
    units = units_counted(figures.counted)
    if not units:
        return
    period, knowledge = figures.period, figures.knowledge
    tree = await load_tree(connection, scope, figures.day, units)
    measures = roll_up(figures.counted, tree)
    for rubric in figures.rubrics:
        entered = await entered_by_units(connection, Asked(scope, rubric, period, knowledge))
        for block, root in blocks_with_cases(rubric, tree, measures):
            for each in score_block(*(rubric, block, tree, root, measures, period, entered)):
                yield stored(each, scope, rubric, period, knowledge)


def stored(
    scored: UnitScore, scope: Scope, rubric: Rubric, period: Period, knowledge: Knowledge
) -> StoredScore:
    """A unit's score as it is kept."""
    assert scored.unit  # the whole of a world is no unit
    total = scored.total
    leaves = []
    for leaf in rubric.leaves():
        outcome = scored.outcomes.get(leaf.code)
        if outcome is None:
            continue
        figure = scored.given.figures.get(leaf.measures[0]) if leaf.measures else None
        numerator, denominator = (figure.numerator, figure.denominator) if figure else (None, None)
        leaves.append(
            StoredLeaf(
                leaf.code, outcome.points, outcome.most, numerator, denominator, outcome.reason
            )
        )
    return StoredScore(
        *(scope.simulated, rubric.id, rubric.version, rubric.digest, scored.unit.id, scored.block),
        *(period.name, knowledge.as_of, knowledge.known_at, clock.now()),
        points=total.points,
        most=total.most,
        scored_most=total.scored_most,
        figures=scored.digest,
        leaves=tuple(leaves),
    )
