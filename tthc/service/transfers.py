"""Cases passed on and taken over, one or a batch, with their control sheet (form 06)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import handovers
from tthc.db.catalogue import unit_by_code
from tthc.db.history import About, Dossier, read_case, read_cases
from tthc.db.json_values import checked
from tthc.domain import progress
from tthc.domain.access import Actor, Permission, check
from tthc.domain.case import Decision, Recorded
from tthc.domain.catalog import Unit
from tthc.domain.errors import InputError, NotFoundError
from tthc.domain.lifecycle import required
from tthc.domain.progress import Desk
from tthc.service.acts import NOW, Asked, Document, Known, perform
from tthc.service.case_document import instant

VERDICTS = {"early": "trước hạn", "on_time": "đúng hạn", "late": "quá hạn"}


@dataclass(frozen=True, slots=True)
class To:
    """Where cases go: a unit by its code, an officer, or both; what is not said stays."""

    unit: str | None = None
    officer: str | None = None


async def transfer_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    to: To,
    asked: Asked = NOW,
    *,
    note: str | None = None,
) -> Document:
    """Pass a case on, with its line of the control sheet: its files to the unit or officer that
    have it (`TRANSFER`), or the case to another unit (`MOVE`).
    """
    return await _transfer(connection, actor, code, to, asked, note=note, batch=None)


async def transfer_cases(
    connection: AsyncConnection,
    actor: Actor,
    codes: Sequence[str],
    to: To,
    asked: Asked = NOW,
    *,
    batch: str,
    note: str | None = None,
) -> list[Document]:
    """Pass many cases on with one control sheet: all of them, or none where one is refused.

    In the order of their codes, so that two batches never wait for each other.
    """
    at = asked.at or clock.now()
    number = required(batch, "số phiếu bàn giao")
    each = [
        await _transfer(
            connection,
            actor,
            code,
            to,
            Asked(at, None, asked.key and f"{asked.key} {code}"),
            note=note,
            batch=number,
        )
        for code in sorted(set(codes))
    ]
    if not each:
        raise InputError("Danh sách chuyển không có hồ sơ nào: hãy chọn ít nhất một hồ sơ.")
    return each


async def _transfer(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    to: To,
    asked: Asked,
    *,
    note: str | None,
    batch: str | None,
) -> Document:
    if to.unit is None and to.officer is None:
        raise InputError("Chưa chọn nơi nhận: hãy chọn đơn vị, hoặc người xử lý.")
    target: Unit | None = None
    if to.unit is not None:
        on = clock.local_date(asked.at or clock.now())
        target = await unit_by_code(
            connection, checked(to.unit), on, simulated=actor.scope.simulated
        )

    def decide(known: Known) -> Decision:
        case, about = known.case, known.about
        if target is not None and target.id != case.competent_unit_id:
            relation = actor.relation(case.receiving_unit_id, case.competent_unit_id)
            check(actor, Permission.MOVE, relation)
        here = Desk(case.competent_unit_id, about.competent_level, case.officer)
        there = replace(here, officer=to.officer or case.officer)
        if target is not None:
            there = Desk(target.id, target.level, to.officer)
        if case.last("transferred") is None and there.unit_id == here.unit_id:
            # the file lies at the shop until the competent unit gets it
            here = Desk(case.receiving_unit_id, about.receiving_level, here.officer)
        return progress.transfer(
            case, known.pinned, known.on, here=here, to=there, note=note, batch=batch
        )

    def rename(about: About) -> About:
        if target is None:
            return about
        return replace(
            about,
            competent_unit=target.code,
            competent_unit_name=target.name,
            competent_level=target.level,
        )

    request = {"act": "transfer", "unit": to.unit, "officer": to.officer, "batch": batch}
    request |= {"note": note} if note else {}
    return await perform(connection, actor, code, asked, request, decide, rename=rename)


async def take_over_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    officer: str | None = None,
    note: str | None = None,
) -> Document:
    """The receiver signs for a case that was passed on."""

    def decide(known: Known) -> Decision:
        return progress.take_over(known.case, known.on, officer=officer, note=note)

    request = {"act": "take_over", "officer": officer, "note": note}
    return await perform(connection, actor, code, asked, request, decide)


async def take_over_cases(
    connection: AsyncConnection,
    actor: Actor,
    batch: str,
    asked: Asked = NOW,
    *,
    codes: Sequence[str] | None = None,
    officer: str | None = None,
    note: str | None = None,
) -> list[Document]:
    """The receiver signs for a control sheet: all of its cases, or those named; or for none.

    Raises NotFoundError where no such case waits to be taken over.
    """
    at = asked.at or clock.now()
    waiting = await handovers.waiting(actor.scope, connection, checked(batch))
    missing = sorted(set(codes or ()) - set(waiting))
    if missing or not waiting:
        what = f"hồ sơ {', '.join(missing)}" if missing else "hồ sơ nào"
        raise NotFoundError(
            f"Phiếu bàn giao “{batch}” không có {what} đang chờ nhận trong phạm vi của bạn: hãy "
            "xem lại số phiếu."
        )
    return [
        await take_over_case(
            connection,
            actor,
            code,
            Asked(at, None, asked.key and f"{asked.key} {code}"),
            officer=officer,
            note=note,
        )
        for code in sorted(codes or waiting)
    ]


async def show_control_sheet(
    connection: AsyncConnection, actor: Actor, code: str
) -> list[Document]:
    """The lines of a case's control sheet: from, to, when, early or late, taken over by whom."""
    dossier = await read_case(actor, connection, checked(code))
    return await _lines(connection, [dossier])


