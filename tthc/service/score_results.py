"""What a round came to: blocks of approved sheets published, ranked, compared with last year."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.blocks import PROVINCES, Tree, load_successions, load_tree
from tthc.db.catalogue import unit_by_code
from tthc.db.score_sheets import SheetKey, add_acts, hold_sheet, read_acts
from tthc.domain.access import Actor, Scope
from tthc.domain.catalog import Unit
from tthc.domain.errors import InputError, RuleError
from tthc.domain.period import Period
from tthc.domain.score_sheet.acts import Act, Kind, Result
from tthc.domain.score_sheet.rights import check_root
from tthc.domain.score_sheet.sheet import Column, Sheet, State, fold
from tthc.domain.scoring.peers import place_of
from tthc.domain.scoring.policy import Outcome
from tthc.domain.scoring.rubric import Area, Rubric
from tthc.domain.scoring.total import total
from tthc.domain.scoring.wording import rounded
from tthc.rules.blocks import blocks
from tthc.rules.periods import year_before
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.service.places import inherited
from tthc.service.score_document import as_number, describe_rubric
from tthc.service.score_rounds import find_round, last_day
from tthc.service.score_words import gained

Document = dict[str, Any]
NAMED = 5  # units that a refusal names
PUBLIC = (Kind.PUBLISHED.value, Kind.RESTATED.value)


def result_of(rubric: Rubric, level: str, block: str | None, sheet: Sheet) -> Result:
    """The sum of an approved sheet; what has no approved points does not apply."""
    outcomes = {}
    for leaf in rubric.leaves():
        rule = leaf.rule_of(level)
        if rule:
            points = sheet.points(Column.APPROVED, leaf.code)
            outcomes[leaf.code] = Outcome(points, rule.most, applies=points is not None)
    found = total(rubric, outcomes)
    zero = [
        code
        for code, each in outcomes.items()
        if each.points is not None and each.points <= 0 < each.most
    ]
    return Result(found.points, found.most, found.grade, block, found.areas, tuple(zero))


async def publish_block(
    connection: AsyncConnection,
    actor: Actor,
    rubric: str,
    period: Period,
    root: str,
    block: str,
) -> Document:
    """Publish every sheet of a block, once all of them are approved; the results.

    Raises ForbiddenError for all but the province's leader, RuleError naming the units whose
    sheets are not approved yet.
    """
    chosen = rubric_by_name(rubric)
    if block not in chosen.blocks:
        raise InputError(f"Bộ tiêu chí không có khối “{block}”; có: {', '.join(chosen.blocks)}.")
    simulated, on = actor.scope.simulated, last_day(period)
    top = await unit_by_code(connection, root, on, simulated=simulated)
    check_root(actor, top.root_id)
    if await find_round(connection, actor.scope, chosen.id, period, top.root_id) is None:
        raise RuleError("Chưa mở đợt chấm điểm này: hãy mở đợt trước đã.")
    tree = await load_tree(connection, actor.scope, on, [top.id])
    members = sorted(tree.members(block, top.root_id), key=lambda unit: unit.code)
    if block == PROVINCES:  # each publishes its own
        members = [unit for unit in members if unit.id == top.root_id]
    for unit in members:
        await hold_sheet(connection, SheetKey(simulated, chosen.id, period.name, unit.id))
    acts = await read_acts(
        *(connection, chosen.id, period.name),
        simulated=simulated,
        unit_ids=[unit.id for unit in members],
    )
    sheets = {unit.id: fold(acts.get(unit.id, ())) for unit in members}
    _check_approved(members, sheets)
    for unit in members:
        if sheets[unit.id].state is State.APPROVED:
            sum_of = result_of(chosen, unit.level, block, sheets[unit.id])
            key = SheetKey(simulated, chosen.id, period.name, unit.id)
            act = Act(Kind.PUBLISHED, total=sum_of)
            await add_acts(connection, key, [act], actor.name, clock.now())
    return await show_results(connection, actor.scope, rubric, period)


async def show_results(
    connection: AsyncConnection, scope: Scope, rubric: str, period: Period
) -> Document:
    """The published results of a round, block by block, for every reader of the world: places
    (ties share one) against last year's, averages by area, leaves at 0.
    """
    chosen = rubric_by_name(rubric)
    results = await _published(connection, scope, chosen, period)
    before = year_before(period)
    last = await _published(connection, scope, chosen, before) if before else {}
    lineage = await load_successions(connection, scope)
    tree = await load_tree(connection, scope, last_day(period), [*results, *last])
    places, then = _places(tree, results), _places(tree, last)
    then = {**inherited(then, lineage), **then}
    found: dict[tuple[str, int], list[int]] = {}
    for unit_id, result in results.items():
        found.setdefault(_rank_in(tree, unit_id, result), []).append(unit_id)
    return {
        "rubric": describe_rubric(chosen),
        "period": period.name,
        "blocks": [
            _block(chosen, tree, block, root, {one: results[one] for one in ids}, places, then)
            for (block, root), ids in sorted(found.items())
        ],
    }


async def _published(
    connection: AsyncConnection, scope: Scope, rubric: Rubric, period: Period
) -> dict[int, Result]:
    """The last published sum of each unit; what was restated counts as restated."""
    acts = await read_acts(
        *(connection, rubric.id, period.name), simulated=scope.simulated, kinds=PUBLIC
    )
    return {unit_id: noted[-1].act.total for unit_id, noted in acts.items() if noted[-1].act.total}


def _rank_in(tree: Tree, unit_id: int, result: Result) -> tuple[str, int]:
    """The block and province within which a unit is ranked; provinces are ranked together."""
    block = result.block or ""
    return block, 0 if block == PROVINCES else tree.units[unit_id].root_id


def _places(tree: Tree, results: Mapping[int, Result]) -> dict[int, int]:
    """The place of each unit within its block, by its share of the maximum."""
    shares: dict[tuple[str, int], dict[int, Decimal]] = {}
    for unit_id, each in results.items():
        share = each.points / each.most if each.most else Decimal(0)
        shares.setdefault(_rank_in(tree, unit_id, each), {})[unit_id] = share
    return {
        unit_id: place_of(share, list(block.values()))
        for block in shares.values()
        for unit_id, share in block.items()
    }


def _block(
    rubric: Rubric,
    tree: Tree,
    block: str,
    root: int,
    results: Mapping[int, Result],
    places: Mapping[int, int],
    before: Mapping[int, int],
) -> Document:
    units = sorted(
        (tree.units[one] for one in results), key=lambda unit: (places[unit.id], unit.code)
    )
    return {
        "block": block,
        "label": blocks()[block].label,
        "root": tree.units[root].code if root else None,
        "units": [_row(unit, results[unit.id], places, before) for unit in units],
        "areas": [
            {"code": area.code, "title": area.title, "percent": _average(area, results)}
            for area in rubric.areas
        ],
        "at_zero": [
            {"code": leaf.code, "title": leaf.title, "units": those}
            for leaf in rubric.leaves()
            if (those := [unit.code for unit in units if leaf.code in results[unit.id].at_zero])
        ],
    }


def _row(
    unit: Unit, result: Result, places: Mapping[int, int], before: Mapping[int, int]
) -> Document:
    percent = rounded(100 * result.points / result.most, 2) if result.most else None
    return {
        "place": places[unit.id],
        "unit": unit.code,
        "name": unit.name,
        "points": as_number(result.points),
        "max": as_number(result.most),
        "percent": None if percent is None else str(percent),
        "grade": result.grade,
        "compared": gained(places[unit.id], before.get(unit.id)),
    }


def _average(area: Area, results: Mapping[int, Result]) -> str | None:
    """The mean share of an area's maximum, in percent."""
    shares = [
        100 * got / of
        for each in results.values()
        for got, of in [each.areas.get(area.code, (Decimal(0), Decimal(0)))]
        if of
    ]
    return str(rounded(sum(shares, Decimal(0)) / len(shares), 2)) if shares else None


def _check_approved(members: list[Unit], sheets: Mapping[int, Sheet]) -> None:
    done = {State.APPROVED, State.PUBLISHED}
    waiting = [unit.name for unit in members if sheets[unit.id].state not in done]
    if waiting:
        shown = ", ".join(waiting[:NAMED]) + (" …" if len(waiting) > NAMED else "")
        raise RuleError(
            f"Còn {len(waiting)} đơn vị của khối chưa được phê duyệt điểm ({shown}): công bố khi "
            "cả khối đã phê duyệt."
        )
