"""The steps of a case over HTTP: what each may take, who had it, and whether it fell behind."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.service.steps import read_steps
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import READING


@get("/cases/{code:str}/steps", guards=[needs("read")], security=SECURITY, responses=READING)
async def read_steps_of_case(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
) -> dict[str, Any]:
    """Where a case is in its internal workflow; a step that is behind says nothing about the
    case's own due date.
    """
    return await read_steps(ledger, actor, code)
