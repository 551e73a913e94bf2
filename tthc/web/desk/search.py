"""Tìm hồ sơ: by code, also scanned, or by whose it is. What was typed stays out of the address."""

from http import HTTPStatus
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.errors import InputError
from tthc.service.search import Found, search_cases
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE
from tthc.web.desk.render import case_url, go, render

PATH = "/tim"


class Sought(Struct, forbid_unknown_fields=True):
    """What was typed or scanned into the box."""

    form_key: str = ""
    q: str = ""


@get(PATH, guards=[may_do(Permission.READ_CASES)], include_in_schema=False)
async def search_page(visitor: NamedDependency[Visitor]) -> Response[Any]:
    """Nothing asked yet."""
    return _page(visitor, "", None)


@post(
    PATH,
    guards=[may_do(Permission.READ_CASES)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def search(
    writing: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    data: URLEncodedBody[Sought],
) -> Response[Any]:
    """Straight to the case of a code, or the cases of those who are called so."""
    if not data.q.strip():
        return _page(visitor, "", None)
    try:
        found = await search_cases(writing, actor, data.q)
    except InputError as refusal:
        return _page(visitor, data.q, None, str(refusal))
    if found.code is not None:
        return go(case_url(found.code))
    return _page(visitor, data.q, found)


def _page(
    visitor: Visitor, sought: str, found: Found | None, refusal: str | None = None
) -> Response[str]:
    text = render("search.html", visitor=visitor, sought=sought, found=found, refusal=refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refusal else HTTPStatus.OK
    return Response(text, media_type=MediaType.HTML, status_code=status)
