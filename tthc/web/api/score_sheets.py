"""Score sheets: rounds, points brought in leaf by leaf, stages, results, and the feed out."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor, Permission
from tthc.domain.errors import InputError
from tthc.domain.score_sheet.acts import Evidence, Proof
from tthc.domain.score_sheet.rounds import Stage, Window
from tthc.rules.periods import read_period
from tthc.service.score_feed import feed
from tthc.service.score_results import publish_block, show_results
from tthc.service.score_rounds import Opening, list_rounds, open_round
from tthc.service.score_sheet import open_sheet
from tthc.service.score_sheet_document import show_history, show_sheet
from tthc.service.score_sheets import Entry, close_stage, score_leaf
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import READING, WRITING, shown

Document = dict[str, Any]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Words = Annotated[str, Meta(max_length=4000)]
PeriodName = Annotated[str, QueryParameter(description="Ví dụ year:2026")]
READS, KEEPS = Permission.READ_SCORES, Permission.KEEP_SCORES
DIGEST = "0f343b0931126a20f133d67c2b018a3b5f3a2c9f0d1e2c3b4a5968778695a4b3"
SELF = {
    "period": "year:2026",
    "column": "self",
    "points": 0.5,
    "reason": "Hai hồ sơ quá hạn do mất điện toàn xã",
    "evidence": {"kind": "document", "value": "12/BC-UBND"},
}
ENTERED = {
    "period": "year:2026",
    "column": "entered",
    "points": 1.5,
    "evidence": {"kind": "file", "value": DIGEST},
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
    """A decision on a round; a further one, with its reason, sets the windows anew."""

    rubric: Name
    period: Name
    root: Name
    decision: Annotated[str, Meta(min_length=1, max_length=200)]
    windows: Windows
    appraisers: Annotated[dict[str, list[Name]], Meta(max_length=20)] = {}
    reason: Words | None = None


class Proving(Struct, forbid_unknown_fields=True):
    """Evidence: a figure by its digest, a document by its number, a file by its SHA-256."""

    kind: Literal["figure", "document", "file"]
    value: Annotated[str, Meta(min_length=1, max_length=200)]


class Points(Struct, forbid_unknown_fields=True, kw_only=True):
    """Points of a leaf in a column, with a reason where they depart from the column before.

    `entered`: what people or a survey give of a leaf that no case decides (`points`, `items` of a
    checklist, `on` for a date of submission); `explained`: the unit's words, in `reason`.
    """

    period: Name
    column: Literal["self", "appraised", "approved", "entered", "explained", "restated"]
    points: Decimal | None = None
    reason: Words = ""
    evidence: Proving | None = None
    items: Annotated[list[Name], Meta(max_length=100)] = []
    on: date | None = None


class Closing(Struct, forbid_unknown_fields=True):
    """A stage that is done: the sheet passes on."""

    period: Name
    step: Literal["submit", "end_appraisal", "end_explanation", "approve"]


class Publishing(Struct, forbid_unknown_fields=True):
    """A block whose sheets are all approved, of the province `root`."""

    period: Name
    root: Name
    block: Name


@get("/score-rounds", guards=[needs("read", READS)], security=SECURITY, responses=READING)
async def read_score_rounds(
    ledger: NamedDependency[AsyncConnection], actor: NamedDependency[Actor]
) -> Document:
    """The rounds of scoring, each with its windows as they are set now."""
    return await list_rounds(ledger, actor.scope)


@post(
    "/score-rounds",
    status_code=200,
    guards=[needs("write", KEEPS)],
    security=SECURITY,
    responses=WRITING,
)
async def open_score_round(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    data: Annotated[OpeningRound, shown(round=ROUND)],
) -> Document:
    """Open a round, or set its windows anew; the same decision again changes nothing."""
    windows = {
        stage: Window(dates.first, dates.last)
        for stage in Stage
        for dates in [getattr(data.windows, stage.value)]
    }
    appraisers = {name: tuple(logins) for name, logins in data.appraisers.items()}
    opening = Opening(
        *(data.rubric, data.period, data.root, data.decision, windows, appraisers, data.reason)
    )
    return await open_round(writing, actor, opening)


@get(
    "/scores/{rubric:str}/results",
    guards=[needs("read", READS)],
    security=SECURITY,
    responses=READING,
)
async def read_score_results(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    period: PeriodName,
) -> Document:
    """The published results of a round: places, averages by area, criteria at 0."""
    return await show_results(ledger, actor.scope, rubric, read_period(period))


@post(
    "/scores/{rubric:str}/results",
    status_code=200,
    guards=[needs("write", KEEPS)],
    security=SECURITY,
    responses=WRITING,
)
async def publish_score_results(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    data: Annotated[
        Publishing, shown(block={"period": "year:2023", "root": "42", "block": "departments"})
    ],
) -> Document:
    """Publish a block whose sheets are all approved."""
    period = read_period(data.period)
    return await publish_block(writing, actor, rubric, period, data.root, data.block)


@get(
    "/scores/{rubric:str}/feed",
    guards=[needs("read", READS)],
    security=SECURITY,
    responses=READING,
)
async def read_score_feed(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    period: PeriodName,
    unit: FromQuery[str | None] = None,
) -> Document:
    """For other scoring software: of each unit and leaf a stable id, the two counts, the cut-off,
    the digest, the proposed points, the rule in words and where the evidence is.

    Their points come back by `POST /scores/{rubric}/{unit}/{leaf}`.
    """
    return await feed(ledger, actor, rubric, read_period(period), unit)


@get(
    "/scores/{rubric:str}/{unit:str}",
    guards=[needs("read", READS)],
    security=SECURITY,
    responses=READING,
)
async def read_score_sheet(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    unit: FromPath[str],
    period: PeriodName,
) -> Document:
    """A unit's sheet: computed, self-scored, appraised and approved points side by side."""
    held = await open_sheet(ledger, actor, rubric, read_period(period), unit)
    return show_sheet(actor, held)