async def show_batch(connection: AsyncConnection, actor: Actor, batch: str) -> list[Document]:
    """The lines of a batch's control sheet, case by case. Raises NotFoundError."""
    ids = await handovers.cases_of(actor.scope, connection, checked(batch))
    if not ids:
        raise NotFoundError(f"Không có phiếu bàn giao “{batch}” trong phạm vi của bạn.")
    lines = await _lines(connection, await read_cases(connection, ids))
    return [one for one in lines if one["batch"] == batch]


async def _lines(connection: AsyncConnection, dossiers: Sequence[Dossier]) -> list[Document]:
    passed = [
        (one, taken, dossier) for dossier in dossiers for one, taken in _pairs(dossier.case.history)
    ]
    ids = {one.payload.get(f"{side}_unit_id") for one, _, _ in passed for side in ("from", "to")}
    units = await handovers.names(connection, [each for each in ids if isinstance(each, int)])
    return [_line(one, taken, dossier, units) for one, taken, dossier in passed]


def _pairs(history: Sequence[Recorded]) -> list[tuple[Recorded, Recorded | None]]:
    """Every passing on, with the taking over that answers it."""
    handed = [one for one in history if one.role in progress.HANDED]
    return [
        (one, next_ if next_ is not None and next_.role == "taken_over" else None)
        for one, next_ in zip_longest(handed, handed[1:])
        if one.role == "transferred"
    ]


def _line(
    one: Recorded, taken: Recorded | None, dossier: Dossier, units: dict[int, tuple[str, str]]
) -> Document:
    sheet = one.payload
    actors = {event.seq: event.actor for event in dossier.events}

    def side(name: str) -> dict[str, Any]:
        code, title = units.get(sheet.get(f"{name}_unit_id", 0), (None, None))
        return {"unit": code, "unit_name": title, "officer": sheet.get(f"{name}_officer")}

    verdict = sheet.get("verdict")
    return {
        "case_code": dossier.case.code,
        "from": side("from"),
        "to": side("to"),
        "at": instant(one.effective_at),
        "by": actors.get(one.seq),
        "due_at": sheet.get("handover_due_at"),
        "verdict": verdict,
        "verdict_name": VERDICTS.get(verdict or ""),
        "note": sheet.get("note"),
        "batch": sheet.get("batch"),
        "taken_over_at": instant(taken.effective_at) if taken else None,
        "taken_over_by": actors.get(taken.seq) if taken else None,
    }
