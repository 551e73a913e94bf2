"""Numbers of forms, drawn from the issuing unit's own book: none left out, none given twice."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import numbers
from tthc.db.catalogue import unit_by_code
from tthc.db.json_values import checked
from tthc.domain.access import EVERY_RELATION, Actor, Permission, may
from tthc.domain.case import Decision
from tthc.domain.errors import NotFoundError
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

    async def draw() -> str | None:
        if not may(actor.role, Permission(request["act"]), EVERY_RELATION):
            return None  # the act is refused
        year = clock.local_date(asked.at or clock.now()).year
        given = await numbers.next_number(
            connection, checked(code), book.form, year, by_shop=book.by_shop
        )
        return form_number(book.form, *given) if given else None

    async with drawn(connection, draw, said) as found:

        def bear(known: Known) -> Decision:
            found.taken = True
            return decide(known, found.number)

        return await perform(connection, actor, code, asked, request, bear)


async def draw_at_desk(
    connection: AsyncConnection, actor: Actor, unit: str, form: str, asked: Asked
) -> str | None:
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
    return form_number(form, *await numbers.next_number_of(connection, shop.id, form, on.year))


@asynccontextmanager
async def drawn(
    connection: AsyncConnection, draw: Callable[[], Any], said: str | None = None
) -> AsyncIterator[Drawn]:
    """A number to bear; it goes back to its book where the act was refused, or done before."""
    if said and said.strip():
        yield Drawn(said.strip(), taken=True)
        return
    reserving = await connection.begin_nested()
    try:
        found = Drawn(await draw())
        yield found
    except BaseException:
        if reserving.is_active:
            await reserving.rollback()
        raise
    await (reserving.commit() if found.taken else reserving.rollback())
