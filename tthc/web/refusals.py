"""Requests that were refused to somebody known: kept as traces.

What they asked for is told by the pattern of its address, never by the address itself, where
people may have written anything.
"""

from http import HTTPStatus
from typing import Any

from litestar import Request
from litestar.types import Scope

from tthc.db.traces import leave_trace
from tthc.domain.access import Actor
from tthc.domain.errors import NotFoundError
from tthc.domain.traces import Trace
from tthc.web.access import ACTOR, MustChangeError
from tthc.web.problems import read_error


async def trace_refusal(error: Exception, scope: Scope) -> None:
    """Keep who was refused what: for want of a right, or as the thing is beyond their scope."""
    request: Request[Any, Any, Any] = Request(scope)
    actor: Actor | None = scope["state"].get(ACTOR)
    status = read_error(error).status
    forbidden = status == HTTPStatus.FORBIDDEN and not isinstance(error, MustChangeError)
    unseen = status == HTTPStatus.NOT_FOUND and isinstance(error, NotFoundError)
    if actor is None or not (forbidden or unseen):
        return
    call = f"{request.method} {scope.get('path_template', '')}"
    named = request.path_params.get("code")
    code = named if isinstance(named, str) and "\0" not in named else None
    trace = Trace(
        *(actor.name, "refused", actor.scope.simulated),
        {"call": call, "answer": int(status)},
        code=code,
    )
    async with request.app.state.engine.begin() as connection:
        await leave_trace(connection, trace)
