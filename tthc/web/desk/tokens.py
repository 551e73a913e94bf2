"""`/khoa-truy-cap`: the tokens of programs, for administrators: shown once, then only listed."""

from collections import defaultdict
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.sessions import Person
from tthc.domain.access import Permission
from tthc.domain.errors import NotFoundError, TthcError
from tthc.service.tokens import SCOPES, give_token, revoke_token, show_tokens
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE
from tthc.web.desk.render import go, render

PATH = "/khoa-truy-cap"
KEEPS = Permission.MANAGE_ACCOUNTS
YEAR = timedelta(days=365)  # as at the command line
Typed = dict[str, str | list[str]]


@get(PATH, guards=[may_do(KEEPS)], media_type=MediaType.HTML, include_in_schema=False)
async def tokens_page(
    visitor: NamedDependency[Visitor], ledger: NamedDependency[AsyncConnection]
) -> str:
    """The tokens that the administrator keeps, and how one is given."""
    return await _page(visitor, ledger, {})


@post(PATH, guards=[may_do(KEEPS)], include_in_schema=False, request_max_body_size=FORM_SIZE)
async def keep_tokens_on_page(
    visitor: NamedDependency[Visitor],
    person: NamedDependency[Person],
    writing: NamedDependency[AsyncConnection],
    data: URLEncodedBody[Typed],
) -> Response[Any]:
    """Give a token, whose secret is on this answer alone, or revoke one."""
    try:
        async with writing.begin_nested():
            if revoked := _said(data, "revoke"):
                await _check_listed(writing, revoked)
                await revoke_token(writing, revoked, by=person.login)
                return go(PATH)
            label, until = _said(data, "label"), _said(data, "until")
            secret = await give_token(
                writing,
                label,
                _scopes(data),
                by=person.login,
                simulated=person.simulated,
                unit=_said(data, "unit") or None,
                expires_at=clock.read_instant(until) if until else clock.now() + YEAR,
            )
    except TthcError as refusal:
        page = await _page(visitor, writing, data, refusal)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return Response(page, media_type=MediaType.HTML, status_code=status)
    page = await _page(visitor, writing, {}, told={"label": label, "secret": secret})
    return Response(page, media_type=MediaType.HTML, status_code=HTTPStatus.CREATED)


async def _page(
    visitor: Visitor,
    connection: AsyncConnection,
    data: Typed,
    refusal: TthcError | None = None,
    told: dict[str, str] | None = None,
) -> str:
    return render(
        "tokens.html",
        visitor=visitor,
        found=await show_tokens(connection),
        scopes=SCOPES,
        typed=defaultdict(str, data),
        told=told,
        now=clock.now().isoformat(),
        refusal=refusal,
    )


async def _check_listed(connection: AsyncConnection, label: str) -> None:
    """Raises NotFoundError for a token beyond the administrator."""
    if not any(each["label"] == label for each in await show_tokens(connection)):
        raise NotFoundError(f"Không có khóa “{label}” đang dùng: hãy xem lại danh sách khóa.")


def _said(data: Typed, name: str) -> str:
    said = data.get(name, "")
    return (said if isinstance(said, str) else said[-1]).strip()


def _scopes(data: Typed) -> list[str]:
    said = data.get("scopes", [])
    return [said] if isinstance(said, str) else said
