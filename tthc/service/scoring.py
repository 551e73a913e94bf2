"""Score units by a rubric: each leaf's outcome, the sum, and the places within a block."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tthc.db.blocks import PROVINCES, Tree
from tthc.domain.catalog import Unit
from tthc.domain.period import Period
from tthc.domain.scoring.given import Count, Entered, Given
from tthc.domain.scoring.peers import place_of
from tthc.domain.scoring.policy import Outcome, score
from tthc.domain.scoring.rubric import Leaf, Rubric
from tthc.domain.scoring.total import Total, total
from tthc.service.measures import WHOLE, Measures

PEER_SHAPES = {"against_average", "above_average", "rank_bands", "inverse_steps"}
PROVINCE = "province"
EnteredByUnit = Mapping[int, Mapping[str, Entered]]  # what people and surveys gave, by leaf
NOBODY: EnteredByUnit = {}


@dataclass(frozen=True, slots=True)
class UnitScore:
    """A unit's score by a rubric; `unit` is None for all that the reader sees.

    `digest` seals the rubric's text and every figure that the score rests on.
    """

    unit: Unit | None
    block: str | None
    given: Given
    outcomes: Mapping[str, Outcome]
    total: Total
    digest: str
    entered: Mapping[str, Entered] = field(default_factory=dict)

    @property
    def level(self) -> str:
        return self.unit.level if self.unit else PROVINCE


@dataclass(frozen=True, slots=True)
class Peers:
    """The percents of the units of one block, by measure and unit."""

    percents: Mapping[str, Mapping[int, Decimal]]

    def others(self, unit_id: int) -> dict[str, tuple[Decimal, ...]]:
        return {
            name: tuple(value for other, value in found.items() if other != unit_id)
            for name, found in self.percents.items()
        }


def peers_of(rubric: Rubric, members: Iterable[Unit], measures: Measures) -> Peers:
    """The rates of a block, for the leaves that compare with peers."""
    names = {name for leaf in rubric.leaves() if compares(leaf) for name in leaf.measures}
    figures = [(unit.id, measures.units.get(unit.id, {})) for unit in members]
    return Peers(
        {
            name: {
                unit_id: count.percent
                for unit_id, own in figures
                if (count := own.get(name)) and count.denominator and not count.reason
            }
            for name in names
        }
    )


def compares(leaf: Leaf) -> bool:
    return leaf.shape in PEER_SHAPES


def score_unit(
    rubric: Rubric,
    unit: Unit | None,
    block: str | None,
    measures: Measures,
    peers: Peers,
    period: Period,
    entered: Mapping[str, Entered] | None = None,
) -> UnitScore:
    """One unit's score; `entered` is what people and surveys gave, by leaf."""
    unit_id = unit.id if unit else WHOLE
    names = rubric.measures()
    given = Given(
        figures=measures.of(unit_id, names),
        peers=peers.others(unit_id),
        parts={
            name: measures.parts.get(unit_id, {}).get(name, {})
            for leaf in rubric.leaves()
            if leaf.split
            for name in leaf.measures
        },
        end=period.end,
    )
    level = unit.level if unit else PROVINCE
    outcomes = score_leaves(rubric, level, given, entered or {})
    return UnitScore(
        *(unit, block, given, outcomes, total(rubric, outcomes)),
        _digest(rubric, unit, period, given, entered or {}),
        entered or {},
    )


def score_leaves(
    rubric: Rubric, level: str, given: Given, entered: Mapping[str, Entered]
) -> dict[str, Outcome]:
    """The outcome of every leaf that has a subject at a level."""
    found = {}
    for leaf in rubric.leaves():
        rule = leaf.rule_of(level)
        if rule is None:
            continue
        own = given
        if leaf.code in entered:
            own = Given(given.figures, given.peers, given.parts, entered[leaf.code], given.end)
        found[leaf.code] = score(rule, own, leaf.empty)
    return found


def score_block(
    rubric: Rubric,
    block: str,
    tree: Tree,
    root: int,
    measures: Measures,
    period: Period,
    entered: EnteredByUnit = NOBODY,
) -> list[UnitScore]:
    """Every unit of a block in a province, in the order of their codes."""
    members = sorted(tree.members(block, root), key=lambda unit: unit.code)
    if block == PROVINCES:  # only those whose cases this ledger holds
        members = [unit for unit in members if unit.id in measures.units]
    peers = peers_of(rubric, members, measures)
    return [
        score_unit(rubric, unit, block, measures, peers, period, entered.get(unit.id))
        for unit in members
    ]


def places(scores: Iterable[UnitScore]) -> dict[int, int]:
    """The place of each unit that has points, the greatest share of the maximum first; those who
    are level share one.
    """
    shares = {
        each.unit.id: each.total.points / each.total.most
        for each in scores
        if each.unit and each.total.scored_most and each.total.most
    }
    values = list(shares.values())
    return {unit_id: place_of(share, values) for unit_id, share in shares.items()}


def _digest(
    rubric: Rubric,
    unit: Unit | None,
    period: Period,
    given: Given,
    entered: Mapping[str, Entered],
) -> str:
    sealed: list[Any] = [
        *(rubric.id, rubric.version, rubric.digest, unit.code if unit else "", period.name),
        {name: _numbers(each) for name, each in sorted(given.figures.items())},
        {name: sorted(map(str, each)) for name, each in sorted(given.peers.items())},
        {
            name: {part: _numbers(count) for part, count in sorted(each.items())}
            for name, each in sorted(given.parts.items())
        },
    ]
    if entered:
        sealed.append({leaf: _said(each) for leaf, each in sorted(entered.items())})
    return hashlib.sha256(json.dumps(sealed, ensure_ascii=False).encode()).hexdigest()


def _said(entered: Entered) -> list[Any]:
    on = entered.on.isoformat() if entered.on else None
    return [str(entered.points), sorted(entered.items), on, entered.evidence]


def _numbers(count: Count) -> list[int | str | None]:
    return [count.numerator, count.denominator, count.reason]
