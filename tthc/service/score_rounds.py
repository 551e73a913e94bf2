"""Open a round of scoring, or set its windows anew by a further decision with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.catalogue import unit_by_code
from tthc.db.queries.units import name_units
from tthc.db.score_sheets import OpenedRound, hold_round, keep_round, read_rounds
from tthc.domain.access import Actor, Scope
from tthc.domain.errors import InputError
from tthc.domain.period import Period
from tthc.domain.score_sheet.rights import check_root
from tthc.domain.score_sheet.rounds import STAGE_NAMES, Round, Windows, check_windows
from tthc.rules.blocks import blocks
from tthc.rules.periods import read_period
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.service.case_document import instant
from tthc.service.score_document import is_in_force

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opening:
    """A decision on a round: of which rubric, province and period, in which windows, appraised
    by whom (None: as before); `block` where the windows are those of one block only; `reason` where
    it changes an earlier one.
    """

    rubric: str
    period: str
    root: str
    decision: str
    windows: Windows
    appraisers: Mapping[str, tuple[str, ...]] | None = None
    reason: str | None = None
    block: str | None = None


async def open_round(connection: AsyncConnection, actor: Actor, asked: Opening) -> Document:
    """Keep a version of a round; the same decision again changes nothing.

    Raises InputError, NotFoundError, or ForbiddenError for all but the province's leader.
    """
    chosen, period = rubric_by_name(asked.rubric), read_period(asked.period)
    if period.scheme not in chosen.schemes or not is_in_force(chosen, period):
        raise InputError(
            f"Bộ tiêu chí “{chosen.id}” không chấm cho kỳ {period.name}: hãy chọn kỳ loại "
            f"{', '.join(chosen.schemes)} mà bộ tiêu chí có hiệu lực."
        )
    check_windows(asked.windows)
    for block in (*(asked.appraisers or ()), *filter(None, [asked.block])):
        if block not in chosen.blocks:
            raise InputError(
                f"Bộ tiêu chí không có khối “{block}”; có: {', '.join(chosen.blocks)}."
            )
    if not asked.decision.strip():
        raise InputError("Hãy nêu số, ký hiệu quyết định mở đợt chấm điểm.")
    root = await unit_by_code(
        connection, asked.root, last_day(period), simulated=actor.scope.simulated
    )
    if root.root_id != root.id:
        raise InputError(f"{root.name} không phải đơn vị cấp trên cùng: đợt chấm là của cả tỉnh.")
    check_root(actor, root.id)
    await hold_round(connection, root.id, chosen.id, period.name)
    last = await find_round(connection, actor.scope, chosen.id, period, root.id)
    made = _made(asked, last.round if last else None)
    if last:
        if last.round == replace(made, version=last.round.version):
            return describe_round(last, root.code)
        if not asked.reason:
            raise InputError("Đợt chấm này đã mở: muốn đổi thời gian thì nêu lý do.")
    opened = OpenedRound(
        *(chosen.id, period.name, root.id, made),
        asked.reason if last else None,
        *(actor.name, clock.now()),
    )
    await keep_round(connection, opened, simulated=actor.scope.simulated)
    return describe_round(opened, root.code)


def _made(asked: Opening, last: Round | None) -> Round:
    """The round as a decision makes it of the one before."""
    windows, blocks = dict(asked.windows), dict(last.blocks) if last else {}
    if asked.block:
        if last is None:
            raise InputError(
                "Chưa mở đợt chấm điểm này: hãy mở cho mọi khối trước, rồi đặt thời gian riêng của "
                "khối."
            )
        windows, blocks = dict(last.windows), {**blocks, asked.block: windows}
    named = (last.appraisers if last else None) if asked.appraisers is None else asked.appraisers
    version = last.version + 1 if last else 1
    return Round(windows, asked.decision, version, dict(named or {}), blocks)


async def find_round(
    connection: AsyncConnection, scope: Scope, rubric: str, period: Period, root_id: int
) -> OpenedRound | None:
    """A round as it is set now."""
    found = await read_rounds(
        connection,
        simulated=scope.simulated,
        rubric=rubric,
        period=period.name,
        root_id=root_id,
    )
    return found[0] if found else None


async def list_rounds(connection: AsyncConnection, scope: Scope) -> Document:
    """Every round of the reader's world, as it is set now."""
    found = await read_rounds(connection, simulated=scope.simulated)
    names = await name_units(connection, [each.root_id for each in found])
    rounds = [describe_round(each, names[each.root_id]["code"]) for each in found]
    return {"rounds": sorted(rounds, key=lambda each: each["opened_at"], reverse=True)}


def describe_round(opened: OpenedRound, root: str, block: str | None = None) -> Document:
    """A round for the reader; with a block, in its windows."""
    return {
        "rubric": opened.rubric,
        "rubric_title": rubric_by_name(opened.rubric).title,
        "period": opened.period,
        "root": root,
        "version": opened.round.version,
        "decision": opened.round.decision,
        "reason": opened.reason,
        "windows": _windows(opened.round.of_block(block).windows),
        "blocks": {
            name: {"label": blocks()[name].label, "windows": _windows(windows)}
            for name, windows in opened.round.blocks.items()
        },
        "appraisers": {
            name: {"label": blocks()[name].label, "logins": list(logins)}
            for name, logins in (opened.round.appraisers or {}).items()
        },
        "opened_by": opened.opened_by,
        "opened_at": instant(opened.opened_at),
    }


def _windows(windows: Windows) -> Document:
    return {
        stage.value: {
            "name": STAGE_NAMES[stage],
            "from": window.first.isoformat(),
            "to": window.last.isoformat(),
        }
        for stage, window in windows.items()
    }


def last_day(period: Period) -> date:
    """The day whose units a round scores: the period's last, or today where that is to come."""
    return min(period.end - timedelta(days=1), clock.local_date(clock.now()))
