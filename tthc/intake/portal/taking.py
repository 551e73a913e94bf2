"""Taking a message in: every case on its own, so that a bad one holds no other back."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import portal
from tthc.db.history import read_case
from tthc.db.queries.units import is_topmost, sees_whole_world
from tthc.db.traces import leave_trace
from tthc.domain.access import Actor, Permission, Role, check, check_whole
from tthc.domain.applicant import Applicant
from tthc.domain.errors import ForbiddenError, InputError, NotFoundError, TthcError
from tthc.domain.traces import Trace
from tthc.intake.portal.joining import RANK
from tthc.intake.portal.person import read_person
from tthc.intake.portal.placing import place
from tthc.intake.portal.reading import STATES, SYNC, digest_of, split, text_of

LONGEST = 100  # signs of a case's code
# status → the code of an answer
CODES = {"recorded": "0", "repeated": "0", "waiting": "1", "refused": "2"}
Answer = dict[str, str]
Begin = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


async def take_message(
    begin: Begin, actor: Actor, service: str, sender: str, data: Sequence[Any]
) -> dict[str, Any]:
    """Keep and place the cases of a message; an answer for each, in their order.

    `begin` opens a transaction, in the name of the sender.
    """
    answers = [await _take(begin, actor, service, sender, item) for item in data]
    worst = max((each["error_code"] for each in answers), default="0")
    message = {
        "0": "Đã ghi nhận.",
        "1": "Đã nhận; có hồ sơ đang chờ xử lý vì chưa đủ thông tin.",
        "2": "Có hồ sơ không nhận được: hãy sửa rồi gửi lại.",
    }[worst]
    return {"error_code": worst, "message": message, "data": answers}


async def _take(
    begin: Begin,
    actor: Actor,
    service: str,
    sender: str,
    item: Any,  # noqa: ANN401  # whatever was sent
) -> Answer:
    code = text_of(item, "MaHoSo") if isinstance(item, dict) else ""
    try:
        if not isinstance(item, dict) or not code or len(code) > LONGEST:
            raise InputError("Thiếu MaHoSo, hoặc mã quá dài: không biết là hồ sơ nào.")
        async with begin() as connection:
            return await take_case(connection, actor, service, sender, code, item)
    except TthcError as error:
        return _answer(code, "refused", str(error))


async def take_case(
    connection: AsyncConnection,
    actor: Actor,
    service: str,
    sender: str,
    code: str,
    item: Mapping[str, Any],
) -> Answer:
    """Keep one case of a message and place it."""
    facts, identity = split(service, item)
    simulated = actor.scope.simulated
    await portal.hold_case(connection, code)
    number = await portal.keep_claim(
        connection,
        code=code,
        simulated=simulated,
        service=service,
        sender=sender,
        actor=actor.name,
        digest=digest_of(service, item),
        facts=facts,
        identity=identity,
        now=clock.now(),
    )
    if number is None:
        return _answer(code, "repeated", "Đã nhận trước đây: không ghi lần hai.")
    waits = await place(connection, actor, code)
    await tell_applicant(connection, actor, code, waits)
    if number in waits:
        return _answer(code, "waiting", waits[number])
    return _answer(code, "recorded", "Đã ghi nhận.")


async def release(connection: AsyncConnection, actor: Actor, number: int) -> Answer:
    """Try a waiting claim again, as an official who lets a missing due date pass.

    What cannot be read, and what the catalogue does not know, goes on waiting. Leaves a trace.
    Raises ForbiddenError, NotFoundError.
    """
    await check_released_by(connection, actor)
    code = await portal.waive(connection, number, simulated=actor.scope.simulated, by=actor.name)
    if code is None:
        raise NotFoundError(f"Không có gói tin số {number} đang chờ: hãy xem lại danh sách.")
    await portal.hold_case(connection, code)
    waits = await place(connection, actor, code)
    await tell_applicant(connection, actor, code, waits)
    status = "waiting" if number in waits else "recorded"
    told: dict[str, str | int] = {"claim": number, "answer": status}
    released = Trace(actor.name, "claim_released", actor.scope.simulated, told, code=code)
    await leave_trace(connection, released)
    return _answer(code, status, waits.get(number, "Đã ghi nhận."))


async def check_released_by(connection: AsyncConnection, actor: Actor) -> None:
    """Raises ForbiddenError but for whoever stands for a whole world: what waits is of no unit
    yet. Of people it is the leader of the topmost unit, where no case is beyond them.
    """
    check(actor, Permission.RELEASE_CLAIMS)
    if actor.role is Role.PROGRAM:
        check_whole(actor)
        return
    topmost = await is_topmost(actor.unit_id, connection)
    if not topmost or not await sees_whole_world(actor.scope, connection):
        raise ForbiddenError(
            "Gói tin đang chờ chưa thuộc đơn vị nào: hãy nhờ lãnh đạo đơn vị cấp trên cùng."
        )


async def list_waiting(
    connection: AsyncConnection, actor: Actor, *, after: int = 0, limit: int = 100
) -> list[dict[str, Any]]:
    """The claims that wait, each with its reason, without anything personal."""
    rows = await portal.list_waiting(
        connection, simulated=actor.scope.simulated, after=after, limit=limit
    )
    return [
        row | {"recorded_at": row["recorded_at"].astimezone(clock.VIETNAM).isoformat()}
        for row in rows
    ]


async def show_waiting(
    connection: AsyncConnection, actor: Actor, *, after: int, limit: int
) -> dict[str, Any]:
    """A page of the quarantine with its exact total; the next begins after `next_cursor`.

    Raises ForbiddenError.
    """
    await check_released_by(connection, actor)
    rows = await list_waiting(connection, actor, after=after, limit=limit + 1)
    total = await portal.count_waiting(connection, simulated=actor.scope.simulated)
    following = rows[limit - 1]["id"] if len(rows) > limit else None
    return {"total": total, "items": rows[:limit], "next_cursor": following}


async def tell_applicant(
    connection: AsyncConnection, actor: Actor, code: str, waits: Mapping[int, str]
) -> None:
    """Give what placed claims say of a person to the case's applicant."""
    rows = await portal.claims_of(connection, code, simulated=actor.scope.simulated)
    fresh = [row for row in rows if row.identity and row.id not in waits]
    if not fresh:
        return
    case = (await read_case(actor, connection, code)).case
    assert case.id is not None
    told = await portal.told_of(connection, case.id)
    applicant = Applicant()
    if told is not None:
        told |= {row.digest.hex(): json.loads(row.identity or "{}") for row in fresh}
        ranks = {
            row.digest.hex(): RANK[STATES.get(text_of(json.loads(row.claim), "TrangThaiHoSo"), 1)]
            for row in rows
            if row.service == SYNC
        }
        if "portal" in case.history[0].payload:
            said = sorted((ranks[key], key) for key in told if key in ranks)
            applicant = read_person([told[key] for _, key in said])
    await portal.tell(connection, case.id, applicant, told, [row.id for row in fresh])


def _answer(code: str, status: str, message: str) -> Answer:
    return {
        "MaHoSo": code[:LONGEST],
        "status": status,
        "error_code": CODES[status],
        "message": message,
    }
