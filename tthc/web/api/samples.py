"""Inspection draws over HTTP: for people of some roles alone, each draw traced with its seed."""

import asyncio
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from tthc import clock
from tthc.domain.access import Actor, Permission
from tthc.reports.call_sheet import call_pdf, call_workbook
from tthc.rules.periods import read_period
from tthc.service.sampling import USUAL, WHERE, Draw, draw_sample
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import FIGURES
from tthc.web.api.forms import PDF, XLSX, send_file
from tthc.web.deps import Asking, begin_for


@get(
    "/samples",
    guards=[needs("read", Permission.DRAW_SAMPLE)],
    security=SECURITY,
    responses=FIGURES,
)
async def get_sample(
    state: State,
    request: Asking,
    actor: NamedDependency[Actor],
    period: FromQuery[str],
    size: FromQuery[int] = USUAL,
    where: FromQuery[str] = WHERE,
    unit: FromQuery[str | None] = None,
    seed: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    known_at: FromQuery[str | None] = None,
    file: Annotated[Literal["json", "xlsx", "pdf"], QueryParameter(name="format")] = "json",
) -> Response[Any]:
    """Cases drawn at random by unit and sector, with whom to call. The same seed and cut-offs draw
    the same cases; without a seed one is made, told and traced.
    """
    draw = Draw(
        *(read_period(period), size, where, unit or None, seed or None),
        as_of=clock.read_instant(as_of) if as_of else None,
        known_at=clock.read_instant(known_at) if known_at else None,
    )
    async with begin_for(state, request)() as writing:
        document = await draw_sample(writing, actor, draw)
    if file == "json":
        return Response(document)
    write, kind = (call_pdf, PDF) if file == "pdf" else (call_workbook, XLSX)
    content = await asyncio.to_thread(write, document)
    return send_file(content, kind, f"phieu-goi-{draw.period.start}.{file}", "attachment")
