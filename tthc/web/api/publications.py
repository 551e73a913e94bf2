"""Publications of periods: what was frozen, and publishing one."""

from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.rules.periods import read_period
from tthc.service.publishing import list_publications, publish_period, show_publication
from tthc.service.repeats import do_once
from tthc.service.restatements import show_restatements
from tthc.web.access import SECURITY, needs
from tthc.web.api.cases import Key
from tthc.web.api.described import FIGURES, WRITING, shown


class Publishing(Struct, forbid_unknown_fields=True):
    """A period that is over; a reason where it was published before."""

    period: Annotated[str, Meta(min_length=1, max_length=50)]
    reason: Annotated[str, Meta(min_length=1, max_length=2000)] | None = None


@get("/publications", guards=[needs("figures")], security=SECURITY, responses=FIGURES)
async def read_publications(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
) -> dict[str, Any]:
    """Every published version, the latest period first."""
    return await list_publications(ledger, actor.scope)


@get("/publications/{period:str}", guards=[needs("figures")], security=SECURITY, responses=FIGURES)
async def read_publication(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    period: FromPath[str],
) -> dict[str, Any]:
    """The last published version of a period, with its digest and the forms' identities."""
    return await show_publication(ledger, read_period(period), simulated=actor.scope.simulated)


@get(
    "/publications/{period:str}/restatements",
    guards=[needs("read")],
    security=SECURITY,
    responses=FIGURES,
)
async def read_restatements(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    period: FromPath[str],
) -> dict[str, Any]:
    """What is known of a published period since, case by case; for who sees all units."""
    return await show_restatements(ledger, actor.scope, read_period(period))


@post("/publications", guards=[needs("write")], security=SECURITY, responses=WRITING)
async def publish(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[Publishing, shown(month={"period": "month:2026-03"})],
    key: Key = None,
) -> dict[str, Any]:
    """Freeze the figures of a period that is over; nothing changes them afterwards."""
    return await do_once(
        *(writing, actor, key, {"act": "publish", **asdict(data)}),
        lambda: publish_period(writing, actor, read_period(data.period), data.reason),
    )
