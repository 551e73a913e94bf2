"""The feed for other scoring software: what is proposed for every unit and leaf, and on what."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.blocks import load_tree
from tthc.db.publications import Publication, read_publications
from tthc.domain.access import Actor, Permission, may, may_appraise
from tthc.domain.period import Period
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.service.measures import count_units, kept_counts, roll_up, units_counted
from tthc.service.score_document import describe_rubric, leaf_url, score_document
from tthc.service.score_entries import entered_by_units
from tthc.service.score_question import Asked, Cut, blocks_with_cases
from tthc.service.score_sheet import find_place
from tthc.service.scores import score_in_block
from tthc.service.scoring import UnitScore, score_block

Document = dict[str, Any]


async def feed(
    connection: AsyncConnection, actor: Actor, rubric: str, period: Period, unit: str | None
) -> Document:
    """The lines of one unit, or of every unit in sight that the rubric ranks; of a published
    period at its cut-offs.

    Raises InputError, NotFoundError, ForbiddenError for what an appraiser does not appraise.
    """
    chosen, scope = rubric_by_name(rubric), actor.counted
    versions = await read_publications(connection, simulated=scope.simulated, period=period.name)
    published = versions[0] if versions else None
    if may(actor.role, Permission.READ_CASES):
        knowledge = published.knowledge if published else Cut().knowledge(period)
        counted = await count_units(connection, scope, [chosen], period, knowledge)
    else:
        knowledge, counted = await kept_counts(connection, scope, [chosen], period)
    asked = Asked(scope, chosen, period, knowledge)
    entered = await entered_by_units(connection, asked)
    one = (await find_place(connection, actor, chosen, period, unit))[0] if unit else None
    known = {one.id} if one else set()
    tree = await load_tree(connection, scope, asked.on, known | units_counted(counted))
    measures = roll_up(counted, tree)
    if one:
        scores = [score_in_block(chosen, one, tree, measures, period, entered.get(one.id))]
    else:
        scores = [
            each
            for block, root in blocks_with_cases(chosen, tree, measures)
            for each in score_block(chosen, block, tree, root, measures, period, entered)
            if each.unit and may_appraise(actor, each.unit.id, root, block)
        ]
    return {
        "rubric": describe_rubric(chosen),
        "period": period.name,
        "published": published is not None,
        "lines": [
            line
            for each in scores
            for line in _lines(score_document(chosen, period, knowledge, each), each, published)
        ],
    }


def _lines(score: Document, scored: UnitScore, published: Publication | None) -> list[Document]:
    assert scored.unit
    rubric, unit, period = score["rubric"]["id"], scored.unit.code, score["period"]
    return [
        {
            "id": f"{rubric}/{period}/{unit}/{leaf['code']}",
            "unit": unit,
            "code": leaf["code"],
            "numerator": leaf["numerator"],
            "denominator": leaf["denominator"],
            "as_of": score["as_of"],
            "digest": published.digest if published else scored.digest,
            "proposed_points": leaf["points"],
            "max": leaf["max"],
            "rule": leaf["rule"],
            "why": leaf["why"],
            "unconfirmed": leaf["unconfirmed"],
            "evidence_url": leaf_url(rubric, unit, leaf["code"], period),
        }
        for leaf in score["criteria"]
    ]
