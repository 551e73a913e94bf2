"""`/cong-bo`: a period looked at, checked, published, and what changed since, case by case."""

import asyncio
from typing import Annotated, Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.units import sees_whole_world
from tthc.domain.access import Actor, Permission, may
from tthc.domain.errors import TthcError
from tthc.reports.record import print_record
from tthc.rules.periods import read_period
from tthc.service.publication_preview import offered_periods, preview_publication
from tthc.service.published_record import prepare_record, published_figures
from tthc.service.publishing import (
    describe_publication,
    find_publication,
    find_version,
    list_publications,
    publish_period,
)
from tthc.service.restatements import show_restatements
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE
from tthc.web.desk.render import go, render

PATH = "/cong-bo"
TOLD = 100  # cases of each difference
Version = Annotated[int | None, QueryParameter(ge=1, le=1_000_000)]


@get(
    PATH,
    guards=[may_do(Permission.READ_FIGURES)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def publications_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
) -> str:
    """What was published, and the way to publish more."""
    listed = (await list_publications(ledger, actor.scope))["publications"]
    return render(
        "publications.html",
        visitor=visitor,
        listed=[each | {"of": read_period(each["period"])} for each in listed],
        may_publish=may(actor.role, Permission.PUBLISH),
        offered=offered_periods(),
        chosen="",
        refusal=None,
        preview=None,
        reason="",
    )


@get(
    f"{PATH}/xem-truoc",
    guards=[may_do(Permission.PUBLISH)],
    include_in_schema=False,
)
async def preview_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    writing: NamedDependency[AsyncConnection],
    period: FromQuery[str],
) -> Response[str]:
    """What publishing would freeze, with its checks; nothing is kept."""
    return await _look(visitor, actor, writing, period)


@post(
    PATH,
    guards=[may_do(Permission.PUBLISH)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def publish_period_on_page(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    writing: NamedDependency[AsyncConnection],
) -> Response[Any]:
    """Publish a period that was looked at."""
    form = await request.form()
    period, reason = (str(form.get(name, "")).strip()[:2000] for name in ("period", "reason"))
    try:
        async with writing.begin_nested():
            await publish_period(writing, actor, read_period(period), reason or None)
    except TthcError as refusal:
        return await _look(visitor, actor, writing, period, str(refusal), reason)
    return go(f"{PATH}/{period}")


@get(
    f"{PATH}/{{period:str}}",
    guards=[may_do(Permission.READ_FIGURES)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def publication_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    period: FromPath[str],
    version: Version = None,
) -> str:
    """A version as it was published; for who sees all units also what changed and why."""
    chosen = read_period(period)
    kept = await find_version(ledger, chosen, version, simulated=actor.scope.simulated)
    versions = await find_publication(ledger, chosen, simulated=actor.scope.simulated)
    whole = await sees_whole_world(actor.scope, ledger)
    return render(
        "publication.html",
        visitor=visitor,
        period=chosen,
        kept=describe_publication(kept),
        versions=[describe_publication(each) for each in versions],
        figures=await published_figures(ledger, actor.scope, kept, chosen),
        cut={
            "period": chosen.name,
            "as_of": kept.as_of.isoformat(),
            "known_at": kept.known_at.isoformat(),
        },
        whole=whole,
        since=await show_restatements(ledger, actor.scope, chosen, TOLD) if whole else None,
    )


@get(
    f"{PATH}/{{period:str}}/bien-ban",
    guards=[may_do(Permission.READ_FIGURES)],
    include_in_schema=False,
)
async def publication_record(
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    period: FromPath[str],
    version: Version = None,
) -> Response[bytes]:
    """Biên bản xác nhận số liệu, to be printed and signed."""
    document = await prepare_record(ledger, actor, read_period(period), version)
    content = await asyncio.to_thread(print_record, document)
    name = f"bien-ban-{period.replace(':', '-')}-lan-{document['version']}.pdf"
    headers = {"content-disposition": f'inline; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


async def _look(
    visitor: Visitor,
    actor: Actor,
    connection: AsyncConnection,
    period: str,
    refusal: str | None = None,
    reason: str = "",
) -> Response[str]:
    """The list with a preview; where there is none, the sentence that says why."""
    preview = None
    if refusal is None:
        try:
            chosen = read_period(period)
            preview = await preview_publication(connection, actor, chosen) | {"of": chosen}
        except TthcError as refused:
            refusal = str(refused)
    listed = (await list_publications(connection, actor.scope))["publications"]
    page = render(
        "publications.html",
        visitor=visitor,
        listed=[each | {"of": read_period(each["period"])} for each in listed],
        may_publish=True,
        offered=offered_periods(),
        chosen=period,
        refusal=refusal,
        preview=preview,
        reason=reason,
    )
    return Response(page, media_type=MediaType.HTML, status_code=422 if refusal else 200)
