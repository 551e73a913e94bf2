"""Traces over HTTP, for the auditor: who signed in, was refused, read a person, changed what."""

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor
from tthc.reports.traces import traces_csv, traces_workbook
from tthc.service.traces import HEADINGS, Filter, gather_traces, show_traces
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import READING, refusals
from tthc.web.api.forms import XLSX
from tthc.web.deps import Asking, begin_for

From = Annotated[date | None, QueryParameter(name="from", description="Ngày đầu")]
To = Annotated[date | None, QueryParameter(name="to", description="Ngày cuối")]


@get("/traces", guards=[needs("read")], security=SECURITY, responses=READING)
async def list_traces(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    kind: FromQuery[str | None] = None,
    who: FromQuery[str | None] = None,
    case: FromQuery[str | None] = None,
    start: From = None,
    end: To = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 100,
    cursor: Annotated[int | None, QueryParameter(ge=1, le=2**62)] = None,
) -> dict[str, Any]:
    """What was kept, the newest first; the next page begins after `next_cursor`."""
    asked = Filter(kind, who, case, start, end)
    return await show_traces(ledger, actor, asked, limit=limit, cursor=cursor)


@get("/traces/export", guards=[needs("read")], security=SECURITY, responses=READING | refusals(422))
async def export_traces(
    state: State,
    request: Asking,
    actor: NamedDependency[Actor],
    kind: FromQuery[str | None] = None,
    who: FromQuery[str | None] = None,
    case: FromQuery[str | None] = None,
    start: From = None,
    end: To = None,
    file: Annotated[Literal["csv", "xlsx"], QueryParameter(name="format")] = "csv",
) -> Response[bytes]:
    """The same as CSV or XLSX; the export is kept as a trace, too."""
    asked = Filter(kind, who, case, start, end)
    async with begin_for(state, request)() as writing:
        rows = await gather_traces(writing, actor, asked, kind=file)
    made_at = clock.now()
    if file == "csv":
        content, media = await asyncio.to_thread(traces_csv, HEADINGS, rows), "text/csv"
    else:
        content = await asyncio.to_thread(traces_workbook, HEADINGS, rows, made_at)
        media = XLSX
    name = f"nhat-ky-{clock.local_date(made_at)}.{file}"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=media, headers=headers)
