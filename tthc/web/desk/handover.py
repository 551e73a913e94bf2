"""Bàn giao: many files passed on with one slip, and a slip signed for."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import EVERY_RELATION, Actor, Permission, may
from tthc.domain.errors import InputError, TthcError
from tthc.service.acts import Asked
from tthc.service.destinations import find_destination, list_destinations
from tthc.service.offers import shop_of
from tthc.service.transfers import To, take_over_cases, transfer_cases
from tthc.service.waiting import MOST, number_slip, show_slips
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE, LONGEST, Wrong, check_lengths
from tthc.web.desk.render import go, reply

PATH = "/ban-giao"
Batch = Annotated[str, QueryParameter(max_length=LONGEST)]
Typed = dict[str, str]


@get(PATH, guards=[may_do(Permission.NOTE)], include_in_schema=False)
async def handover_page(
    ledger: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    phieu: Batch = "",
) -> Response[str]:
    """What lies here to be passed on, and the slips that wait for a signature."""
    return await _page(ledger, visitor, actor, {}, [], Wrong(), phieu)


@post(
    PATH,
    guards=[may_do(Permission.NOTE)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def hand_over(
    request: Request[Any, Any, Any],
    writing: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Pass the ticked files on, all or none; or sign for a slip."""
    form = await request.form()
    codes = [str(each) for each in form.getall("ho_so", [])][:MOST]
    typed = {name: str(form.get(name, "")).strip() for name in ("so", "nguoi", "don_vi", "nhan")}
    wrong = Wrong()
    check_lengths(typed, frozenset(), wrong)
    if not wrong:
        try:
            async with writing.begin_nested():
                batch = await _sign(writing, actor, codes, typed, wrong)
        except TthcError as refusal:
            wrong.refuse(refusal)
        else:
            if batch:
                return go(f"{PATH}?phieu={batch}")
    return await _page(writing, visitor, actor, typed, codes, wrong, "")


async def _sign(
    connection: AsyncConnection, actor: Actor, codes: list[str], typed: Typed, wrong: Wrong
) -> str | None:
    """The slip that was written or signed; None where something is still to be said."""
    if typed["nhan"]:
        await take_over_cases(connection, actor, typed["nhan"])
        return typed["nhan"]
    if not typed["nguoi"]:
        wrong.say("nguoi", "Chưa có người nhận: hãy ghi tên người ký nhận.")
        return None
    if not typed["so"].isascii() or not all(s.isalnum() or s in "-." for s in typed["so"]):
        raise InputError("Số phiếu chỉ gồm chữ không dấu, chữ số, gạch ngang, chấm.")
    # the slip's own number is the key: a second click passes nothing on twice
    asked = Asked(None, None, typed["so"])
    unit = None
    if typed["don_vi"]:
        try:
            unit = await find_destination(connection, actor, typed["don_vi"])
        except InputError as refusal:
            wrong.refuse(refusal, "don_vi")
            return None
    to = To(unit, typed["nguoi"])
    await transfer_cases(connection, actor, codes, to, asked, batch=typed["so"])
    return typed["so"]


async def _page(
    connection: AsyncConnection,
    visitor: Visitor,
    actor: Actor,
    typed: Typed,
    codes: list[str],
    wrong: Wrong,
    done: str,
) -> Response[str]:
    shop = await shop_of(connection, actor)
    slips = await show_slips(connection, actor)
    may_move = may(actor.role, Permission.MOVE, EVERY_RELATION)
    return reply(
        "handover.html",
        wrong,
        visitor=visitor,
        slips=slips,
        destinations=await list_destinations(connection, actor) if may_move else [],
        typed={"nguoi": "", "don_vi": ""} | typed,
        ticked=set(codes),
        done=done,
        number=typed.get("so") or number_slip(shop.unit.code, clock.now()),
        may_pass_on=may(actor.role, Permission.TRANSFER, EVERY_RELATION),
        may_move=may_move,
        may_sign=may(actor.role, Permission.TAKE_OVER, EVERY_RELATION),
    )
