"""Rounds of scoring: opened in windows of dates, and what they came to."""

from datetime import date
from typing import Annotated, Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Meta, Struct
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.score_sheet.rounds import Stage, Window
from tthc.rules.periods import read_period
from tthc.service.repeats import do_once
from tthc.service.score_results import publish_block, show_results
from tthc.service.score_rounds import Opening, list_rounds, open_round
from tthc.web.access import SECURITY, needs
from tthc.web.api.cases import Key
from tthc.web.api.described import READING, WRITING, shown

Document = dict[str, Any]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Words = Annotated[str, Meta(max_length=4000)]
PeriodName = Annotated[str, QueryParameter(description="Ví dụ year:2026")]
READING_SCORES: Any = {
    "guards": [needs("read", Permission.READ_SCORES)],
    "security": SECURITY,
    "responses": READING,
}
KEEPING_SCORES: Any = {
    "status_code": 200,
    "guards": [needs("write", Permission.KEEP_SCORES)],
    "security": SECURITY,
    "responses": WRITING,
}
ROUND = {
    "rubric": "ha-tinh-2023",
    "period": "year:2023",
    "root": "42",
    "decision": "15/QĐ-UBND",
    "windows": {
        "self": {"first": "2023-12-01", "last": "2023-12-15"},
        "appraisal": {"first": "2023-12-16", "last": "2023-12-31"},
        "explanation": {"first": "2024-01-01", "last": "2024-01-05"},
        "approval": {"first": "2024-01-06", "last": "2024-01-15"},
    },
}


class Dates(Struct, forbid_unknown_fields=True):
    """Local dates, the last one included."""

    first: date
    last: date


class Windows(Struct, forbid_unknown_fields=True):
    """When each stage is done."""

    self: Dates
    appraisal: Dates
    explanation: Dates
    approval: Dates


class OpeningRound(Struct, forbid_unknown_fields=True, kw_only=True):
    """A decision on a round; a further one, with its reason, sets the windows anew, with `block`
    those of one block only. `appraisers` by block stay as they are where none are told.
    """

    rubric: Name
    period: Name
    root: Name
    decision: Annotated[str, Meta(min_length=1, max_length=200)]
    windows: Windows
    appraisers: Annotated[dict[str, list[Name]], Meta(max_length=20)] | None = None
    reason: Words | None = None
    block: Name | None = None


class Publishing(Struct, forbid_unknown_fields=True):
    """A block whose sheets are all approved, of the province `root`."""

    period: Name
    root: Name
    block: Name


@get("/score-rounds", **READING_SCORES)
async def read_score_rounds(
    ledger: NamedDependency[AsyncConnection], actor: NamedDependency[Actor]
) -> Document:
    """The rounds of scoring, each with its windows as they are set now."""
    return await list_rounds(ledger, actor.scope)


@post("/score-rounds", **KEEPING_SCORES)
async def open_score_round(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[OpeningRound, shown(round=ROUND)],
    key: Key = None,
) -> Document:
    """Open a round, or set its windows anew; the same decision again changes nothing."""
    windows = {
        stage: Window(dates.first, dates.last)
        for stage in Stage
        for dates in [getattr(data.windows, stage.value)]
    }
    appraisers = None
    if data.appraisers is not None:
        appraisers = {name: tuple(logins) for name, logins in data.appraisers.items()}
    opening = Opening(
        *(data.rubric, data.period, data.root, data.decision, windows, appraisers),
        *(data.reason, data.block),
    )
    return await do_once(
        *(writing, actor, key, {"act": "open_round", "opening": opening}),
        lambda: open_round(writing, actor, opening),
    )


@get("/scores/{rubric:str}/results", **READING_SCORES)
async def read_score_results(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    period: PeriodName,
) -> Document:
    """The published results of a round: places, averages by area, criteria at 0."""
    return await show_results(ledger, actor.scope, rubric, read_period(period))


@post("/scores/{rubric:str}/results", **KEEPING_SCORES)
async def publish_score_results(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    data: Annotated[
        Publishing, shown(block={"period": "year:2023", "root": "42", "block": "departments"})
    ],
    key: Key = None,
) -> Document:
    """Publish a block whose sheets are all approved."""
    period = read_period(data.period)
    return await do_once(
        *(writing, actor, key, {"act": "publish_block", "rubric": rubric, **asdict(data)}),
        lambda: publish_block(writing, actor, rubric, period, data.root, data.block),
    )
