"""Nhật ký: the traces, for whoever audits."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.domain.errors import InputError
from tthc.domain.traces import TRACES
from tthc.service.traces import Filter, name_details, show_traces
from tthc.web.access import Visitor, signed_in
from tthc.web.desk.render import render

PAGE = 100  # rows


@get("/nhat-ky", guards=[signed_in], media_type=MediaType.HTML, include_in_schema=False)
async def traces_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    kind: FromQuery[str] = "",
    who: FromQuery[str] = "",
    case: FromQuery[str] = "",
    start: Annotated[str, QueryParameter(name="from")] = "",
    end: Annotated[str, QueryParameter(name="to")] = "",
    cursor: Annotated[int | None, QueryParameter(ge=1, le=2**62)] = None,
) -> str:
    """What was kept, filtered by a plain form, the newest first."""
    given = {"kind": kind, "who": who.strip(), "case": case.strip(), "from": start, "to": end}
    told = {name: value for name, value in given.items() if value}
    asked = Filter(*(told.get("kind"), told.get("who"), told.get("case")), _day(start), _day(end))
    found = await show_traces(ledger, actor, asked, limit=PAGE, cursor=cursor)
    return render(
        "traces.html",
        visitor=visitor,
        found=found,
        given=given,
        kinds=TRACES,
        name_details=name_details,
        query=urlencode(told),
    )


def _day(text: str) -> date | None:
    """A day of the form; the browser's own field sends it in ISO 8601."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError("Ngày chưa đúng: hãy viết như 2026-03-05.") from None
