"""Explanations of a unit's figures (giải trình) over HTTP; of a case they are acts on it."""

from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.service import explanations
from tthc.service.repeats import do_once
from tthc.web.access import SECURITY, needs
from tthc.web.api.acts import Name, Text
from tthc.web.api.cases import Key
from tthc.web.api.described import READING, WRITING, shown
from tthc.web.api.examples import EXPLANATION


class Explaining(Struct, forbid_unknown_fields=True):
    """What a unit says of its figures of a period, such as `month:2026-03`."""

    period: Name
    unit: Name
    text: Text


@post(
    "/explanations",
    guards=[needs("write", Permission.EXPLAIN_PERIOD)],
    security=SECURITY,
    responses=WRITING,
)
async def explain_period(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[Explaining, shown(month=EXPLANATION)],
    key: Key = None,
) -> dict[str, Any]:
    """Attach a unit's explanation to its figures of a period; it changes none of them."""
    return await do_once(
        *(writing, actor, key, {"act": "explain_period", **asdict(data)}),
        lambda: explanations.explain_period(
            writing, actor, data.period, unit=data.unit, text=data.text
        ),
    )


@get("/explanations", guards=[needs("read")], security=SECURITY, responses=READING)
async def list_explanations(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    period: Annotated[str, QueryParameter(description="Ví dụ month:2026-03")],
    unit: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
    cursor: Annotated[int, QueryParameter(ge=0, le=2**62)] = 0,
) -> dict[str, Any]:
    """What units said of a period, the first said at the top, with their exact total."""
    return await explanations.show_explanations(
        ledger, actor, period, unit=unit, limit=limit, cursor=cursor
    )