@post(
    "/scores/{rubric:str}/{unit:str}",
    status_code=200,
    guards=[needs("write", KEEPS)],
    security=SECURITY,
    responses=WRITING,
)
async def close_score_stage(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    unit: FromPath[str],
    data: Annotated[Closing, shown(submit={"period": "year:2026", "step": "submit"})],
) -> Document:
    """Submit a sheet, or end its appraisal, explanation or approval; what nobody touched takes
    over the points of the column before.
    """
    return await close_stage(writing, actor, rubric, read_period(data.period), unit, data.step)


@get(
    "/scores/{rubric:str}/{unit:str}/{leaf:str}",
    guards=[needs("read", READS)],
    security=SECURITY,
    responses=READING,
)
async def read_score_leaf(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    unit: FromPath[str],
    leaf: FromPath[str],
    period: PeriodName,
) -> Document:
    """A leaf of a sheet with every act on it, the first one first."""
    held = await open_sheet(ledger, actor, rubric, read_period(period), unit)
    held.check_leaf(leaf)
    leaves: list[Document] = show_sheet(actor, held)["leaves"]
    (found,) = [each for each in leaves if each["code"] == leaf]
    return found | {"history": show_history(held, leaf)}


@post(
    "/scores/{rubric:str}/{unit:str}/{leaf:str}",
    status_code=200,
    guards=[needs("write", KEEPS)],
    security=SECURITY,
    responses=WRITING,
)
async def score_one_leaf(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    unit: FromPath[str],
    leaf: FromPath[str],
    data: Annotated[Points, shown(self=SELF, entered=ENTERED)],
) -> Document:
    """Give a leaf points in a column; the same again changes nothing. The sheet after it."""
    entry = Entry(
        data.column,
        data.points,
        data.reason.strip(),
        _evidence(data.evidence),
        tuple(data.items),
        data.on,
    )
    return await score_leaf(writing, actor, rubric, read_period(data.period), unit, leaf, entry)


def _evidence(told: Proving | None) -> Evidence | None:
    if told is None:
        return None
    if not told.value.strip():
        raise InputError("Tài liệu kiểm chứng không được để trống.")
    return Evidence(Proof(told.kind), told.value.strip())
