"""`/bao-cao/doi-chieu`: another system's report beside ours: where it breaks, where it differs."""

from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.errors import AmbiguousCountError, InputError, TthcError
from tthc.rules.layouts import NAMES, layout
from tthc.rules.periods import read_period
from tthc.service.foreign_reports import import_report
from tthc.web.access import Visitor, may_do
from tthc.web.deps import begin_for
from tthc.web.desk.render import render
from tthc.web.desk.reports import reported_periods
from tthc.web.uploads import REPORT_SIZE, SIGNS, read_sent_report

PATH = "/bao-cao/doi-chieu"
TYPED = ("period", "layout", "thousands")
TOLD = 500  # lines of each kind; more are counted


@get(
    PATH,
    guards=[may_do(Permission.COUNT_CASES)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def comparing_page(
    visitor: NamedDependency[Visitor], ledger: NamedDependency[AsyncConnection]
) -> str:
    """Which file, of which period."""
    return await _page(visitor, ledger, dict.fromkeys(TYPED, ""))


@post(
    PATH,
    guards=[may_do(Permission.COUNT_CASES)],
    include_in_schema=False,
    request_max_body_size=REPORT_SIZE,
)
async def compare_sent(
    state: State,
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
) -> Response[str]:
    """Keep the report and tell what is to be said of it; the same file again changes nothing."""
    form = await request.form()
    typed = {name: str(form.get(name) or "").strip()[:100] for name in TYPED}
    told: dict[str, Any] = {}
    try:
        told["told"] = await _compare(state, request, actor, form.get("file"), typed)
    except TthcError as refusal:
        told |= {"refusal": str(refusal), "asked": isinstance(refusal, AmbiguousCountError)}
    async with begin_for(state, request)() as ledger:
        page = await _page(visitor, ledger, typed, **told)
    return Response(page, media_type=MediaType.HTML, status_code=422 if "refusal" in told else 200)


async def _compare(
    state: State,
    request: Request[Any, Any, Any],
    actor: Actor,
    file: object,
    typed: dict[str, str],
) -> dict[str, Any]:
    if not isinstance(file, UploadFile) or not file.filename:
        raise InputError("Chưa chọn tệp: hãy chọn tệp Excel của báo cáo.")
    if typed["thousands"] and typed["thousands"] not in SIGNS:
        raise InputError("Dấu phân cách hàng nghìn là dấu chấm hoặc dấu phẩy: hãy chọn lại.")
    period = read_period(typed["period"])
    report = await read_sent_report(file, typed["layout"], typed["thousands"])
    async with begin_for(state, request)() as writing:
        return await import_report(writing, actor, report, period)


async def _page(
    visitor: Visitor,
    ledger: AsyncConnection,
    typed: dict[str, str],
    *,
    told: dict[str, Any] | None = None,
    refusal: str | None = None,
    asked: bool = False,
) -> str:
    assert visitor.actor is not None  # the guard let somebody in
    return render(
        "foreign_report.html",
        visitor=visitor,
        typed=typed,
        refusal=refusal,
        asked=asked,
        told=told,
        most=TOLD,
        period=read_period(told["period"]) if told else None,
        layouts={name: layout(name) for name in NAMES},
        periods=await reported_periods(visitor.actor, ledger),
    )
