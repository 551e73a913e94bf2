"""Reports in official layouts over HTTP."""

import asyncio
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Permission, check
from tthc.reports.periodic import report_workbook
from tthc.rules.periods import read_period
from tthc.service.figures import Question
from tthc.service.reports import Order, prepare_report
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import FIGURES
from tthc.web.api.forms import XLSX


@get("/reports/{layout:str}", guards=[needs("figures")], security=SECURITY, responses=FIGURES)
async def get_report(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    layout: FromPath[str],
    period: FromQuery[str],
    unit: FromQuery[str | None] = None,
    by: FromQuery[Literal["unit", "sector"]] = "unit",
    mapping: FromQuery[str | None] = None,
    as_of: FromQuery[str | None] = None,
    known_at: FromQuery[str | None] = None,
    file: Annotated[Literal["json", "xlsx"], QueryParameter(name="format")] = "json",
) -> Response[Any]:
    """A report of a period: ii-06a, ii-07, letters, weekly or qd-766; figures open by `cases_url`.

    `format=xlsx` is the form as it is handed in; `mapping` another province's way to fill it.
    """
    check(actor, Permission.COUNT_CASES)
    question = Question(
        scope=actor.scope,
        unit=unit,
        as_of=clock.read_instant(as_of) if as_of else None,
        known_at=clock.read_instant(known_at) if known_at else None,
    )
    order = Order(layout, read_period(period), by, mapping)
    document = await prepare_report(ledger, order, question)
    if file == "json":
        return Response(document)
    content = await asyncio.to_thread(report_workbook, document)
    name = f"{document['layout']}-{order.period.start}.xlsx"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)
