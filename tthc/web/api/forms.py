"""Forms over HTTP: those of a case, the register, the slips of a hand-over and of a shift.

They print persons in full, so they are for those who handle cases, and leave a trace that is kept
before anything is printed.
"""

import asyncio
import re
from datetime import date
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.reports.forms import print_form, register_workbook
from tthc.service.forms import prepare_form
from tthc.service.handovers import prepare_handover, prepare_shift
from tthc.service.register import Stretch, prepare_register
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import READING, refusals
from tthc.web.deps import Asking, begin_for

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Paper = Literal["a4", "a5"]
Answers = dict[int, ResponseSpec]
PRINTING: Answers = (
    READING
    | refusals(422)
    | {200: ResponseSpec(bytes, description="Tệp in", media_type=PDF, generate_examples=False)}
)


@get(
    "/cases/{code:str}/forms/{number:str}",
    guards=[needs("write")],
    security=SECURITY,
    responses=PRINTING,
)
async def print_case_form(
    state: State,
    request: Asking,
    actor: NamedDependency[Actor],
    code: FromPath[str],
    number: FromPath[str],
    paper: FromQuery[Paper | None] = None,
    letter: Annotated[int | None, QueryParameter(ge=1, le=2**62)] = None,
) -> Response[bytes]:
    """Form 01 to 06 of a case as PDF/A; `letter` chooses among several of form 04.

    422, with the reason, where the form does not apply to the case.
    """
    async with begin_for(state, request)() as writing:
        document = await prepare_form(writing, actor, code, number, paper=paper, letter_id=letter)
    return await _pdf(document, f"{number}-{code}")


@get("/register", guards=[needs("write")], security=SECURITY, responses=PRINTING)
async def print_register(
    state: State,
    request: Asking,
    actor: NamedDependency[Actor],
    unit: FromQuery[str],
    start: Annotated[date, QueryParameter(name="from", description="Ngày đầu")],
    end: Annotated[date, QueryParameter(name="to", description="Ngày sau ngày cuối")],
    file: Annotated[Literal["pdf", "xlsx"], QueryParameter(name="format")] = "pdf",
) -> Response[bytes]:
    """Form 07, the register of what a unit received in [from, to), as PDF/A or XLSX."""
    async with begin_for(state, request)() as writing:
        document = await prepare_register(writing, actor, unit, Stretch(start, end), kind=file)
    if file == "pdf":
        return await _pdf(document, f"07-{unit}-{start}")
    content = await asyncio.to_thread(register_workbook, document)
    return send_file(content, XLSX, f"07-{unit}-{start}.xlsx", "attachment")


@get("/handovers/{batch:str}", guards=[needs("write")], security=SECURITY, responses=PRINTING)
async def print_handover(
    state: State,
    request: Asking,
    actor: NamedDependency[Actor],
    batch: FromPath[str],
) -> Response[bytes]:
    """The slip of the files that were passed on together, to be signed by both."""
    async with begin_for(state, request)() as writing:
        document = await prepare_handover(writing, actor, batch)
    return await _pdf(document, f"ban-giao-{batch}")


@get("/shift", guards=[needs("read")], security=SECURITY, responses=PRINTING)
async def print_shift(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    unit: FromQuery[str],
    on: FromQuery[date | None] = None,
) -> Response[bytes]:
    """Whoever asks: what they did on a day, and what their unit has left over."""
    return await _pdf(await prepare_shift(ledger, actor, unit, on), f"ban-giao-ca-{unit}")


async def _pdf(document: dict[str, Any], name: str) -> Response[bytes]:
    content = await asyncio.to_thread(print_form, document)
    return send_file(content, PDF, f"{name}.pdf", "inline")


def send_file(content: bytes, kind: str, name: str, place: str) -> Response[bytes]:
    """A file that nobody keeps; `place` is inline or attachment."""
    safe = re.sub(r"[^A-Za-z0-9.@_-]", "_", name)
    headers = {"content-disposition": f'{place}; filename="{safe}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
