"""Signing in, signing out, and a password of one's own."""

import re
import secrets
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sessions import Person
from tthc.domain.errors import InputError, SignInError, TooManyError, TthcError
from tthc.service import sign_in as service
from tthc.service.passwords import SHORTEST
from tthc.web.access import Visitor, known, own_form
from tthc.web.cookies import FORM, SESSION, Jar, form_key
from tthc.web.desk.navigation import first_page
from tthc.web.desk.render import go, render

SMALL = 16 * 1024  # bytes of a form
OWN_PATH = re.compile(r"/(?![/\\])[!-~]{0,500}")  # of this site: no host, no control sign
STATUS = {
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    SignInError: HTTPStatus.UNAUTHORIZED,
    TooManyError: HTTPStatus.TOO_MANY_REQUESTS,
}


class SignIn(Struct, forbid_unknown_fields=True):
    form_key: str
    login: str
    password: str
    tiep: str = "/"


class Leaving(Struct, forbid_unknown_fields=True):
    form_key: str


class NewPassword(Struct, forbid_unknown_fields=True):
    form_key: str
    old: str
    new: str
    again: str


def own_path(asked: str) -> str:
    """Where to go on after the sign-in: within this site, and nowhere else."""
    return asked if OWN_PATH.fullmatch(asked) and "\\" not in asked else "/"


@get("/dang-nhap", include_in_schema=False)
async def sign_in_page(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    tiep: FromQuery[str] = "/",
) -> Response[Any]:
    """The form; whoever is signed in goes on."""
    if visitor.person:
        return go(_onward(tiep, visitor.person))
    return _sign_in_form(request, tiep)


@post("/dang-nhap", guards=[own_form], include_in_schema=False, request_max_body_size=SMALL)
async def sign_in(
    request: Request[Any, Any, Any], state: State, data: URLEncodedBody[SignIn]
) -> Response[Any]:
    """A new session under a new secret, whatever the browser brought."""
    jar, limits = Jar(request), state.settings.sign_in
    try:
        secret = await service.sign_in(
            state.engine, limits, data.login, data.password, _address(request)
        )
    except (SignInError, TooManyError) as refusal:
        return _sign_in_form(request, data.tiep, data.login, refusal)
    before = jar.read(SESSION)
    async with state.engine.begin() as connection:
        if before:
            await service.sign_out(connection, before)
        person = await service.recognise_person(connection, secret)
    return _go(_onward(data.tiep, person), jar, secret)


@post("/dang-xuat", guards=[known], include_in_schema=False, request_max_body_size=SMALL)
async def sign_out(
    request: Request[Any, Any, Any],
    writing: NamedDependency[AsyncConnection],
    data: URLEncodedBody[Leaving],
) -> Response[Any]:
    """End the session, here and in every process."""
    del data
    jar = Jar(request)
    await service.sign_out(writing, jar.read(SESSION) or "")
    answer = go("/dang-nhap")
    answer.set_cookie(jar.throw_away(SESSION))
    return answer


@get("/doi-mat-khau", guards=[known], media_type=MediaType.HTML, include_in_schema=False)
async def password_page(visitor: NamedDependency[Visitor]) -> str:
    """The form for a password of one's own."""
    return render("password.html", visitor=visitor, shortest=SHORTEST, refusal=None)


@post("/doi-mat-khau", guards=[known], include_in_schema=False, request_max_body_size=SMALL)
async def change_password(
    request: Request[Any, Any, Any],
    state: State,
    person: NamedDependency[Person],
    visitor: NamedDependency[Visitor],
    data: URLEncodedBody[NewPassword],
) -> Response[Any]:
    """A new password; every session ends, and this browser has a new one."""
    try:
        if data.new != data.again:
            raise InputError("Hai lần nhập mật khẩu mới chưa giống nhau: hãy nhập lại.")  # noqa: TRY301  # shown as the others are
        secret = await service.change_password(
            state.engine, state.settings.sign_in, person, data.old, data.new, _address(request)
        )
    except (InputError, SignInError, TooManyError) as refusal:
        return Response(
            render("password.html", visitor=visitor, shortest=SHORTEST, refusal=str(refusal)),
            media_type=MediaType.HTML,
            status_code=STATUS[type(refusal)],
        )
    return _go(first_page(person), Jar(request), secret)


def _sign_in_form(
    request: Request[Any, Any, Any], tiep: str, login: str = "", refusal: TthcError | None = None
) -> Response[str]:
    jar = Jar(request)
    secret = jar.read(FORM) or secrets.token_urlsafe(32)
    return Response(
        render(
            "sign_in.html",
            visitor=Visitor(None, form_key(secret)),
            tiep=own_path(tiep),
            login=login,
            refusal=refusal and str(refusal),
        ),
        media_type=MediaType.HTML,
        status_code=STATUS[type(refusal)] if refusal else HTTPStatus.OK,
        cookies=[jar.bake(FORM, secret)],
    )


def _onward(asked: str, person: Person | None) -> str:
    """Back to the page that was asked for, or to where one's work begins."""
    path = own_path(asked)
    return first_page(person) if path == "/" else path


def _go(path: str, jar: Jar, secret: str) -> Response[Any]:
    answer = go(path)
    answer.set_cookie(jar.bake(SESSION, secret))
    return answer


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""
