"""`/qua-han/van-ban`: form 04 drafted for the cases that were ticked, one or many."""

from datetime import date
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.domain.errors import InputError, RuleError
from tthc.rules.causes import causes
from tthc.service.drafting import draft_letters, open_chosen
from tthc.web.access import Visitor, signed_in
from tthc.web.desk.render import go, render

PATH = "/qua-han/van-ban"
SIZE = 64 * 1024  # bytes of a form
FIELDS = ("reason", "cause", "new_due")
Asking = Request[Any, Any, Any]


@get(PATH, guards=[signed_in], media_type=MediaType.HTML, include_in_schema=False)
async def drafting_page(
    request: Asking, visitor: NamedDependency[Visitor], ledger: NamedDependency[AsyncConnection]
) -> str:
    """The cases chosen, what they have already, and the form for those without a letter."""
    codes = request.query_params.getall("code", [])
    return await _page(visitor, ledger, codes, dict.fromkeys(FIELDS, ""), None)


@post(PATH, guards=[signed_in], include_in_schema=False, request_max_body_size=SIZE)
async def draft_chosen(
    request: Asking,
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    writing: NamedDependency[AsyncConnection],
) -> Response[Any]:
    """Draft them all, or none; then the same page shows the drafts."""
    form = await request.form()
    codes = [str(code) for code in form.getall("code", [])]
    typed = {name: str(form.get(name, "")).strip() for name in FIELDS}
    try:
        async with writing.begin_nested():  # what is refused midway leaves nothing
            await draft_letters(
                *(writing, actor, codes),
                reason=typed["reason"],
                cause=typed["cause"],
                new_due=_date(typed["new_due"]),
            )
    except (InputError, RuleError) as refusal:
        page = await _page(visitor, writing, codes, typed, str(refusal))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return Response(page, media_type=MediaType.HTML, status_code=status)
    return go(f"{PATH}?{urlencode([('code', code) for code in codes])}")


async def _page(
    visitor: Visitor,
    connection: AsyncConnection,
    codes: list[str],
    typed: dict[str, str],
    refusal: str | None,
) -> str:
    assert visitor.actor is not None  # the guard let somebody in
    chosen = await open_chosen(connection, visitor.actor, codes)
    return render(
        "drafting.html",
        visitor=visitor,
        chosen=chosen,
        waiting=[each for each in chosen if not each.letters],
        typed=typed,
        refusal=refusal,
        offered=causes(),
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("Hãy chọn ngày hẹn trả mới.") from None
