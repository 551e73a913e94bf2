"""Numbers of forms, drawn from the issuing unit's own book: none left out, none given twice."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import numbers
from tthc.db.catalogue import unit_by_code
from tthc.db.json_values import checked
from tthc.db.numbers import Given
from tthc.domain.access import EVERY_RELATION, Actor, Permission, may
from tthc.domain.case import Decision
from tthc.domain.errors import NotFoundError, TthcError
from tthc.rules.forms import form_number
from tthc.service.acts import Asked, Document, Known, perform

DecideNumbered = Callable[[Known, str | None], Decision]


@dataclass(frozen=True, slots=True)
class Book:
    """Where a form is numbered: in the book of its case's shop, or of its competent unit."""

    form: str
    by_shop: bool = False


@dataclass(slots=True)
class Drawn:
    """A number in hand; `taken`: the act that bears it is done."""

    number: str | None
    taken: bool = False


async def perform_numbered(
    connection: AsyncConnection,
    actor: Actor,
    code: str,
    asked: Asked,
    request: Mapping[str, Any],
    decide: DecideNumbered,
    book: Book,
    said: str | None = None,
) -> Document:
    """Do an act whose form bears a number: the one `said`, for a unit that numbers elsewhere, or
    else the next of the book.

    It is drawn before anything is read, so that a request that is sent twice at once waits here
    for the first one, and then finds its answer.
    """

    async def draw() -> Given | None:
        if not may(actor.role, Permission(request["act"]), EVERY_RELATION):
            return None  # the act is refused
        year = clock.local_date(asked.at or clock.now()).year
        return await numbers.next_number(
            connection, checked(code), book.form, year, by_shop=book.by_shop
        )

    async with drawn(connection, draw, said) as found:

        def bear(known: Known) -> Decision:
            found.taken = True
            return decide(known, found.number)

        return await perform(connection, actor, code, asked, request, bear)


async def draw_at_desk(
    connection: AsyncConnection, actor: Actor, unit: str, form: str, asked: Asked
) -> Given | None:
    """The next number of a shop's book, for a file that becomes no case; None where there is no
    such shop, which the receipt then says.
    """
    on = clock.local_date(asked.at or clock.now())
    if not may(actor.role, Permission.RECEIVE, EVERY_RELATION):
        return None
    try:
        shop = await unit_by_code(connection, checked(unit), on, simulated=actor.scope.simulated)
    except NotFoundError:
        return None
    return await numbers.next_number_of(connection, shop.id, form, on.year)


@asynccontextmanager
async def drawn(
    connection: AsyncConnection,
    draw: Callable[[], Awaitable[Given | None]],
    said: str | None = None,
) -> AsyncIterator[Drawn]:
    """A number to bear; it goes back to its book where the act was refused, or done before."""
    if said and said.strip():
        yield Drawn(said.strip(), taken=True)
        return
    given = await draw()
    number = form_number(given.form, given.last, given.unit_kind) if given else None
    found = Drawn(number)
    try:
        yield found
    except TthcError:
        with suppress(DBAPIError):  # a transaction that failed has given it back
            await _give_back(connection, given)
        raise
    if not found.taken:
        await _give_back(connection, given)


async def _give_back(connection: AsyncConnection, given: Given | None) -> None:
    if given:
        await numbers.give_back(connection, given)
