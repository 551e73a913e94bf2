"""`/cham-diem`: rounds of scoring, and the ranking of a rubric's blocks in a period."""

from collections import defaultdict
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Permission, may
from tthc.domain.errors import InputError, NotFoundError, TthcError
from tthc.domain.period import Period
from tthc.domain.score_sheet.rounds import STAGE_NAMES, Stage, Window
from tthc.rules.blocks import blocks
from tthc.rules.periods import periods_on, read_period, year_before
from tthc.rules.rubrics import rubric as rubric_by_name
from tthc.rules.rubrics import rubrics
from tthc.service.appraised import show_appraised
from tthc.service.score_results import publish_block, show_results
from tthc.service.score_rounds import Opening, list_rounds, open_round
from tthc.service.scores import show_score
from tthc.web.access import Visitor, may_do
from tthc.web.desk.fields import FORM_SIZE
from tthc.web.desk.render import address, go, render

PATH = "/cham-diem"
READS, KEEPS = Permission.READ_SCORES, Permission.KEEP_SCORES
Typed = dict[str, str]


@get(PATH, guards=[may_do(READS)], media_type=MediaType.HTML, include_in_schema=False)
async def scores_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
) -> str:
    """The rounds, the rubrics by which one may look at a period, and how a round is opened."""
    return await _index(visitor, actor, ledger, {}, None)


@post(PATH, guards=[may_do(KEEPS)], include_in_schema=False, request_max_body_size=FORM_SIZE)
async def open_round_on_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    writing: NamedDependency[AsyncConnection],
    data: URLEncodedBody[Typed],
) -> Response[Any]:
    """Open a round, or set its windows anew."""
    try:
        async with writing.begin_nested():
            await open_round(writing, actor, _opening(data))
    except TthcError as refusal:
        page = await _index(visitor, actor, writing, data, str(refusal))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return Response(page, media_type=MediaType.HTML, status_code=status)
    return go(PATH)


@get(
    f"{PATH}/{{rubric:str}}",
    guards=[may_do(READS)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def ranking_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    rubric: FromPath[str],
    ky: FromQuery[str] = "",
) -> str:
    """What was published of a round, and how the figures rank the blocks so far."""
    period = read_period(ky) if ky else _period(rubric)
    return await _ranking(visitor, actor, ledger, rubric, period, None)


@post(
    f"{PATH}/{{rubric:str}}",
    guards=[may_do(KEEPS)],
    include_in_schema=False,
    request_max_body_size=FORM_SIZE,
)
async def publish_on_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    writing: NamedDependency[AsyncConnection],
    rubric: FromPath[str],
    data: URLEncodedBody[Typed],
) -> Response[Any]:
    """Publish a block whose sheets are all approved."""
    period = read_period(data.get("ky", ""))
    try:
        async with writing.begin_nested():
            await publish_block(
                writing, actor, rubric, period, data.get("root", ""), data.get("block", "")
            )
    except TthcError as refusal:
        page = await _ranking(visitor, actor, writing, rubric, period, str(refusal))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return Response(page, media_type=MediaType.HTML, status_code=status)
    return go(address(f"{PATH}/{rubric}", {"ky": period.name}))


async def _index(
    visitor: Visitor,
    actor: Actor,
    connection: AsyncConnection,
    typed: Typed,
    refusal: str | None,
) -> str:
    found = await list_rounds(connection, actor.scope)
    return render(
        "scores.html",
        visitor=visitor,
        rounds=found["rounds"],
        rubrics=[(each, _period(each.id)) for each in rubrics().values()],
        stages={stage.value: name for stage, name in STAGE_NAMES.items()},
        blocks=[each for each in blocks().values() if each.id in _ranked()],
        may_open=may(actor.role, Permission.PUBLISH),
        period_of=read_period,
        typed=defaultdict(str, typed),
        refusal=refusal,
    )


async def _ranking(
    visitor: Visitor,
    actor: Actor,
    connection: AsyncConnection,
    rubric: str,
    period: Period,
    refusal: str | None,
) -> str:
    results = await show_results(connection, actor.scope, rubric, period)
    last = year_before(period) is not None
    try:
        if may(actor.role, Permission.READ_CASES):
            score = await show_score(
                connection, actor.scope, rubric, period, compared=last, kept=True
            )
        else:
            score = await show_appraised(connection, actor, rubric, period, compared=last)
    except NotFoundError:
        score = None  # no night has counted the period
    rounds = (await list_rounds(connection, actor.scope))["rounds"]
    own = [each for each in rounds if (each["rubric"], each["period"]) == (rubric, period.name)]
    return render(
        "ranking.html",
        visitor=visitor,
        rubric=rubric_by_name(rubric),
        period=period,
        results=results,
        score=score,
        rounds=own,
        over=period.end <= clock.local_date(clock.now()),
        published={(each["block"], each["root"]) for each in results["blocks"]},
        may_publish=bool(own) and may(actor.role, Permission.PUBLISH),
        refusal=refusal,
    )


def _ranked() -> set[str]:
    """The blocks that any rubric ranks."""
    return {block for each in rubrics().values() for block in each.blocks}


def _period(rubric: str) -> Period:
    """The longest period of the rubric's kinds that is looked at unless told: today's, or the last
    or first one in which the rubric is in force.
    """
    chosen = rubric_by_name(rubric)
    today = clock.local_date(clock.now())
    end = chosen.valid_to - timedelta(days=1) if chosen.valid_to else today
    day = max(min(today, end), chosen.valid_from or today)
    found = [each for each in periods_on(day) if each.scheme in chosen.schemes]
    return max(found, key=lambda each: each.end - each.start)


def _opening(data: Typed) -> Opening:
    """What the form says. Raises InputError."""
    try:
        windows = {
            stage: Window(
                date.fromisoformat(data.get(f"{stage.value}_first", "")),
                date.fromisoformat(data.get(f"{stage.value}_last", "")),
            )
            for stage in Stage
        }
    except ValueError:
        raise InputError("Hãy chọn đủ ngày đầu và ngày cuối của bốn bước.") from None
    return Opening(
        rubric=data.get("rubric", ""),
        period=data.get("period", "").strip(),
        root=data.get("root", "").strip(),
        decision=data.get("decision", "").strip(),
        windows=windows,
        reason=data.get("reason", "").strip() or None,
        block=data.get("block") or None,
    )
