"""Cases over HTTP: received, read, listed, acted on. A case's version is its ETag."""

from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, HeaderParameter, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.queries.narrowing import Narrowing
from tthc.domain.access import Actor
from tthc.domain.applicant import Applicant, Kind
from tthc.domain.errors import InputError
from tthc.rules.periods import read_period
from tthc.service import applicants, cases, receipts, silence
from tthc.service.acts import Asked, Document
from tthc.service.clock import explain_case
from tthc.service.figures import Question, show_cases
from tthc.service.filing import Form
from tthc.web.access import SECURITY, needs
from tthc.web.api.acts import AnyAct, Channel, Instant, Name, Outcome, Text, do
from tthc.web.api.described import ACTING, READING, WRITING, shown
from tthc.web.api.examples import ACTS, RECEIVE, SUBMIT
from tthc.web.api.figures import Standing
from tthc.web.problems import PreconditionRequired

MAX_VERSION = 2_000_000_000
AnyChannel = Literal["counter", "online", "post", "other"]
Level = Literal["central", "province", "district", "commune"]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        max_length=200,
        description="Cùng khóa, cùng nội dung: cùng câu trả lời, hồ sơ chỉ ghi một lần. "
        "Khóa được nhớ 7 ngày (TTHC_KEY_DAYS).",
    ),
]
IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="Phiên bản hồ sơ bạn đã xem (ETag), hoặc *"),
]


class Person(Struct, forbid_unknown_fields=True, kw_only=True):
    """Chủ hồ sơ, and whom they authorise; only what the receipt prints."""

    name: Name
    kind: Kind | None = None
    identity_number: Name | None = None
    address: Name | None = None
    phone: Name | None = None
    email: Name | None = None
    content: Text | None = None
    authorised_name: Name | None = None
    authorised_identity_number: Name | None = None


class NewCase(Struct, forbid_unknown_fields=True, kw_only=True):
    """A new case. `act`: received at a counter (usual), submitted online to wait for its
    acceptance, solved on the spot, or not taken (with a `reason`, on form 03; `slip` 02 guides to
    what completes the file).
    """

    procedure_code: Name
    receiving_unit: Name
    channel: Channel
    competent_unit: Name | None = None
    received_at: Instant | None = None
    applicant: Person | Name | None = None
    case_code: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    case_kind: Name | None = None
    officer: Name | None = None
    parent_case_code: Name | None = None
    out_of_territory: bool | None = None
    papers: Annotated[list[Name], Meta(max_length=100)] | None = None
    sets: Annotated[int, Meta(ge=1, le=99)] | None = None
    act: Literal["receive", "submit", "immediate", "refuse"] = "receive"
    outcome: Outcome = "granted"
    reason: Text | None = None
    slip: Literal["02", "03"] = "03"


@post("/cases", guards=[needs("write", by_entering=True)], security=SECURITY, responses=WRITING)
async def receive_case(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[NewCase, shown(counter=RECEIVE, online=SUBMIT)],
    key: Key = None,
) -> Response[Document]:
    """Receive a case: the answer holds its code and the promised date."""
    asked = Asked(data.received_at, None, key)
    form = _form(data)
    match data.act:
        case "receive":
            document = await receipts.receive_case(writing, actor, form, asked)
        case "submit":
            document = await receipts.submit_case(writing, actor, form, asked)
        case "immediate":
            document = await receipts.receive_immediate_case(
                writing, actor, form, asked, outcome=data.outcome
            )
        case "refuse":
            document = await receipts.refuse_case_at_desk(
                writing, actor, form, asked, reason=data.reason or "", slip=data.slip
            )
    return answer(document, status=201)


@get("/cases/{code:str}", guards=[needs("read")], security=SECURITY, responses=READING)
async def read_case(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
) -> Response[Document]:
    """A case as it stands; its version is the ETag."""
    return answer(await cases.open_case(ledger, actor, code))


@get("/cases/{code:str}/events", guards=[needs("read")], security=SECURITY, responses=READING)
async def read_events(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
) -> dict[str, Any]:
    """Everything that was ever recorded of a case, in the order of its recording."""
    return {"case_code": code, "events": await cases.list_events(ledger, actor, code)}


@get("/cases/{code:str}/clock", guards=[needs("read")], security=SECURITY, responses=READING)
async def read_clock(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
) -> dict[str, Any]:
    """Why the case is due when it is, day by day."""
    return await explain_case(actor.scope, ledger, code)


