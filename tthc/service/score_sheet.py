"""A unit's score sheet in hand: what was computed, what people gave, what may be done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.blocks import load_tree
from tthc.db.catalogue import split_code, unit_by_code
from tthc.db.facts import Knowledge
from tthc.db.publications import Publication, read_publications
from tthc.db.published_scores import last_published
from tthc.db.score_sheets import OpenedRound, SheetKey, hold_sheet, read_acts
from tthc.db.scores import StoredLeaf
from tthc.domain.access import Actor, Permission, check_appraisal, may
from tthc.domain.catalog import Unit
from tthc.domain.errors import InputError, NotFoundError, RuleError
from tthc.domain.period import Period
from tthc.domain.score_sheet.acts import Evidence, Kind, Noted, Proof
from tthc.domain.score_sheet.rights import Place
from tthc.domain.score_sheet.sheet import Column, Sheet, as_entered, fold
from tthc.domain.score_sheet.standing import Line, Standing
from tthc.domain.scoring.given import NOTHING_COUNTED, Given
from tthc.domain.scoring.policy import Empty, Outcome, score
from tthc.domain.scoring.rubric import Leaf, Rubric
from tthc.domain.scoring.total import Total, total
from tthc.domain.scoring.wording import rounded
from tthc.rules.rubric_shapes import BY_PEOPLE
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.service.appraised import show_appraised
from tthc.service.score_question import Cut
from tthc.service.score_rounds import find_round, last_day
from tthc.service.scores import show_score

Document = dict[str, Any]


@dataclass(frozen=True)
class OpenSheet:
    """A sheet in hand. `score` is the live document at the cut-off of what was `published`, if it
    was; `leaves` are the computed ones, immutable once published.
    """

    key: SheetKey
    unit: Unit
    place: Place
    rubric: Rubric
    period: Period
    opened: OpenedRound | None
    noted: Sequence[Noted]
    score: Document
    leaves: Mapping[str, StoredLeaf]
    published: Publication | None
    digest: str

    @cached_property
    def sheet(self) -> Sheet:
        return fold(self.noted)

    @cached_property
    def lines(self) -> dict[str, Line]:
        """Every leaf that has a subject at the unit's level."""
        proof = Evidence(Proof.FIGURE, self.published.digest if self.published else self.digest)
        return {
            leaf.code: _line(self, leaf, proof)
            for leaf in self.rubric.leaves()
            if leaf.rule_of(self.unit.level)
        }

    @property
    def standing(self) -> Standing:
        """For deciding. Raises RuleError where no round is open."""
        if self.opened is None:
            raise RuleError(
                f"Chưa mở đợt chấm điểm “{self.rubric.title}” kỳ {self.period.name}: lãnh đạo cấp "
                "tỉnh mở đợt trước đã."
            )
        today = clock.local_date(clock.now())
        opened = self.opened.round.of_block(self.place.block)
        return Standing(self.sheet, opened, today, self.lines, self.rubric.decimals)

    @property
    def appraised_by(self) -> frozenset[str]:
        """Who gave the sheet appraised points, or ended its appraisal."""
        kinds = (Kind.APPRAISED, Kind.APPRAISAL_ENDED)
        return frozenset(each.actor for each in self.noted if each.act.kind in kinds)

    @property
    def on(self) -> date:
        """The day whose units and blocks count."""
        return last_day(self.period)

    def check_leaf(self, leaf: str) -> None:
        """Raises NotFoundError where the sheet has no such leaf."""
        if leaf not in self.lines:
            raise NotFoundError(
                f"Phiếu này không có tiêu chí thành phần “{leaf}”; có: {', '.join(self.lines)}."
            )

    def total(self, column: Column | None) -> Total:
        """The sum of a column, or with None of what was computed."""
        sheet = self.sheet
        outcomes = {
            code: Outcome(
                line.computed if column is None else sheet.points(column, code),
                line.most,
                applies=line.applies,
            )
            for code, line in self.lines.items()
        }
        return total(self.rubric, outcomes)


