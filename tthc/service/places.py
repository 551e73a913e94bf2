"""Places within a block: the night's where a reader sees a part of it, and those of last year,
across mergers by lineage.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.blocks import load_successions, load_tree
from tthc.domain.access import Scope
from tthc.domain.errors import InputError, NotFoundError
from tthc.rules.periods import year_before
from tthc.service.measures import Counted, count_units, kept_counts, roll_up, units_counted
from tthc.service.score_entries import entered_by_units
from tthc.service.score_question import Asked, Cut, blocks_with_cases
from tthc.service.scoring import NOBODY, places, score_block


async def last_years_places(
    connection: AsyncConnection, asked: Asked, *, kept: bool = False
) -> dict[int, int]:
    """The place that each unit's forerunner had in its block in the same period of last year.

    A unit is its own forerunner, or has one where it alone took over from that one alone; where
    it was made of several, or a part of one, there is nothing to compare with. `kept`: by what the
    nights left of that year, as for whoever sees a part of the blocks; nothing where none did.
    """
    before = year_before(asked.period)
    if before is None:
        raise InputError(f"Kỳ {asked.period.name} không có cùng kỳ năm trước.")
    then = Asked(asked.scope, asked.rubric, before, Cut().knowledge(before))
    if kept or asked.scope.unit_ids is not None:
        found = await nights_places(connection, then)
    else:
        counted = await count_units(connection, then.scope, [then.rubric], before, then.knowledge)
        found = await _places(connection, then, counted)
    lineage = await load_successions(connection, asked.scope)
    return {**inherited(found, lineage), **found}


async def nights_places(connection: AsyncConnection, asked: Asked) -> dict[int, int]:
    """The place of every unit by the counts that a night left, which hold no case; none where no
    night counted the period, or only one later than what is asked for. What people entered counts
    in the blocks all of whose sheets the reader sees.
    """
    whole = replace(asked, scope=Scope(asked.scope.simulated))
    try:
        left, counted = await kept_counts(connection, whole.scope, [asked.rubric], asked.period)
    except NotFoundError:
        return {}
    if left.as_of > asked.knowledge.as_of:
        return {}
    return await _places(connection, whole, counted, asked.scope.unit_ids)


async def _places(
    connection: AsyncConnection,
    asked: Asked,
    counted: list[Counted],
    seen: Collection[int] | None = None,
) -> dict[int, int]:
    tree = await load_tree(connection, asked.scope, asked.on, units_counted(counted))
    measures = roll_up(counted, tree)
    entered = await entered_by_units(connection, asked)
    found: dict[int, int] = {}
    for block, root in blocks_with_cases(asked.rubric, tree, measures):
        members = tree.members(block, root)
        whole = seen is None or all(unit.id in seen for unit in members)
        given = entered if whole else NOBODY
        found |= places(score_block(asked.rubric, block, tree, root, measures, asked.period, given))
    return found


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
