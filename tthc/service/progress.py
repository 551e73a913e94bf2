"""What is done with a case in hand, one function for each thing that people do."""

from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain import ending, pausing, progress
from tthc.domain.access import Actor
from tthc.domain.case import Decision
from tthc.domain.lifecycle import numbered
from tthc.rules.causes import check_cause
from tthc.service.acts import NOW, Asked, Document, Known, perform
from tthc.service.numbers import Book, perform_numbered


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
    notice: str | None = None,
) -> Document:
    """Ask the citizen for what is missing, by form 02; the clock stands still."""

    def decide(known: Known, number: str | None) -> Decision:
        return pausing.ask_for_supplement(
            known.case, known.pinned, known.on, content=content, grounds=grounds, notice=number
        )

    request = {"act": "suspend", "content": content, "grounds": grounds} | numbered(notice)
    book = Book("02", by_shop=True)
    return await perform_numbered(connection, actor, code, asked, request, decide, book, notice)


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

    request = {"act": "pay", "amount": str(amount), "channel": channel}
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
    notice: str | None = None,
) -> Document:
    """The result is ready, granted or refused: the instant of the verdict."""
    check_cause(cause)

    def decide(known: Known, number: str | None = None) -> Decision:
        return ending.resolve(
            known.case,
            known.on,
            outcome=outcome,
            e_result=e_result,
            cause=cause,
            reason=reason,
            notice=number,
        )

    request: dict[str, Any] = {"act": "resolve", "outcome": outcome, "e_result": e_result}
    request |= {"cause": cause, "reason": reason} | numbered(notice)
    if outcome != "refused":
        return await perform(connection, actor, code, asked, request, decide)
    book = Book("03")
    return await perform_numbered(connection, actor, code, asked, request, decide, book, notice)


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
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    reason: str,
    notice: str | None = None,
) -> Document:
    """Stop work on a case (form 05)."""

    def decide(known: Known, number: str | None) -> Decision:
        return ending.stop(known.case, known.on, reason=reason, notice=number)

    request = {"act": "stop", "reason": reason} | numbered(notice)
    book = Book("05")
    return await perform_numbered(connection, actor, code, asked, request, decide, book, notice)


async def close_case(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked = NOW,
    *,
    notice: str | None = None,
) -> Document:
    """Close a case whose applicant stayed silent, by form 05."""

    def decide(known: Known, number: str | None) -> Decision:
        return pausing.close(known.case, known.pinned, known.on, notice=number or "")

    request = {"act": "close"} | numbered(notice)
    book = Book("05")
    return await perform_numbered(connection, actor, code, asked, request, decide, book, notice)
