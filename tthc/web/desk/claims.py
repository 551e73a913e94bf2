"""`/goi-tin-cho`: what senders' messages could not be placed, and letting it pass."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter, URLEncodedBody
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.errors import ForbiddenError, NotFoundError, TthcError
from tthc.intake.portal.taking import release, show_waiting
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE
from tthc.web.desk.render import render

PATH = "/goi-tin-cho"
MOST = 50  # claims of a page
NOBODY_SAW = {"total": 0, "items": [], "next_cursor": None}
After = Annotated[int, QueryParameter(ge=0, le=2**62)]


@get(
    PATH,
    guards=[may_do(Permission.RELEASE_CLAIMS)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def claims_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    after: After = 0,
) -> str:
    """What waits, each with its reason; who may not look is told who may."""
    return await _page(visitor, actor, ledger, after=after)


@post(
    PATH,
    guards=[may_do(Permission.RELEASE_CLAIMS)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def release_on_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    writing: NamedDependency[AsyncConnection],
    data: URLEncodedBody[dict[str, str]],
) -> Response[str]:
    """Let one pass, and tell what became of it."""
    told, refusal, status = None, None, HTTPStatus.OK
    try:
        async with writing.begin_nested():
            told = await release(writing, actor, _number(data.get("number", "")))
    except TthcError as refused:
        refusal, status = refused, HTTPStatus.UNPROCESSABLE_ENTITY
    page = await _page(visitor, actor, writing, told=told, refusal=refusal)
    return Response(page, media_type=MediaType.HTML, status_code=status)


async def _page(
    visitor: Visitor,
    actor: Actor,
    connection: AsyncConnection,
    *,
    after: int = 0,
    told: dict[str, Any] | None = None,
    refusal: TthcError | None = None,
) -> str:
    try:
        waiting = await show_waiting(connection, actor, after=after, limit=MOST)
    except ForbiddenError as forbidden:
        waiting, refusal = NOBODY_SAW, forbidden
    return render("claims.html", visitor=visitor, waiting=waiting, told=told, refusal=refusal)


def _number(said: str) -> int:
    """Raises NotFoundError where it is no number of a claim."""
    if said.isascii() and said.isdecimal() and int(said[:20]) <= 2**62:
        return int(said[:20])
    raise NotFoundError("Không có gói tin ấy đang chờ: hãy xem lại danh sách.")
