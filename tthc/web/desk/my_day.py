"""Bàn làm việc: the first page of those who handle cases."""

from litestar import MediaType, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.portal import count_waiting
from tthc.domain.access import Actor, Permission, Role, may
from tthc.service.my_day import READY, Day, show_day
from tthc.web.access import Visitor, may_do
from tthc.web.desk.render import render


@get(
    "/ban-lam-viec",
    guards=[may_do(Permission.NOTE)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def my_day_page(
    ledger: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    xem: FromQuery[str | None] = None,
) -> str:
    """What waits, the most shameful first, and one list by the nearest limit."""
    return await _page(ledger, visitor, actor, await show_day(ledger, actor, xem))


@post(
    "/ban-lam-viec",
    guards=[may_do(Permission.NOTE)],
    media_type=MediaType.HTML,
    status_code=200,
    include_in_schema=False,
)
async def persons_to_call(
    writing: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
) -> str:
    """The results that wait for their citizens, with names and phones in full."""
    return await _page(writing, visitor, actor, await show_day(writing, actor, READY, to_call=True))


async def _page(connection: AsyncConnection, visitor: Visitor, actor: Actor, day: Day) -> str:
    claims = 0
    if may(actor.role, Permission.RELEASE_CLAIMS):  # none is there for whoever may not see them
        claims = await count_waiting(connection, simulated=actor.scope.simulated)
    at_counter = actor.role is Role.CLERK
    return render("my_day.html", visitor=visitor, day=day, at_counter=at_counter, claims=claims)
