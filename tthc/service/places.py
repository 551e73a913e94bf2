"""Places gained or lost against last year, across mergers by lineage."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.blocks import load_successions, load_tree
from tthc.domain.errors import InputError
from tthc.rules.periods import year_before
from tthc.service.measures import count_units, kept_counts, roll_up, units_counted
from tthc.service.score_entries import entered_by_units
from tthc.service.score_question import Asked, Cut, blocks_with_cases
from tthc.service.scoring import places, score_block


async def last_years_places(
    connection: AsyncConnection, asked: Asked, *, kept: bool = False
) -> dict[int, int]:
    """The place that each unit's forerunner had in its block in the same period of last year.

    A unit is its own forerunner, or has one where it alone took over from that one alone; where
    it was made of several, or a part of one, there is nothing to compare with. `kept`: by what the
    nights left of that year.
    """
    before = year_before(asked.period)
    if before is None:
        raise InputError(f"Kỳ {asked.period.name} không có cùng kỳ năm trước.")
    then = Asked(asked.scope, asked.rubric, before, Cut().knowledge(before))
    if kept:
        _, counted = await kept_counts(connection, then.scope, [then.rubric], before)
    else:
        counted = await count_units(connection, then.scope, [then.rubric], before, then.knowledge)
    tree = await load_tree(connection, then.scope, then.on, units_counted(counted))
    measures = roll_up(counted, tree)
    entered = await entered_by_units(connection, then)
    found: dict[int, int] = {}
    for block, root in blocks_with_cases(then.rubric, tree, measures):
        scores = score_block(then.rubric, block, tree, root, measures, before, entered)
        found |= places(scores)
    lineage = await load_successions(connection, asked.scope)
    return {**inherited(found, lineage), **found}


def inherited(before: Mapping[int, int], lineage: list[tuple[int, int]]) -> dict[int, int]:
    """Places that passed on whole: from one unit to one."""
    heirs, elders = defaultdict(set), defaultdict(set)
    for elder, heir in lineage:
        heirs[elder].add(heir)
        elders[heir].add(elder)
    return {
        heir: before[elder]
        for heir, those in elders.items()
        if len(those) == 1 and len(heirs[elder := next(iter(those))]) == 1 and elder in before
    }
