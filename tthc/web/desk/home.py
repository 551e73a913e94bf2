"""The first page: Số liệu."""

from typing import Literal

from litestar import MediaType, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Scope
from tthc.service.overview import choose_world, show_overview
from tthc.web.desk.bar import draw_bar
from tthc.web.desk.render import render

FEW = 20  # units shown before all are asked for


@get("/", media_type=MediaType.HTML, include_in_schema=False)
async def home(
    state: State,
    ledger: NamedDependency[AsyncConnection],
    period: FromQuery[str | None] = None,
    world: FromQuery[Literal["real", "simulated"] | None] = None,
    units: FromQuery[Literal["all"] | None] = None,
) -> str:
    """Figures of the last night, in one of its periods."""
    simulated = world == "simulated" if world else await choose_world(ledger)
    overview = await show_overview(ledger, Scope(simulated), period)
    return render(
        "home.html",
        overview=overview,
        world="simulated" if simulated else "real",
        shown=overview.units if units else overview.units[:FEW],
        bar=draw_bar(overview.partition),
        open_door=not state.settings.only_this_machine,
    )