async def open_sheet(
    connection: AsyncConnection,
    actor: Actor,
    rubric: str,
    period: Period,
    code: str,
    *,
    hold: bool = False,
) -> OpenSheet:
    """The sheet of a unit that the actor may see; with `hold` nobody else acts on it meanwhile.

    Raises InputError, NotFoundError, ForbiddenError for what an appraiser does not appraise.
    """
    chosen = rubric_by_name(rubric)
    unit, place = await find_place(connection, actor, chosen, period, code)
    simulated = actor.scope.simulated
    key = SheetKey(simulated, chosen.id, period.name, unit.id)
    if hold:
        await hold_sheet(connection, key)
    acts = await read_acts(
        *(connection, chosen.id, period.name), simulated=simulated, unit_ids=[unit.id]
    )
    versions = await read_publications(connection, simulated=simulated, period=period.name)
    published = versions[0] if versions else None
    document = await _score(connection, actor, chosen, period, code, published)
    leaves, digest = _live(document), document["digest"]
    if published:
        kept = await last_published(
            *(connection, chosen.id, period.name), simulated=simulated, unit_id=unit.id
        )
        if kept:
            leaves, digest = {each.code: each for each in kept[0].leaves}, kept[0].figures
    return OpenSheet(
        key=key,
        unit=unit,
        place=place,
        rubric=chosen,
        period=period,
        opened=await find_round(connection, actor.scope, chosen.id, period, place.root_id),
        noted=acts.get(unit.id, []),
        score=document,
        leaves=leaves,
        published=published,
        digest=digest,
    )


async def find_place(
    connection: AsyncConnection, actor: Actor, rubric: Rubric, period: Period, code: str
) -> tuple[Unit, Place]:
    """A unit that a rubric ranks, as it was at the period's end. Raises NotFoundError where it is
    out of sight, InputError where the rubric doesn't rank it, ForbiddenError for an appraiser of
    other blocks.
    """
    bare, on = split_code(code, last_day(period))
    unit = await unit_by_code(connection, bare, on, simulated=actor.scope.simulated)
    seen = actor.counted.unit_ids
    if seen is not None and unit.id not in seen:
        raise NotFoundError(f"Không có phiếu chấm điểm của đơn vị “{code}” trong phạm vi của bạn.")
    tree = await load_tree(connection, actor.scope, on, [unit.id])
    block = tree.block_of.get(unit.id)
    check_appraisal(actor, unit.id, unit.root_id, block)
    if block not in rubric.blocks:
        raise InputError(f"Bộ tiêu chí “{rubric.id}” không chấm {unit.name}: không thuộc khối nào.")
    return unit, Place(unit.id, unit.root_id, block)


async def _score(
    connection: AsyncConnection,
    actor: Actor,
    rubric: Rubric,
    period: Period,
    code: str,
    published: Publication | None,
) -> Document:
    """The live score, at the cut-offs of what was published; who sees no case, the night's."""
    if not may(actor.role, Permission.READ_CASES):
        return await show_appraised(connection, actor, rubric.id, period, code)
    knowledge: Knowledge | None = published.knowledge if published else None
    cut = Cut(knowledge.as_of, knowledge.known_at) if knowledge else Cut()
    return await show_score(connection, actor.scope, rubric.id, period, code, cut)


def _live(document: Document) -> dict[str, StoredLeaf]:
    """The leaves of a score that was computed just now."""
    return {
        each["code"]: StoredLeaf(
            each["code"],
            None if each["points"] is None else Decimal(str(each["points"])),
            Decimal(str(each["max"])),
            each["numerator"],
            each["denominator"],
            each["why"] if each["applies"] else NOTHING_COUNTED,
        )
        for each in document["criteria"]
    }


def _line(held: OpenSheet, leaf: Leaf, proof: Evidence) -> Line:
    """A leaf of the sheet; what people enter is computed anew with every entry."""
    rule = leaf.rule_of(held.unit.level)
    assert rule  # only leaves that have a subject are asked for
    by_people, applies = leaf.shape in BY_PEOPLE, True
    if by_people:
        noted = held.sheet.entered.get(leaf.code)
        entered = as_entered(noted.act) if noted else None
        outcome = score(rule, Given(entered=entered, end=held.period.end), leaf.empty)
        own = noted.act.evidence if noted else None
    else:
        kept = held.leaves.get(leaf.code)
        outcome = Outcome(kept.points if kept else None, kept.most if kept else rule.most)
        own = proof
        if kept and kept.points is None and leaf.empty is Empty.RESCALED:
            applies = kept.reason != NOTHING_COUNTED
    points = outcome.points
    return Line(
        code=leaf.code,
        most=outcome.most,
        computed=None if points is None else rounded(points, held.rubric.decimals),
        least=min(Decimal(0), getattr(rule, "least", Decimal(0))),
        applies=applies,
        by_people=by_people,
        surveyed=leaf.surveyed,
        proof=own,
    )
