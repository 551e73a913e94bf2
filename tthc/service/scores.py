"""Answer with scores: of a unit, or of all that the reader sees with the ranking of each block."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.blocks import Tree, load_tree
from tthc.db.catalogue import split_code, unit_by_code
from tthc.db.queries.measures import Supposed
from tthc.db.queries.units import narrow_to_unit
from tthc.domain.access import Scope
from tthc.domain.catalog import Unit
from tthc.domain.errors import NotFoundError
from tthc.domain.period import Period
from tthc.domain.scoring.given import Entered
from tthc.domain.scoring.rubric import Rubric
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.service.measures import (
    Measures,
    count_units,
    kept_counts,
    roll_up,
    units_counted,
)
from tthc.service.places import last_years_places, nights_places
from tthc.service.score_document import block_document, score_document
from tthc.service.score_entries import entered_by_units
from tthc.service.score_question import Asked, Cut, blocks_with_cases
from tthc.service.scoring import (
    NOBODY,
    EnteredByUnit,
    Peers,
    UnitScore,
    compares,
    peers_of,
    places,
    score_block,
    score_unit,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """Which units a ranking shows: those in `unit_ids` (None: all) but the `hidden` ones, which
    are ranked all the same. `night`: the places by a night's counts, for a block of which the
    reader's own cases tell only a part.
    """

    unit_ids: Collection[int] | None = None
    hidden: Collection[int] = ()
    night: Mapping[int, int] | None = None

    def holds(self, unit_id: int) -> bool:
        within = self.unit_ids is None or unit_id in self.unit_ids
        return within and unit_id not in self.hidden


async def show_score(
    connection: AsyncConnection,
    scope: Scope,
    rubric: str,
    period: Period,
    unit: str | None = None,
    cut: Cut | None = None,
    *,
    compared: bool = False,
    kept: bool = False,
) -> dict[str, Any]:
    """The score of a unit; without one, of all that the reader sees, and every block ranked,
    perhaps compared with last year's places (with `kept` as the nights of that year left them).

    Raises InputError for an unknown rubric, NotFoundError for an unknown unit.
    """
    asked = Asked(scope, rubric_by_name(rubric), period, (cut or Cut()).knowledge(period))
    if unit is not None:
        scored = await score_one(connection, asked, unit)
        return score_document(asked.rubric, period, asked.knowledge, scored)
    counted = await count_units(connection, scope, [asked.rubric], period, asked.knowledge)
    tree = await load_tree(connection, scope, asked.on, units_counted(counted))
    measures = roll_up(counted, tree)
    whole = score_whole(asked.rubric, measures, period)
    document = score_document(asked.rubric, period, asked.knowledge, whole)
    before = await last_years_places(connection, asked, kept=kept) if compared else None
    entered = await entered_by_units(connection, asked)
    night = None
    if scope.unit_ids is not None:
        night = await nights_places(connection, asked)
    seen = Seen(scope.unit_ids, night=night)
    ranked = rank_blocks(asked.rubric, tree, measures, period, before, seen, entered)
    return document | {"blocks": ranked}


async def score_one(
    connection: AsyncConnection, asked: Asked, code: str | None, supposed: Supposed | None = None
) -> UnitScore:
    """A unit's score, with its peers where a leaf compares with them; without a unit, of all that
    the reader sees; as it would be with `supposed`.
    """
    scope, on, unit = asked.scope, asked.on, None
    if code is not None:
        bare, on = split_code(code, asked.on)
        unit = await unit_by_code(connection, bare, on, simulated=scope.simulated)
        if not any(compares(leaf) for leaf in asked.rubric.leaves()):
            scope = await narrow_to_unit(scope, connection, bare, on)
    counted = await count_units(
        *(connection, scope, [asked.rubric], asked.period, asked.knowledge), supposed
    )
    known = {unit.id} if unit else set()
    tree = await load_tree(connection, asked.scope, on, known | units_counted(counted))
    measures = roll_up(counted, tree)
    if unit is None:
        return score_whole(asked.rubric, measures, asked.period)
    entered = (await entered_by_units(connection, asked)).get(unit.id)
    peers = None
    if asked.scope.unit_ids is not None and any(compares(leaf) for leaf in asked.rubric.leaves()):
        peers = await _peers_of_the_night(connection, asked, unit)
    return score_in_block(asked.rubric, unit, tree, measures, asked.period, entered, peers)


async def _peers_of_the_night(
    connection: AsyncConnection, asked: Asked, unit: Unit
) -> Peers | None:
    """The rates of the block for a reader who doesn't see its cases: counts that a night left,
    where it was not later than what is asked for.
    """
    world = Scope(asked.scope.simulated)
    try:
        kept, counted = await kept_counts(connection, world, [asked.rubric], asked.period)
    except NotFoundError:
        return None
    if kept.as_of > asked.knowledge.as_of:
        return None
    tree = await load_tree(connection, world, asked.on, {unit.id} | units_counted(counted))
    block = tree.block_of.get(unit.id)
    members = tree.members(block, unit.root_id) if block else []
    return peers_of(asked.rubric, members, roll_up(counted, tree))


def score_in_block(
    rubric: Rubric,
    unit: Unit,
    tree: Tree,
    measures: Measures,
    period: Period,
    entered: Mapping[str, Entered] | None = None,
    peers: Peers | None = None,
) -> UnitScore:
    """A unit's score against the peers of its block, those counted here unless they are given;
    `entered` is what people and surveys gave.
    """
    block = tree.block_of.get(unit.id)
    if peers is None:
        members = tree.members(block, unit.root_id) if block else []
        peers = peers_of(rubric, members, measures)
    return score_unit(rubric, unit, block, measures, peers, period, entered)


def score_whole(rubric: Rubric, measures: Measures, period: Period) -> UnitScore:
    """All that the reader sees as if it were one unit."""
    return score_unit(rubric, None, None, measures, peers_of(rubric, (), measures), period)


def rank_blocks(
    rubric: Rubric,
    tree: Tree,
    measures: Measures,
    period: Period,
    before: Mapping[int, int] | None = None,
    seen: "Seen | None" = None,
    entered: EnteredByUnit = NOBODY,
) -> list[dict[str, Any]]:
    """The ranking of every block of the rubric, province by province where there are cases; of
    the units that the reader may see, who are ranked among all.
    """
    seen = seen or Seen()
    found = []
    for block, root in blocks_with_cases(rubric, tree, measures):
        scores = score_block(rubric, block, tree, root, measures, period, entered)
        if scores:
            top = tree.units.get(root)
            shown = [each for each in scores if each.unit and seen.holds(each.unit.id)]
            if not shown:
                continue
            whole = seen.night is None or all(
                seen.holds(each.unit.id) for each in scores if each.unit
            )
            ranked = places(scores) if whole else seen.night or {}
            found.append(block_document(rubric, block, top, shown, ranked, before))
    return found
