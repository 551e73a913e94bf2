"""`/cham-diem/{rubric}/{unit}`: a unit's score sheet, and what the person may do to it now."""

import asyncio
from collections import defaultdict
from datetime import date
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Permission, may
from tthc.domain.errors import InputError, TthcError
from tthc.domain.period import Period
from tthc.domain.score_sheet.acts import PROOF_NAMES, Evidence, Proof
from tthc.domain.score_sheet.sheet import COLUMN_NAMES
from tthc.reports.score_sheet import XLSX, sheet_workbook
from tthc.rules.periods import read_period
from tthc.service.score_place import place_of_sheet
from tthc.service.score_sheet import open_sheet
from tthc.service.score_sheet_document import Document, show_history, show_sheet
from tthc.service.score_sheets import Entry, close_stage, score_leaf
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE
from tthc.web.desk.render import address, go, render

PATH = "/cham-diem/{rubric:str}/{unit:str}"
READS, KEEPS = Permission.READ_SCORES, Permission.KEEP_SCORES
# the step that closes a stage, by the act that it is
STEPS = {
    "submitted": ("submit", "Trình phiếu"),
    "appraisal_ended": ("end_appraisal", "Kết thúc thẩm định"),
    "explanation_ended": ("end_explanation", "Kết thúc giải trình"),
    "approval_ended": ("approve", "Phê duyệt phiếu"),
}
# what is given to a leaf, by the act that it is
GIVEN = {
    "self_scored": ("self", "Tự chấm"),
    "entered": ("entered", "Nhập kết quả"),
    "appraised": ("appraised", "Thẩm định"),
    "explained": ("explained", "Giải trình"),
    "approved": ("approved", "Phê duyệt"),
    "restated": ("restated", "Điều chỉnh"),
}
Asking = Request[Any, Any, Any]
Typed = dict[str, str]


@get(PATH, guards=[may_do(READS)], media_type=MediaType.HTML, include_in_schema=False)
async def sheet_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    rubric: FromPath[str],
    unit: FromPath[str],
    ky: FromQuery[str] = "",
) -> str:
    """The sheet."""
    return await _page(visitor, actor, ledger, (rubric, unit, read_period(ky)))


@get(f"{PATH}/tep", guards=[may_do(READS)], include_in_schema=False)
async def sheet_file(
    request: Asking,
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    rubric: FromPath[str],
    unit: FromPath[str],
    ky: FromQuery[str] = "",
) -> Response[bytes]:
    """The sheet as a spreadsheet in its usual columns."""
    held = await open_sheet(ledger, actor, rubric, read_period(ky), unit)
    document = show_sheet(actor, held)
    document["leaves"] = [
        _for_people(leaf, rubric, unit, held.period) for leaf in document["leaves"]
    ]
    site = str(request.base_url).rstrip("/")
    content = await asyncio.to_thread(sheet_workbook, document, clock.now(), site)
    name = f"phieu-cham-diem-{held.rubric.id}-{held.period.start.year}.xlsx"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)


@post(PATH, guards=[may_do(KEEPS)], include_in_schema=False, request_max_body_size=FORM_SIZE)
async def act_on_sheet(
    request: Asking,
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    writing: NamedDependency[AsyncConnection],
    rubric: FromPath[str],
    unit: FromPath[str],
) -> Response[Any]:
    """Give points, enter, explain, restate, or close a stage."""
    form = await request.form()
    typed = {name: str(form.get(name, "")).strip() for name in form}
    period = read_period(typed.get("ky", ""))
    try:
        async with writing.begin_nested():
            if typed.get("step"):
                reason = typed.get("reason", "")
                await close_stage(writing, actor, rubric, period, unit, typed["step"], reason)
            else:
                items = tuple(str(each) for each in form.getall("items", []))
                entry = _entry(typed, items)
                leaf = typed.get("leaf", "")
                await score_leaf(writing, actor, rubric, period, unit, leaf, entry)
    except TthcError as refusal:
        page = await _page(
            *(visitor, actor, writing, (rubric, unit, period)), typed=typed, refusal=str(refusal)
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return Response(page, media_type=MediaType.HTML, status_code=status)
    back = address(f"/cham-diem/{rubric}/{unit}", {"ky": period.name})
    return go(f"{back}#{leaf_id(typed['leaf'])}" if typed.get("leaf") else back)


async def _page(
    visitor: Visitor,
    actor: Actor,
    connection: AsyncConnection,
    which: tuple[str, str, Period],
    *,
    typed: Typed | None = None,
    refusal: str | None = None,
) -> str:
    rubric, unit, period = which
    held = await open_sheet(connection, actor, rubric, period, unit)
    sheet = show_sheet(actor, held)
    return render(
        "score_sheet.html",
        visitor=visitor,
        rubric=held.rubric,
        period=period,
        sheet=sheet,
        place=await place_of_sheet(connection, actor, held),
        leaves=sorted(sheet["leaves"], key=_by_loss),
        leaf_id=leaf_id,
        given=GIVEN,
        steps=STEPS,
        proofs={each.value: name for each, name in PROOF_NAMES.items()},
        columns={each.value: name for each, name in COLUMN_NAMES.items()},
        history=show_history(held),
        sees_list=may(actor.role, Permission.READ_CASES),
        typed=defaultdict(str, typed or {}),
        refusal=refusal,
    )


def leaf_id(code: str) -> str:
    """A leaf's place on the page."""
    return "tc-" + "".join(sign if sign.isalnum() else "-" for sign in code)


def _for_people(leaf: Document, rubric: str, unit: str, period: Period) -> Document:
    """A leaf whose links lead to pages."""
    cases = leaf["cases_url"]
    return leaf | {
        "evidence_url": address(f"/cham-diem/{rubric}/{unit}", {"ky": period.name})
        + f"#{leaf_id(leaf['code'])}",
        "cases_url": cases and cases.replace("/api/v1/cases", "/so-lieu/ho-so"),
    }


def _by_loss(leaf: Document) -> tuple[float, bool]:
    """Leaves that lose points first, then those that can't be scored."""
    return -(leaf["lost"] or 0), leaf["computed"]["points"] is not None


def _entry(typed: Typed, items: tuple[str, ...]) -> Entry:
    """What a leaf's form says. Raises InputError."""
    evidence = None
    if value := typed.get("evidence", ""):
        kind = typed.get("proof", "document")
        if kind not in {each.value for each in Proof}:
            raise InputError("Hãy chọn loại tài liệu kiểm chứng.")
        evidence = Evidence(Proof(kind), value)
    try:
        points = typed.get("points", "").replace(",", ".")
        return Entry(
            typed.get("column", ""),
            Decimal(points) if points else None,
            typed.get("reason", ""),
            evidence,
            items,
            date.fromisoformat(typed["on"]) if typed.get("on") else None,
        )
    except (InvalidOperation, ValueError):
        raise InputError("Điểm phải là một số như 0,5; ngày chọn trên lịch.") from None
