"""Tiếp nhận hồ sơ: the procedure found, the promise seen, the citizen named, one case saved."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter, URLEncodedBody
from msgspec import Struct, field
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.offers import Shop
from tthc.domain.access import Actor, Permission
from tthc.domain.applicant import FIELDS, KINDS, Applicant
from tthc.domain.errors import InputError, NotFoundError, TthcError
from tthc.domain.papers import join_papers, read_sets
from tthc.domain.receipt import Slip
from tthc.rules.forms import number_doubt
from tthc.service.acts import Asked, Document
from tthc.service.cases import open_case, read_slip
from tthc.service.filing import Form
from tthc.service.offers import (
    choose_offer,
    find_offers,
    last_offers,
    offer_papers,
    preview_promise,
    shop_of,
)
from tthc.service.receipts import receive_case, refuse_case_at_desk
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE, LONGEST, Wrong, check_lengths, read_past
from tthc.web.desk.render import go, render, reply
from tthc.web.problems import read_error

PATH = "/tiep-nhan"
SLIPS: dict[str, Slip] = {"guide": "02", "refuse": "03"}  # buttons that take no file
KEPT = ("save", *SLIPS)  # buttons that write
MOST_TICKED = 100
WAYS = ("counter", "post", "online")
TEXTS = frozenset({"address", "content", "papers", "lacking"})
Typed = Annotated[str, QueryParameter(max_length=LONGEST)]


class Receipt(Struct, forbid_unknown_fields=True):
    """What the clerk typed; names as on the page. `once` makes a repeated sending one case."""

    form_key: str = ""
    once: str = ""
    do: str = "save"
    thu_tuc: str = ""
    truong_hop: str = ""
    hinh_thuc: str = "counter"
    don_vi: str = ""
    luc: str = ""
    kind: str = "citizen"
    identity_number: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    email: str = ""
    content: str = ""
    paper: str | list[str] = field(default_factory=list)
    papers: str = ""
    sets: str = ""
    lacking: str = ""
    authorised_name: str = ""
    authorised_identity_number: str = ""

    @property
    def ticked(self) -> list[str]:
        """The papers ticked; a browser sends one of them bare."""
        return [self.paper] if isinstance(self.paper, str) else self.paper[:MOST_TICKED]


@get(PATH, guards=[may_do(Permission.RECEIVE)], include_in_schema=False)
async def intake_page(
    ledger: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    tim: Typed = "",
    thu_tuc: Typed = "",
    truong_hop: Typed = "",
    hinh_thuc: Typed = "counter",
    don_vi: Typed = "",
    luc: Typed = "",
    da_ghi: FromQuery[str] = "",
) -> Response[Any]:
    """Which procedure, or once it is chosen the form with its promise."""
    if thu_tuc:
        typed = Receipt(
            thu_tuc=thu_tuc, truong_hop=truong_hop, hinh_thuc=hinh_thuc, don_vi=don_vi, luc=luc
        )
        return await _form(ledger, visitor, actor, typed, Wrong())
    shop = await shop_of(ledger, actor)
    found = await find_offers(ledger, actor, shop, tim) if tim.strip() else []
    if len(found) == 1 and found[0].code == tim.strip():
        return go(f"{PATH}?thu_tuc={found[0].code}")
    saved = await open_case(ledger, actor, da_ghi) if da_ghi else None
    return _page(
        render(
            "intake_search.html",
            visitor=visitor,
            tim=tim,
            found=found,
            last=await last_offers(ledger, actor, shop),
            saved=saved,
            slip=await read_slip(ledger, actor, da_ghi) if da_ghi else None,
        )
    )


@post(
    PATH,
    guards=[may_do(Permission.RECEIVE)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def receive(
    writing: NamedDependency[AsyncConnection],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    data: URLEncodedBody[Receipt],
) -> Response[Any]:
    """Save, or record that the file was not taken, and be ready for the next citizen; or show the
    promise, or what is to be mended.
    """
    wrong = Wrong()
    asked = _check(data, wrong)
    if data.do in KEPT and not wrong:
        shop = await shop_of(writing, actor)
        try:
            await choose_offer(writing, shop, data.thu_tuc)
            async with writing.begin_nested():
                document = await _keep(writing, actor, data, shop, asked)
        except TthcError as refusal:
            wrong.refuse(refusal)
        else:
            return go(f"{PATH}?da_ghi={document['case_code']}")
    return await _form(writing, visitor, actor, data, wrong)


def _check(typed: Receipt, wrong: Wrong) -> Asked:
    """When it was received and under which key; says what is wrong with what was typed."""
    said = {name: value for name, value in asdict(typed).items() if isinstance(value, str)}
    check_lengths(said | {"papers": "\n".join([*typed.ticked, typed.papers])}, TEXTS, wrong)
    at = None
    try:
        at = read_past(typed.luc)
    except InputError as refusal:
        wrong.refuse(refusal, "luc")
    try:
        read_sets(typed.sets)
    except InputError as refusal:
        wrong.refuse(refusal, "sets")
    if typed.do in SLIPS and not typed.lacking.strip():
        wrong.say(
            "lacking", "Chưa có lý do: hãy ghi giấy tờ còn thiếu, hoặc vì sao không tiếp nhận."
        )
    if typed.do in KEPT and not typed.name.strip():
        wrong.say("name", "Chưa có tên: hãy ghi họ tên chủ hồ sơ, hoặc tên tổ chức.")
    return Asked(at, None, typed.once[:LONGEST] or None)


async def _keep(
    connection: AsyncConnection, actor: Actor, typed: Receipt, shop: Shop, asked: Asked
) -> Document:
    form = replace(_filed(typed, shop), sets=read_sets(typed.sets))
    if slip := SLIPS.get(typed.do):
        return await refuse_case_at_desk(
            connection, actor, form, asked, reason=typed.lacking, slip=slip
        )
    return await receive_case(connection, actor, form, asked)


def _filed(typed: Receipt, shop: Shop) -> Form:
    said = {name: getattr(typed, name).strip() or None for name in FIELDS}
    return Form(
        procedure_code=typed.thu_tuc.strip(),
        receiving_unit=shop.unit.code,
        channel=typed.hinh_thuc,
        competent_unit=typed.don_vi or None,
        case_kind=typed.truong_hop or None,
        applicant=Applicant(**said) if said["name"] else None,
        papers=join_papers(*typed.ticked, *typed.papers.splitlines()),
    )


async def _form(
    connection: AsyncConnection, visitor: Visitor, actor: Actor, typed: Receipt, wrong: Wrong
) -> Response[Any]:
    """The form with everything that was typed; 422 where it was refused."""
    shop = await shop_of(connection, actor)
    try:
        offered = await choose_offer(connection, shop, typed.thu_tuc)
    except NotFoundError as refusal:
        status = HTTPStatus.NOT_FOUND
        last = await last_offers(connection, actor, shop)
        page = {"tim": typed.thu_tuc, "found": [], "last": last, "saved": None}
        said = render("intake_search.html", visitor=visitor, refusal=str(refusal), **page)
        return _page(said, status)
    papers = join_papers(*await offer_papers(connection, actor, shop, typed.thu_tuc), *typed.ticked)
    return reply(
        "intake_form.html",
        wrong,
        visitor=visitor,
        offered=offered,
        shop=shop,
        typed=typed,
        promise=await _promise(connection, actor, typed, shop),
        ways=WAYS,
        kinds=KINDS,
        papers=(papers or "").splitlines(),
        once=wrong.new_key(typed.once),
        doubts=[number_doubt(each) for each in SLIPS.values()],
    )


async def _promise(
    connection: AsyncConnection, actor: Actor, typed: Receipt, shop: Shop
) -> Document:
    """What would be promised; `refusal` says what is to be chosen or mended before."""
    try:
        asked = Asked(read_past(typed.luc))
        found = await preview_promise(connection, actor, _filed(typed, shop), asked)
    except TthcError as refusal:
        return {"refusal": read_error(refusal).detail}
    return found | {"refusal": None}


def _page(text: str, status: int = HTTPStatus.OK) -> Response[str]:
    return Response(text, media_type=MediaType.HTML, status_code=status)
