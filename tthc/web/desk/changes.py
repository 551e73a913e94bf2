"""`/so-lieu/thay-doi`: what moved a period's figures since a night or its publishing."""

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Permission
from tthc.rules.periods import read_period
from tthc.service.changes import PUBLISHED, read_since, show_changes
from tthc.web.access import Visitor, may_do
from tthc.web.desk.render import render

PATH = "/so-lieu/thay-doi"
SHOWN = 200  # cases told; more are counted


@get(
    PATH,
    guards=[may_do(Permission.READ_CASES)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def changes_page(
    visitor: NamedDependency[Visitor],
    ledger: NamedDependency[AsyncConnection],
    period: FromQuery[str],
    since: FromQuery[str | None] = None,
) -> str:
    """By how much each figure moved, where, and which cases did it."""
    assert visitor.actor is not None  # the guard let somebody in
    asked = read_period(period)
    at = read_since(since)
    changes = await show_changes(ledger, visitor.actor.scope, asked, since=at, limit=SHOWN)
    return render(
        "changes.html",
        visitor=visitor,
        period=asked,
        changes=changes,
        since=since,
        published=at == PUBLISHED,
    )
