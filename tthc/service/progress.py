"""What is done with a case in hand, one function for each thing that people do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.catalogue import unit_by_code
from tthc.db.history import About
from tthc.domain import ending, pausing, progress
from tthc.domain.access import Actor
from tthc.domain.case import Decision
from tthc.domain.catalog import Unit
from tthc.domain.errors import InputError
from tthc.domain.progress import Desk
from tthc.rules.causes import check_cause
from tthc.service.acts import NOW, Asked, Document, Known, perform


async def start_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    officer: str | None = None,
) -> Document:
    """An officer begins to work on a case."""

    def decide(known: Known) -> Decision:
        return progress.start(known.case, known.on, officer=officer)

    return await perform(
        connection, actor, code, asked, {"act": "start", "officer": officer}, decide
    )


async def ask_for_supplement(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    content: str,
    grounds: str | None = None,
) -> Document:
    """Ask the citizen for what is missing; the clock stands still."""

    def decide(known: Known) -> Decision:
        return pausing.ask_for_supplement(
            known.case, known.pinned, known.on, content=content, grounds=grounds
        )

    request = {"act": "supplement", "content": content, "grounds": grounds}
    return await perform(connection, actor, code, asked, request, decide)


async def charge_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    content: str,
    grounds: str,
) -> Document:
    """Ask for a financial obligation to be met; the clock stands still."""

    def decide(known: Known) -> Decision:
        return pausing.charge(known.case, known.on, content=content, grounds=grounds)

    request = {"act": "charge", "content": content, "grounds": grounds}
    return await perform(connection, actor, code, asked, request, decide)


async def resume_case(
    connection: AsyncConnection, actor: Actor, code: str, asked: Asked = NOW
) -> Document:
    """The supplement came, or the obligation is met: the due date moves as the law says."""

    def decide(known: Known) -> Decision:
        return pausing.resume(known.case, known.pinned, known.on)

    return await perform(connection, actor, code, asked, {"act": "resume"}, decide)


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
    """Pass a case on to another unit or officer, with its line of the control sheet."""
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
    each = [
        await _transfer(
            connection,
            actor,
            code,
            to,
            Asked(at, None, asked.key and f"{asked.key} {code}"),
            note=note,
            batch=batch,
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
        target = await unit_by_code(connection, to.unit, on, simulated=actor.scope.simulated)

    def decide(known: Known) -> Decision:
        case, about = known.case, known.about
        here = Desk(case.competent_unit_id, about.competent_level, case.officer)
        there = replace(here, officer=to.officer or case.officer)
        if target is not None:
            there = Desk(target.id, target.level, to.officer)
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
    return await perform(connection, actor, code, asked, request, decide, rename=rename)


async def pay_fee(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    amount: Decimal,
    channel: str | None = None,
) -> Document:
    """Record a payment, in đồng."""

    def decide(known: Known) -> Decision:
        return progress.pay_fee(known.case, known.on, amount=amount, channel=channel)

    request = {"act": "fee", "amount": str(amount), "channel": channel}
    return await perform(connection, actor, code, asked, request, decide)


async def resolve_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    outcome: str,
    e_result: str | None = None,
    cause: str | None = None,
    reason: str | None = None,
) -> Document:
    """The result is ready, granted or refused: the instant of the verdict."""
    check_cause(cause)

    def decide(known: Known) -> Decision:
        return ending.resolve(
            known.case, known.on, outcome=outcome, e_result=e_result, cause=cause, reason=reason
        )

    request: dict[str, Any] = {"act": "resolve", "outcome": outcome, "e_result": e_result}
    request |= {"cause": cause, "reason": reason}
    return await perform(connection, actor, code, asked, request, decide)


async def return_result(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    channel: str | None = None,
) -> Document:
    """The citizen has the result."""

    def decide(known: Known) -> Decision:
        return ending.return_result(known.case, known.on, channel=channel)

    request = {"act": "return", "channel": channel}
    return await perform(connection, actor, code, asked, request, decide)


async def withdraw_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    reason: str | None = None,
) -> Document:
    """The citizen takes the case back."""

    def decide(known: Known) -> Decision:
        return ending.withdraw(known.case, known.on, reason=reason)

    request = {"act": "withdraw", "reason": reason}
    return await perform(connection, actor, code, asked, request, decide)


async def stop_case(
    connection: AsyncConnection, actor: Actor, code: str, asked: Asked = NOW, *, reason: str
) -> Document:
    """Stop work on a case (form 05)."""

    def decide(known: Known) -> Decision:
        return ending.stop(known.case, known.on, reason=reason)

    request = {"act": "stop", "reason": reason}
    return await perform(connection, actor, code, asked, request, decide)


async def close_case(
    connection: AsyncConnection, actor: Actor, code: str, asked: Asked = NOW, *, notice: str
) -> Document:
    """Close a case whose applicant stayed silent, by form 05."""

    def decide(known: Known) -> Decision:
        return pausing.close(known.case, known.pinned, known.on, notice=notice)

    request = {"act": "close", "notice": notice}
    return await perform(connection, actor, code, asked, request, decide)