@get("/cases/{code:str}/applicant", guards=[needs("write")], security=SECURITY, responses=READING)
async def read_applicant(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
) -> dict[str, Any]:
    """Whose case it is, in full: for those who handle it. Everywhere else it is masked."""
    return await applicants.read_applicant(writing, actor, code)


@post(
    "/cases/{code:str}/events",
    status_code=200,
    guards=[needs("write", by_entering=True)],
    security=SECURITY,
    responses=ACTING,
)
async def act_on_case(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    code: FromPath[str],
    data: Annotated[AnyAct, shown(**ACTS)],
    key: Key = None,
    if_match: IfMatch = None,
) -> Response[Document]:
    """Do an act on the version of the case that was read (`If-Match`); answers the case after it.

    409 where somebody else was faster, 422 where a rule refuses, each in a sentence.
    """
    asked = Asked(data.occurred_at, read_version(if_match), key)
    return answer(await do(writing, actor, code, data, asked))


@get("/cases", guards=[needs("read")], security=SECURITY, responses=READING)
async def list_cases(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    where: Annotated[str, QueryParameter(description="Tên các điều kiện, cách nhau dấu phẩy")],
    unit: FromQuery[str | None] = None,
    period: FromQuery[str | None] = None,
    level: FromQuery[Level | None] = None,
    sector: FromQuery[str | None] = None,
    procedure: FromQuery[str | None] = None,
    officer: FromQuery[str | None] = None,
    channel: FromQuery[AnyChannel | None] = None,
    case_state: Annotated[int | None, QueryParameter(name="state", ge=1, le=10)] = None,
    cause: FromQuery[str | None] = None,
    drafted: FromQuery[bool | None] = None,
    explained: FromQuery[bool | None] = None,
    step: Annotated[
        str | None, QueryParameter(description="Bước đang làm: số thứ tự, hoặc đoạn đầu của tên")
    ] = None,
    as_of: FromQuery[str | None] = None,
    known_at: FromQuery[str | None] = None,
    *,
    own: Annotated[
        bool, QueryParameter(description="Chỉ của chính đơn vị, không gồm cấp dưới")
    ] = False,
    standing: Standing = "then",
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
    cursor: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """The cases that meet every named condition, with their exact total, page by page."""
    question = Question(
        scope=actor.scope,
        unit=unit,
        as_of=clock.read_instant(as_of) if as_of else None,
        known_at=clock.read_instant(known_at) if known_at else None,
        own=own,
        standing=standing,
    )
    chosen = read_period(period) if period else None
    narrowing = Narrowing(
        *(level, sector, procedure, officer, channel, case_state, cause, drafted, explained, step)
    )
    return await show_cases(
        *(ledger, where, question),
        period=chosen,
        limit=limit,
        cursor=cursor,
        narrowing=narrowing,
    )


@get("/closable-cases", guards=[needs("read")], security=SECURITY, responses=READING)
async def list_closable(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
    cursor: FromQuery[str | None] = None,
) -> dict[str, Any]:
    """The cases whose applicants stayed silent so long that a clerk may close them, by form 05;
    nothing closes by itself.
    """
    return await silence.show_cases_to_close(ledger, actor, limit=limit, cursor=cursor)


def answer(document: Document, *, status: int = 200) -> Response[Document]:
    """A case with its version as the ETag."""
    return Response(document, status_code=status, headers={"ETag": f'"{document["version"]}"'})


def read_version(if_match: str | None) -> int | None:
    """The version that the person saw; None for `*`, whatever it is now."""
    if if_match is None:
        raise PreconditionRequired
    text = if_match.strip().removeprefix("W/").strip('"')
    if text == "*":
        return None
    if text.isascii() and text.isdecimal() and int(text[:11]) <= MAX_VERSION:
        return int(text)
    raise InputError('If-Match phải là phiên bản (ETag) của hồ sơ, ví dụ "3".')


def _form(data: NewCase) -> Form:
    applicant = data.applicant
    return Form(
        procedure_code=data.procedure_code,
        receiving_unit=data.receiving_unit,
        channel=data.channel,
        competent_unit=data.competent_unit,
        case_code=data.case_code,
        case_kind=data.case_kind,
        officer=data.officer,
        parent_case_code=data.parent_case_code,
        out_of_territory=data.out_of_territory,
        applicant=Applicant(**asdict(applicant)) if isinstance(applicant, Person) else applicant,
        papers="\n".join(data.papers) if data.papers else None,
        sets=data.sets,
    )
