"""Tra cứu: a citizen and one case. Code and secret travel in the body, never in an address."""

import secrets
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import URLEncodedBody
from msgspec import Struct

from tthc.domain.errors import SignInError, TooManyError
from tthc.service.look_up import look_up
from tthc.web.access import Visitor, own_form
from tthc.web.cookies import FORM, Jar, form_key
from tthc.web.desk.render import render
from tthc.web.desk.sign_in import SMALL

STATUS = {
    SignInError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
}


class LookUp(Struct, forbid_unknown_fields=True):
    form_key: str
    code: str
    digits: str


@get("/tra-cuu", include_in_schema=False)
async def look_up_page(request: Request[Any, Any, Any]) -> Response[str]:
    """The form, for everybody."""
    return _page(request)


@post("/tra-cuu", guards=[own_form], include_in_schema=False, request_max_body_size=SMALL)
async def look_up_case(
    request: Request[Any, Any, Any], state: State, data: URLEncodedBody[LookUp]
) -> Response[str]:
    """State and dates of the case; one refusal for whatever is wrong."""
    address = request.client.host if request.client else ""
    try:
        found = await look_up(state.engine, data.code, data.digits, address)
    except (SignInError, TooManyError) as refusal:
        return _page(request, code=data.code, refusal=str(refusal), status=STATUS[type(refusal)])
    return _page(request, found=found)


def _page(
    request: Request[Any, Any, Any],
    *,
    found: dict[str, Any] | None = None,
    code: str = "",
    refusal: str | None = None,
    status: int = HTTPStatus.OK,
) -> Response[str]:
    jar = Jar(request)
    secret = jar.read(FORM) or secrets.token_urlsafe(32)
    return Response(
        render(
            "look_up.html",
            visitor=Visitor(None, form_key(secret)),
            simulated=bool(found and found["simulated"]),
            found=found,
            code=code,
            refusal=refusal,
        ),
        media_type=MediaType.HTML,
        status_code=int(status),
        cookies=[jar.bake(FORM, secret)],
        headers={"cache-control": "no-store"},
    )
