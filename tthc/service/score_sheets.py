"""Act on score sheets: points in a column, a stage closed, a block published, points restated."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.json_values import checked
from tthc.db.publications import read_publications
from tthc.db.score_sheets import add_acts
from tthc.domain.access import Actor
from tthc.domain.errors import InputError
from tthc.domain.period import Period
from tthc.domain.score_sheet import passing, scoring
from tthc.domain.score_sheet.acts import Act, Evidence, Kind, Noted, Proof, Result
from tthc.domain.score_sheet.rights import check_act
from tthc.domain.score_sheet.sheet import Column, fold
from tthc.domain.score_sheet.standing import Standing
from tthc.service.score_results import result_of
from tthc.service.score_sheet import OpenSheet, open_sheet
from tthc.service.score_sheet_document import Document, show_sheet

# what somebody may ask for, and what it is
COLUMNS = {
    "self": Kind.SELF_SCORED,
    "appraised": Kind.APPRAISED,
    "approved": Kind.APPROVED,
    "entered": Kind.ENTERED,
    "explained": Kind.EXPLAINED,
    "restated": Kind.RESTATED,
}
STEPS = {
    "submit": Kind.SUBMITTED,
    "send_back": Kind.RETURNED,
    "end_appraisal": Kind.APPRAISAL_ENDED,
    "end_explanation": Kind.EXPLANATION_ENDED,
    "approve": Kind.APPROVAL_ENDED,
}
CLOSE: dict[Kind, Callable[[Standing], tuple[Act, ...]]] = {
    Kind.SUBMITTED: passing.submit,
    Kind.APPRAISAL_ENDED: passing.end_appraisal,
    Kind.EXPLANATION_ENDED: passing.end_explanation,
    Kind.APPROVAL_ENDED: passing.end_approval,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody says of a leaf: points, or what a checklist or a date of submission needs;
    `reason` is the explanation itself where that is what is given.
    """

    column: str
    points: Decimal | None = None
    reason: str = ""
    evidence: Evidence | None = None
    items: tuple[str, ...] = ()
    on: date | None = None


async def score_leaf(
    connection: AsyncConnection,
    actor: Actor,
    rubric: str,
    period: Period,
    unit: str,
    leaf: str,
    entry: Entry,
) -> Document:
    """Give a leaf points in a column, enter its result, explain it, or restate it; the sheet.

    The same again changes nothing. Raises InputError, RuleError, NotFoundError, ForbiddenError.
    """
    if entry.column not in COLUMNS:
        raise InputError(f"Phiếu không có cột “{entry.column}”; chọn: {', '.join(COLUMNS)}.")
    checked(entry.reason)
    for each in (*entry.items, entry.evidence.value if entry.evidence else ""):
        checked(each)
    held = await open_sheet(connection, actor, rubric, period, unit, hold=True)
    standing = held.standing
    surveyed = standing.line(leaf).surveyed
    kind = COLUMNS[entry.column]
    by = held.appraised_by
    check_act(actor, kind, held.place, standing.round, surveyed=surveyed, appraised_by=by)
    await _check_figure(connection, held, entry.evidence)
    acts = _decide(standing, kind, leaf, entry)
    if kind is Kind.RESTATED:
        acts = tuple(replace(act, total=_restated(held, act)) for act in acts)
    return await _keep(connection, actor, held, acts)


async def close_stage(
    connection: AsyncConnection,
    actor: Actor,
    rubric: str,
    period: Period,
    unit: str,
    step: str,
    reason: str = "",
) -> Document:
    """Submit a sheet, send it back with a reason, or end its appraisal, explanation or approval;
    the sheet.
    """
    if step not in STEPS:
        raise InputError(f"Phiếu không có bước “{step}”; chọn: {', '.join(STEPS)}.")
    kind = STEPS[step]
    held = await open_sheet(connection, actor, rubric, period, unit, hold=True)
    standing = held.standing
    check_act(actor, kind, held.place, standing.round, appraised_by=held.appraised_by)
    if kind is Kind.RETURNED:
        acts = passing.send_back(standing, checked(reason))
    else:
        acts = CLOSE[kind](standing)
    return await _keep(connection, actor, held, acts)


def _decide(standing: Standing, kind: Kind, leaf: str, entry: Entry) -> tuple[Act, ...]:
    reason, evidence = entry.reason, entry.evidence
    if kind is Kind.ENTERED:
        given = {"points": entry.points, "items": entry.items, "on": entry.on}
        act = scoring.entering(leaf, **given, evidence=evidence, note=reason)  # type: ignore[arg-type]  # its very names
        return scoring.enter(standing, leaf, act)
    if kind is Kind.EXPLAINED:
        return scoring.explain(standing, leaf, reason, evidence)
    if entry.points is None:
        raise InputError(f"Tiêu chí {leaf}: hãy nêu điểm.")
    if kind is Kind.RESTATED:
        return scoring.restate(standing, leaf, entry.points, reason, evidence)
    column = Column(entry.column)
    return scoring.give_points(standing, column, leaf, entry.points, reason, evidence)


def _restated(held: OpenSheet, act: Act) -> Result:
    """The sum with the restated points."""
    noted = Noted(held.sheet.seq + 1, act, "", clock.now())
    sheet = fold([*held.noted, noted])
    return result_of(held.rubric, held.unit.level, held.place.block, sheet)


async def _keep(
    connection: AsyncConnection, actor: Actor, held: OpenSheet, acts: tuple[Act, ...]
) -> Document:
    """Keep the acts, and show the sheet after them."""
    if acts:
        now = clock.now()
        await add_acts(connection, held.key, acts, actor.name, now)
        start = held.sheet.seq + 1
        new = [Noted(seq, act, actor.name, now) for seq, act in enumerate(acts, start)]
        held = replace(held, noted=[*held.noted, *new])
    return show_sheet(actor, held)


async def _check_figure(
    connection: AsyncConnection, held: OpenSheet, evidence: Evidence | None
) -> None:
    """Raises InputError for the digest of a figure that nobody knows."""
    if evidence is None or evidence.kind is not Proof.FIGURE:
        return
    versions = await read_publications(
        connection, simulated=held.key.simulated, period=held.period.name
    )
    if evidence.value not in {held.digest, *(each.digest for each in versions)}:
        raise InputError(
            f"Không có số liệu nào của kỳ này mang dấu {evidence.value[:12]}…: hãy lấy dấu in trên "
            "phiếu."
        )
