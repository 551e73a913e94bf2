"""Số liệu công khai: a published month as everybody may read it."""

from typing import Literal

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.rules.periods import read_period
from tthc.service.open_figures import list_open, show_open
from tthc.web.access import Visitor, visiting
from tthc.web.desk.render import render

RECENT = 6  # months offered at once


@get("/cong-khai", guards=[visiting], media_type=MediaType.HTML, include_in_schema=False)
async def open_figures_page(
    visitor: NamedDependency[Visitor],
    ledger: NamedDependency[AsyncConnection],
    ky: FromQuery[str | None] = None,
    world: FromQuery[Literal["real", "simulated"]] = "real",
) -> str:
    """The last open month, or the one that is asked for."""
    simulated = world == "simulated"
    periods = await list_open(ledger, simulated=simulated)
    period = read_period(ky) if ky else next(iter(periods), None)
    told = await show_open(ledger, period, simulated=simulated) if period else None
    return render(
        "open_figures.html",
        visitor=visitor,
        simulated=simulated,
        kept={"world": world} if simulated else {},
        period=period,
        recent=periods[:RECENT],
        earlier=periods[RECENT:],
        told=told,
        elsewhere=not simulated and bool(await list_open(ledger, simulated=True)),
    )
