"""The scores of a night: every rubric in force, every unit of its blocks, every open period."""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.blocks import load_tree
from tthc.db.facts import Knowledge
from tthc.db.queries.sheets import last_night
from tthc.db.scores import StoredLeaf, StoredScore, last_digests
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.domain.scoring.rubric import Rubric
from tthc.rules.periods import periods_on
from tthc.rules.rubrics import rubrics_on
from tthc.service.measures import count_units, roll_up, units_counted
from tthc.service.score_entries import entered_by_units
from tthc.service.score_question import Asked, blocks_with_cases
from tthc.service.scoring import UnitScore, score_block


async def new_scores(
    connection: AsyncConnection, scope: Scope, knowledge: Knowledge
) -> AsyncIterator[StoredScore]:
    """The scores at a cut-off that differ from the last ones kept.

    The figures are the night's own where it has just computed them, else live from the ledger.
    """
    day = clock.local_date(knowledge.as_of)
    rubrics = rubrics_on(day)
    periods = [
        period
        for period in periods_on(day)
        if any(period.scheme in rubric.schemes for rubric in rubrics)
    ]
    night = await last_night(scope, connection)
    if night and night.as_of == knowledge.as_of:
        knowledge = Knowledge(night.as_of, night.known_at)
    kept = await last_digests(connection, scope, [period.name for period in periods])
    for period in periods:
        asked = [rubric for rubric in rubrics if period.scheme in rubric.schemes]
        counted = await count_units(connection, scope, asked, period, knowledge)
        units = units_counted(counted)
        if not units:
            continue
        tree = await load_tree(connection, scope, day, units)
        measures = roll_up(counted, tree)
        for rubric in asked:
            entered = await entered_by_units(connection, Asked(scope, rubric, period, knowledge))
            for block, root in blocks_with_cases(rubric, tree, measures):
                for each in score_block(*(rubric, block, tree, root, measures, period, entered)):
                    score = stored(each, scope, rubric, period, knowledge)
                    key = (rubric.id, period.name, score.unit_id)
                    if kept.get(key) != score.figures:
                        yield score


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
