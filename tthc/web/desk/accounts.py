"""`/tai-khoan`: the accounts of people, for administrators: opened, changed, ended."""

from collections import defaultdict
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sessions import Person
from tthc.domain.access import Permission
from tthc.domain.errors import ForbiddenError, InputError, NotFoundError, TthcError
from tthc.rules.blocks import blocks
from tthc.service import accounts as service
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE
from tthc.web.desk.render import go, render

PATH = "/tai-khoan"
KEEPS = Permission.MANAGE_ACCOUNTS
Typed = dict[str, str | list[str]]
Document = dict[str, Any]


@get(PATH, guards=[may_do(KEEPS)], media_type=MediaType.HTML, include_in_schema=False)
async def accounts_page(
    visitor: NamedDependency[Visitor],
    ledger: NamedDependency[AsyncConnection],
    tim: FromQuery[str] = "",
) -> str:
    """The accounts that the administrator keeps, and how one is opened."""
    return await _page(visitor, ledger, {}, tim=tim)


@post(PATH, guards=[may_do(KEEPS)], include_in_schema=False, request_max_body_size=FORM_SIZE)
async def open_on_page(
    visitor: NamedDependency[Visitor],
    person: NamedDependency[Person],
    writing: NamedDependency[AsyncConnection],
    data: URLEncodedBody[Typed],
) -> Response[Any]:
    """Open an account; its first password is on this answer alone."""
    try:
        async with writing.begin_nested():
            password = await service.open_account(
                writing,
                _said(data, "login"),
                name=_said(data, "name"),
                role=_said(data, "role"),
                unit=_said(data, "unit") or None,
                blocks=_chosen(data),
                created_by=person.login,
                simulated=person.simulated,
            )
    except TthcError as refusal:
        return _refused(await _page(visitor, writing, data, refusal))
    told = {"login": _said(data, "login").lower(), "password": password}
    page = await _page(visitor, writing, {}, told=told)
    return Response(page, media_type=MediaType.HTML, status_code=HTTPStatus.CREATED)


@get(
    f"{PATH}/{{login:str}}",
    guards=[may_do(KEEPS)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def account_page(
    visitor: NamedDependency[Visitor],
    ledger: NamedDependency[AsyncConnection],
    login: FromPath[str],
) -> str:
    """An account, its sessions, and what may be done with it."""
    return await _one(visitor, ledger, login)


@post(
    f"{PATH}/{{login:str}}",
    guards=[may_do(KEEPS)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def change_on_page(
    state: State,
    visitor: NamedDependency[Visitor],
    person: NamedDependency[Person],
    writing: NamedDependency[AsyncConnection],
    login: FromPath[str],
    data: URLEncodedBody[Typed],
) -> Response[Any]:
    """Give a new first password, end the sessions, change the role, or end the account."""
    await _find(writing, login)
    step, by = _said(data, "step"), person.login
    try:
        if login == by:
            raise ForbiddenError(
                "Không ai quản trị tài khoản của chính mình: hãy nhờ quản trị khác, hoặc đổi mật "
                "khẩu tại /doi-mat-khau."
            )
        async with writing.begin_nested():
            if step == "password":
                limits = state.settings.sign_in
                given = await service.give_new_password(writing, limits, login, by=by)
                page = await _one(visitor, writing, login, password=given)
                return Response(page, media_type=MediaType.HTML)
            if step == "sessions":
                await service.revoke_sessions(writing, login, by=by)
            elif step == "end":
                await service.deactivate_account(writing, login, by=by)
            elif step == "change":
                role, unit = _said(data, "role"), _said(data, "unit") or None
                given_blocks = _chosen(data)
                await service.change_account(
                    writing, login, role=role, unit=unit, blocks=given_blocks, by=by
                )
            else:
                raise InputError("Hãy chọn một việc trên trang.")  # one way out for all refusals
    except TthcError as refusal:
        return _refused(await _one(visitor, writing, login, refusal=refusal))
    return go(f"{PATH}/{quote(login)}")


async def _page(
    visitor: Visitor,
    connection: AsyncConnection,
    data: Typed,
    refusal: TthcError | None = None,
    told: Document | None = None,
    tim: str = "",
) -> str:
    sought = tim.strip().lower()
    found = [
        each
        for each in await service.show_accounts(connection)
        if sought in f"{each['login']} {each['name']} {each['unit'] or ''}".lower()
    ]
    return render(
        "accounts.html",
        visitor=visitor,
        found=found,
        tim=tim,
        told=told,
        roles=service.ROLES,
        blocks=blocks().values(),
        typed=defaultdict(str, data),
        refusal=refusal,
    )


async def _one(
    visitor: Visitor,
    connection: AsyncConnection,
    login: str,
    *,
    refusal: TthcError | None = None,
    password: str | None = None,
) -> str:
    return render(
        "account.html",
        visitor=visitor,
        account=await _find(connection, login),
        sessions=await service.show_sessions(connection, login),
        roles=service.ROLES,
        blocks=blocks().values(),
        labels={each.id: each.label for each in blocks().values()},
        password=password,
        refusal=refusal,
    )


async def _find(connection: AsyncConnection, login: str) -> Document:
    """An account that the administrator keeps. Raises NotFoundError."""
    for each in await service.show_accounts(connection):
        if each["login"] == login:
            return each
    raise NotFoundError(
        f"Không có tài khoản “{login}” trong phạm vi của bạn: hãy xem lại danh sách tài khoản."
    )


def _said(data: Typed, name: str) -> str:
    said = data.get(name, "")
    return (said if isinstance(said, str) else said[-1]).strip()


def _chosen(data: Typed) -> list[str]:
    """The blocks that were ticked; only an appraiser has any."""
    said = data.get("blocks", []) if _said(data, "role") == "appraiser" else []
    return [said] if isinstance(said, str) else said


def _refused(page: str) -> Response[Any]:
    return Response(page, media_type=MediaType.HTML, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
