"""Score sheets: points brought in leaf by leaf, stages closed, and the feed out."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct
from msgspec.structs import asdict
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.domain.errors import InputError
from tthc.domain.score_sheet.acts import Evidence, Proof
from tthc.rules.periods import read_period
from tthc.service.repeats import do_once
from tthc.service.score_feed import feed
from tthc.service.score_sheet import open_sheet
from tthc.service.score_sheet_document import show_history, show_sheet
from tthc.service.score_sheets import Entry, close_stage, score_leaf
from tthc.web.api.cases import Key
from tthc.web.api.described import shown
from tthc.web.api.score_rounds import (
    KEEPING_SCORES,
    READING_SCORES,
    Document,
    Name,
    PeriodName,
    Words,
)

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
    """A stage that is done: the sheet passes on; `send_back` returns it to its unit, with a
    `reason`.
    """

    period: Name
    step: Literal["submit", "send_back", "end_appraisal", "end_explanation", "approve"]
    reason: Words = ""


@get("/scores/{rubric:str}/feed", **READING_SCORES)
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


@get("/scores/{rubric:str}/{unit:str}", **READING_SCORES)
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


@post("/scores/{rubric:str}/{unit:str}", **KEEPING_SCORES)
async def close_score_stage(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    unit: FromPath[str],
    data: Annotated[Closing, shown(submit={"period": "year:2026", "step": "submit"})],
    key: Key = None,
) -> Document:
    """Submit a sheet, send it back to be completed, or end its appraisal, explanation or approval;
    what nobody touched takes over the points of the column before.
    """
    period = read_period(data.period)
    asked = {"act": "close_stage", "rubric": rubric, "unit": unit, **asdict(data)}
    return await do_once(
        *(writing, actor, key, asked),
        lambda: close_stage(writing, actor, rubric, period, unit, data.step, data.reason),
    )


@get("/scores/{rubric:str}/{unit:str}/{leaf:str}", **READING_SCORES)
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


@post("/scores/{rubric:str}/{unit:str}/{leaf:str}", **KEEPING_SCORES)
async def score_one_leaf(
    writing: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    unit: FromPath[str],
    leaf: FromPath[str],
    data: Annotated[Points, shown(self=SELF, entered=ENTERED)],
    key: Key = None,
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
    period, where = read_period(data.period), {"rubric": rubric, "unit": unit, "leaf": leaf}
    return await do_once(
        *(writing, actor, key, {"act": "score_leaf", **where, **asdict(data)}),
        lambda: score_leaf(writing, actor, rubric, period, unit, leaf, entry),
    )


def _evidence(told: Proving | None) -> Evidence | None:
    if told is None:
        return None
    if not told.value.strip():
        raise InputError("Tài liệu kiểm chứng không được để trống.")
    return Evidence(Proof(told.kind), told.value.strip())
