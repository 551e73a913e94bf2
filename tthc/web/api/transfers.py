"""Cases passed on and taken over with a control sheet, over HTTP."""

from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.service import transfers
from tthc.service.acts import Asked
from tthc.service.repeats import do_once
from tthc.service.transfers import To
from tthc.web.access import SECURITY, needs
from tthc.web.api.acts import Instant, Name, Text
from tthc.web.api.cases import Key
from tthc.web.api.described import READING, WRITING, shown
from tthc.web.api.examples import BATCH, TAKE_OVER

Codes = Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]],
                  Meta(min_length=1, max_length=500)]  # fmt: skip


class Batch(Struct, forbid_unknown_fields=True, kw_only=True):
    """Cases that go to one place with one control sheet, whose number is `batch`."""

    batch: Name
    codes: Codes
    unit: Name | None = None
    officer: Name | None = None
    note: Text | None = None
    occurred_at: Instant | None = None


class TakeOver(Struct, forbid_unknown_fields=True, kw_only=True):
    """The receiver signs for a control sheet: for all of it, or for the `codes` named."""

    batch: Name
    codes: Codes | None = None
    officer: Name | None = None
    note: Text | None = None
    occurred_at: Instant | None = None


@post("/transfers", status_code=200, guards=[needs("write")], security=SECURITY, responses=WRITING)
async def transfer_cases(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[Batch, shown(batch=BATCH)],
    key: Key = None,
) -> dict[str, Any]:
    """Pass many cases on with one control sheet: all of them, or none where one is refused."""
    cases = await transfers.transfer_cases(
        writing,
        actor,
        data.codes,
        To(data.unit, data.officer),
        Asked(data.occurred_at, None, key),
        batch=data.batch,
        note=data.note,
    )
    return {"batch": data.batch, "cases": cases}


@post(
    "/transfers/acceptance",
    status_code=200,
    guards=[needs("write")],
    security=SECURITY,
    responses=WRITING,
)
async def take_over_cases(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[TakeOver, shown(take_over=TAKE_OVER)],
    key: Key = None,
) -> dict[str, Any]:
    """Sign for a control sheet that was passed on: all of its cases, or none."""

    async def take_over() -> dict[str, Any]:
        cases = await transfers.take_over_cases(
            *(writing, actor, data.batch, Asked(data.occurred_at)),
            codes=data.codes,
            officer=data.officer,
            note=data.note,
        )
        return {"batch": data.batch, "cases": cases}

    return await do_once(writing, actor, key, {"act": "take_over_batch", **asdict(data)}, take_over)


@get("/transfers", guards=[needs("read")], security=SECURITY, responses=READING)
async def read_batch(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    batch: Annotated[str, QueryParameter(max_length=200, description="Số phiếu bàn giao")],
) -> dict[str, Any]:
    """The control sheet of a batch, line by line."""
    return {"batch": batch, "lines": await transfers.show_batch(ledger, actor, batch)}


@get(
    "/cases/{code:str}/control-sheet", guards=[needs("read")], security=SECURITY, responses=READING
)
async def read_control_sheet(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
) -> dict[str, Any]:
    """A case's control sheet (form 06): who passed it on to whom, when, early or late."""
    return {"case_code": code, "lines": await transfers.show_control_sheet(ledger, actor, code)}
