"""`/qua-han`: what is overdue and who has it; every filter is in the address."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from litestar import MediaType, Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import EVERY_RELATION, Actor, Permission, may
from tthc.service.listing import PAGE, Ask
from tthc.service.overdue import CODED, OVERDUE, TABS, TYPED, choices, read_ask, show_overdue
from tthc.web.access import Visitor, signed_in
from tthc.web.desk.case_file import Kind, send_list
from tthc.web.desk.render import render

PATH = "/qua-han"
FILTERS = (*TYPED, *CODED)
KEPT = (*FILTERS, "sort", "as_of", "known_at")
Asking = Request[Any, Any, Any]


@get(PATH, guards=[signed_in], media_type=MediaType.HTML, include_in_schema=False)
async def overdue_page(
    request: Asking,
    visitor: NamedDependency[Visitor],
    ledger: NamedDependency[AsyncConnection],
    tab: FromQuery[str] = OVERDUE,
) -> str:
    """The cases under a tab, the oldest due date first."""
    assert visitor.actor is not None  # the guard let somebody in
    given = read_given(request.query_params, (*KEPT, "cursor"))
    ask = read_ask(tab, given)
    found = await show_overdue(ledger, visitor.actor, tab, ask)
    knowledge = found.listing.knowledge
    cut = {"as_of": knowledge.as_of.isoformat(), "known_at": knowledge.known_at.isoformat()}
    filters = {name: value for name, value in given.items() if name in FILTERS}
    return render(
        "overdue.html",
        visitor=visitor,
        tab=tab,
        tabs=TABS,
        found=found,
        listing=found.listing,
        filters=filters,
        sort=given.get("sort", "due"),
        kept={"tab": tab, **filters, "sort": given.get("sort", "")} | cut,
        choices=choices(),
        started="cursor" in given,
        api={**read_api(ask), **cut},
        may_draft=may(visitor.actor.role, Permission.DRAFT_LETTER, EVERY_RELATION),
    )


@get(f"{PATH}/tep", guards=[signed_in], include_in_schema=False)
async def overdue_file(
    request: Asking,
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    kind: FromQuery[Kind] = "xlsx",
    tab: FromQuery[str] = OVERDUE,
) -> Stream:
    """The whole list under a tab, as a file."""
    ask = read_ask(tab, read_given(request.query_params, KEPT))
    return await send_list(request, ledger, actor, ask, kind, "ho-so-qua-han")


def read_api(ask: Ask) -> dict[str, Any]:
    """What the API is asked for the same list."""
    narrowed = {each.name: getattr(ask.narrowing, each.name) for each in fields(ask.narrowing)}
    said = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in narrowed.items()
    }
    return {"where": ask.where, "unit": ask.unit, "limit": PAGE} | said


def read_given(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """What an address says of these names; what is empty says nothing."""
    return {name: str(given[name]).strip() for name in names if str(given.get(name, "")).strip()}
