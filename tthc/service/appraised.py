"""Scores as an appraiser reads them: what the night counted of their blocks, no case, never their
own unit.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.blocks import Tree, load_tree
from tthc.db.catalogue import split_code, unit_by_code
from tthc.domain.access import Actor, check_appraisal, may_appraise
from tthc.domain.period import Period
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.service.measures import kept_counts, narrow, roll_up, units_counted
from tthc.service.places import last_years_places
from tthc.service.score_document import score_document
from tthc.service.score_entries import entered_by_units
from tthc.service.score_question import Asked
from tthc.service.scores import Seen, rank_blocks, score_in_block, score_whole


async def show_appraised(
    connection: AsyncConnection,
    actor: Actor,
    rubric: str,
    period: Period,
    unit: str | None = None,
    *,
    compared: bool = False,
) -> dict[str, Any]:
    """The score of a unit as the last night on the period left it; without one, of all units of the
    appraiser's blocks, and each of these blocks ranked.

    Raises InputError for an unknown rubric, NotFoundError for an unknown unit or where no night
    counted the period, ForbiddenError for the appraiser's own unit and beyond their blocks.
    """
    chosen, scope = rubric_by_name(rubric), actor.counted
    knowledge, counted = await kept_counts(connection, scope, [chosen], period)
    asked = Asked(scope, chosen, period, knowledge)
    entered = await entered_by_units(connection, asked)
    if unit is None:
        tree = await load_tree(connection, scope, asked.on, units_counted(counted))
        measures = roll_up(counted, tree)
        before = await last_years_places(connection, asked, kept=True) if compared else None
        theirs = _appraised(actor, tree)
        seen = Seen(hidden=tree.units.keys() - theirs)
        scored = score_whole(chosen, roll_up(narrow(counted, tree, theirs), tree), period)
        more = {"blocks": rank_blocks(chosen, tree, measures, period, before, seen, entered)}
    else:
        bare, on = split_code(unit, asked.on)
        found = await unit_by_code(connection, bare, on, simulated=scope.simulated)
        tree = await load_tree(connection, scope, on, {found.id} | units_counted(counted))
        check_appraisal(actor, found.id, found.root_id, tree.block_of.get(found.id))
        measures = roll_up(counted, tree)
        scored = score_in_block(chosen, found, tree, measures, period, entered.get(found.id))
        more = {}
    document = score_document(chosen, period, knowledge, scored)
    for leaf in document["criteria"]:
        leaf["cases_url"] = None  # an appraiser opens no case
    return document | more


def _appraised(actor: Actor, tree: Tree) -> set[int]:
    """The units that an appraiser may appraise."""
    return {
        unit_id
        for unit_id, block in tree.block_of.items()
        if may_appraise(actor, unit_id, tree.units[unit_id].root_id, block)
    }
