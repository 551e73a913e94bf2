"""`/so-lieu/ho-so`: the very cases behind a number, by the predicate that counted them."""

from typing import Any

from litestar import MediaType, Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.narrowing import Narrowing
from tthc.domain.access import Actor
from tthc.domain.errors import InputError
from tthc.rules.definitions import Definition, definition
from tthc.rules.periods import read_period
from tthc.service.listing import PAGE, Ask, open_list
from tthc.web.access import Visitor, signed_in
from tthc.web.desk.case_file import Kind, send_list
from tthc.web.desk.overdue import read_given
from tthc.web.desk.render import render

PATH = "/so-lieu/ho-so"
NARROWED = ("level", "sector", "procedure", "officer", "channel", "cause")
KEPT = (
    "where",
    "unit",
    "own",
    "standing",
    "period",
    *NARROWED,
    "state",
    "sort",
    "as_of",
    "known_at",
)
DIGITS = 9
OF_DEFINITIONS = ("counted", "missed", "population")
Asking = Request[Any, Any, Any]


@get(PATH, guards=[signed_in], media_type=MediaType.HTML, include_in_schema=False)
async def behind_page(
    request: Asking, visitor: NamedDependency[Visitor], ledger: NamedDependency[AsyncConnection]
) -> str:
    """The cases of a number, with what it means."""
    assert visitor.actor is not None  # the guard let somebody in
    given = read_given(request.query_params, (*KEPT, "cursor"))
    ask = read_ask(given)
    listing = await open_list(ledger, visitor.actor, ask)
    cut = {
        "as_of": listing.knowledge.as_of.isoformat(),
        "known_at": listing.knowledge.known_at.isoformat(),
    }
    kept = {name: given[name] for name in KEPT if name in given} | cut
    return render(
        "behind.html",
        visitor=visitor,
        listing=listing,
        definitions=list(_definitions(ask.where)),
        period=ask.period,
        kept=kept,
        narrowed={name: given[name] for name in ("unit", *NARROWED) if name in given},
        started="cursor" in given,
        api={**{name: value for name, value in kept.items() if name != "sort"}, "limit": PAGE},
    )


@get(f"{PATH}/tep", guards=[signed_in], include_in_schema=False)
async def behind_file(
    request: Asking,
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    kind: FromQuery[Kind] = "xlsx",
) -> Stream:
    """The same cases as a file."""
    ask = read_ask(read_given(request.query_params, KEPT))
    return await send_list(request, ledger, actor, ask, kind, "ho-so")


def read_ask(given: dict[str, str]) -> Ask:
    """What a number's link asks. Raises InputError."""
    if "where" not in given:
        raise InputError("Thiếu điều kiện của danh sách: hãy mở từ một con số trên trang số liệu.")
    values: dict[str, Any] = {name: given.get(name) for name in NARROWED}
    return Ask(
        where=given["where"],
        unit=given.get("unit"),
        own=given.get("own") == "true",
        standing=given.get("standing"),
        period=read_period(given["period"]) if "period" in given else None,
        narrowing=Narrowing(**values, state=_number(given, "state")),
        sort=given.get("sort", "due"),
        cursor=given.get("cursor"),
        as_of=clock.read_instant(given["as_of"]) if "as_of" in given else None,
        known_at=clock.read_instant(given["known_at"]) if "known_at" in given else None,
    )


def _number(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise InputError("Địa chỉ này có số không đọc được: hãy mở lại từ trang số liệu.")
    return int(text)


def _definitions(where: str) -> list[Definition]:
    """The definitions whose cases a list holds."""
    named = [each.strip().partition(":") for each in where.split(",")]
    return [definition(of) for kind, _, of in named if kind in OF_DEFINITIONS and of]
