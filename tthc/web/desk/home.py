"""The first page: Số liệu for those signed in, and for others what this is."""

from typing import Literal

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.service.overview import show_overview
from tthc.web.access import Visitor, visiting
from tthc.web.desk.bar import draw_bar
from tthc.web.desk.render import render

FEW = 20  # units shown before all are asked for


@get("/", guards=[visiting], media_type=MediaType.HTML, include_in_schema=False)
async def home(
    visitor: NamedDependency[Visitor],
    ledger: NamedDependency[AsyncConnection],
    period: FromQuery[str | None] = None,
    units: FromQuery[Literal["all"] | None] = None,
) -> str:
    """Figures of the last night in the person's world, in one of its periods."""
    if visitor.actor is None:
        return render("welcome.html", visitor=visitor)
    overview = await show_overview(ledger, visitor.actor.counted, period)
    return render(
        "home.html",
        visitor=visitor,
        overview=overview,
        world="simulated" if overview.simulated else "real",
        shown=overview.units if units else overview.units[:FEW],
        bar=draw_bar(overview.partition),
    )
