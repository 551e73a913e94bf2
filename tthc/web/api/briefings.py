"""The weekly briefing over HTTP."""

import asyncio
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Permission, check
from tthc.reports.briefing import briefing_docx, briefing_pdf
from tthc.rules.periods import read_period
from tthc.service.briefing import prepare_briefing
from tthc.service.figures import Question
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import FIGURES
from tthc.web.api.forms import PDF, send_file

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@get("/briefing", guards=[needs("figures")], security=SECURITY, responses=FIGURES)
async def get_briefing(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    period: FromQuery[str],
    unit: FromQuery[str],
    as_of: FromQuery[str | None] = None,
    known_at: FromQuery[str | None] = None,
    file: Annotated[Literal["json", "docx", "pdf"], QueryParameter(name="format")] = "json",
) -> Response[Any]:
    """A unit's briefing of a period, a page of prose: each number has a note with its definition
    and digest; `format=docx` or `pdf` is the page itself.
    """
    check(actor, Permission.COUNT_CASES)
    question = Question(
        scope=actor.scope,
        unit=unit,
        as_of=clock.read_instant(as_of) if as_of else None,
        known_at=clock.read_instant(known_at) if known_at else None,
    )
    document = await prepare_briefing(ledger, actor, read_period(period), question)
    if file == "json":
        return Response(document)
    write, kind = (briefing_pdf, PDF) if file == "pdf" else (briefing_docx, DOCX)
    content = await asyncio.to_thread(write, document)
    return send_file(content, kind, f"giao-ban-{unit}-{period}.{file}", "attachment")
