"""Scores are published with their period: computed on the figures as they are frozen."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.blocks import load_tree
from tthc.db.facts import Knowledge
from tthc.db.published_scores import keep_published, scores_digest
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.rubrics import rubrics
from tthc.service.measures import count_units, roll_up, units_counted
from tthc.service.night_scores import stored
from tthc.service.score_document import is_in_force
from tthc.service.score_entries import entered_by_units
from tthc.service.score_question import Asked, blocks_with_cases
from tthc.service.scoring import score_block


async def publish_scores(
    connection: AsyncConnection,
    publication_id: int,
    scope: Scope,
    period: Period,
    knowledge: Knowledge,
) -> str:
    """Keep the score of every unit by every rubric that holds in the period; the seal of them."""
    asked = [
        rubric
        for rubric in rubrics().values()
        if period.scheme in rubric.schemes and is_in_force(rubric, period)
    ]
    counted = await count_units(connection, scope, asked, period, knowledge) if asked else []
    found = []
    if units := units_counted(counted):
        on = Asked(scope, asked[0], period, knowledge).on
        tree = await load_tree(connection, scope, on, units)
        measures = roll_up(counted, tree)
        for rubric in asked:
            entered = await entered_by_units(connection, Asked(scope, rubric, period, knowledge))
            for block, root in blocks_with_cases(rubric, tree, measures):
                scores = score_block(rubric, block, tree, root, measures, period, entered)
                found += [stored(each, scope, rubric, period, knowledge) for each in scores]
    await keep_published(connection, publication_id, found)
    return (await scores_digest(connection, publication_id)).hex()
