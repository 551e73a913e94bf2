"""Ghi nhanh hồ sơ trả ngay: a case that is solved while the citizen waits, on one line."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.applicant import Applicant
from tthc.domain.errors import TthcError
from tthc.service.acts import Asked
from tthc.service.cases import open_case
from tthc.service.filing import Form
from tthc.service.offers import choose_offer, find_offers, last_offers, shop_of
from tthc.service.receipts import receive_immediate_case
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE, LONGEST, Wrong, check_lengths
from tthc.web.desk.render import go, reply

PATH = "/ghi-nhanh"


class Line(Struct, forbid_unknown_fields=True):
    """What the clerk typed; the procedure stays for the next line."""

    form_key: str = ""
    once: str = ""
    thu_tuc: str = ""
    name: str = ""
    identity_number: str = ""


@get(PATH, guards=[may_do(Permission.RECEIVE_IMMEDIATE)], include_in_schema=False)
async def immediate_page(
    ledger: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    thu_tuc: FromQuery[str] = "",
    da_ghi: FromQuery[str] = "",
) -> Response[Any]:
    """The line to fill in, with the procedure of the last one."""
    saved = await open_case(ledger, actor, da_ghi) if da_ghi else None
    return await _page(ledger, visitor, actor, Line(thu_tuc=thu_tuc), Wrong(), saved)


@post(
    PATH,
    guards=[may_do(Permission.RECEIVE_IMMEDIATE)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def record_immediate(
    writing: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    data: URLEncodedBody[Line],
) -> Response[Any]:
    """One save: received, resolved and returned."""
    wrong = Wrong()
    check_lengths(asdict(data), frozenset(), wrong)
    if not data.name.strip():
        wrong.say("name", "Chưa có tên: hãy ghi họ tên người nộp.")
    if not wrong:
        try:
            shop = await shop_of(writing, actor)
            found = await find_offers(writing, actor, shop, data.thu_tuc)
            code = found[0].code if data.thu_tuc.strip() and found else data.thu_tuc
            await choose_offer(writing, shop, code)
        except TthcError as refusal:
            wrong.refuse(refusal, "thu_tuc")
    if not wrong:
        form = Form(
            procedure_code=code,
            receiving_unit=shop.unit.code,
            channel="counter",
            applicant=Applicant(
                name=data.name.strip(), identity_number=data.identity_number.strip() or None
            ),
        )
        try:
            async with writing.begin_nested():
                document = await receive_immediate_case(
                    writing, actor, form, Asked(None, None, data.once[:LONGEST] or None)
                )
        except TthcError as refusal:
            wrong.refuse(refusal)
        else:
            return go(f"{PATH}?thu_tuc={code}&da_ghi={document['case_code']}")
    return await _page(writing, visitor, actor, data, wrong, None)


async def _page(
    connection: AsyncConnection,
    visitor: Visitor,
    actor: Actor,
    typed: Line,
    wrong: Wrong,
    saved: dict[str, Any] | None,
) -> Response[str]:
    shop = await shop_of(connection, actor)
    last = await last_offers(connection, actor, shop)
    chosen = next((one for one in last if one.code == typed.thu_tuc), None)
    return reply(
        "immediate.html",
        wrong,
        visitor=visitor,
        typed=typed,
        saved=saved,
        last=last,
        chosen=chosen,
        once=wrong.new_key(typed.once),
    )
