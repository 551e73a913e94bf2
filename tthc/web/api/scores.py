"""Criterion scores: the documents of `tthc score`."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Permission, may
from tthc.domain.errors import InputError
from tthc.rules.periods import read_period
from tthc.rules.rubrics import rubrics
from tthc.service.appraised import show_appraised
from tthc.service.outlook import WhatIf, forecast, suppose
from tthc.service.score_document import describe_rubric
from tthc.service.score_question import Cut
from tthc.service.scores import show_score
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import READING, WRITING, shown

Instant = Annotated[
    str | None,
    QueryParameter(description="Thời điểm có múi giờ, hoặc một ngày: hết ngày ấy ở Việt Nam."),
]

SCORES = Permission.READ_SCORES
LETTER = {"period": "year:2026", "unit": "25747", "cases": ["HS-1"], "change": "letter"}
THRESHOLD = {"period": "year:2026", "thresholds": {"3.1.1": {"floor": 90}}}


@get("/scores", guards=[needs("read", SCORES)], security=SECURITY, responses=READING)
async def list_rubrics() -> dict[str, Any]:
    """The rubrics that there are, with their source, validity and what is not confirmed."""
    return {"rubrics": [describe_rubric(each) for each in rubrics().values()]}


@get("/scores/{rubric:str}", guards=[needs("read", SCORES)], security=SECURITY, responses=READING)
async def get_score(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    period: Annotated[str, QueryParameter(description="Ví dụ year:2026 hoặc month:2026-03")],
    unit: FromQuery[str | None] = None,
    as_of: Instant = None,
    known_at: Instant = None,
    compare: FromQuery[Literal["last_year"] | None] = None,
) -> dict[str, Any]:
    """A unit's score, leaf by leaf; without a unit the whole, and the ranking of each block.

    Who sees no case (an appraiser) is answered by the last night on the period: of their blocks,
    without cases and without their own unit.
    """
    if not may(actor.role, Permission.READ_CASES):
        if as_of or known_at:
            raise InputError(
                "Vai trò của bạn xem điểm theo lần tính đêm gần nhất: hãy bỏ as_of và known_at."
            )
        last = bool(compare)
        return await show_appraised(ledger, actor, rubric, read_period(period), unit, compared=last)
    cut = Cut(
        clock.read_instant(as_of) if as_of else None,
        clock.read_instant(known_at) if known_at else None,
    )
    chosen = read_period(period)
    return await show_score(ledger, actor.scope, rubric, chosen, unit, cut, compared=bool(compare))


class Supposing(Struct, forbid_unknown_fields=True, kw_only=True):
    """What if? `cases` that go otherwise (`change`), other `thresholds` by leaf, or both."""

    period: Annotated[str, Meta(max_length=50)]
    unit: Annotated[str, Meta(max_length=100)] | None = None
    cases: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=10_000)] = []
    change: Literal["letter", "resolved", "in_time", "late", "online"] | None = None
    thresholds: dict[str, dict[str, Decimal]] = {}
    as_of: Annotated[str, Meta(max_length=50)] | None = None


@post(
    "/scores/{rubric:str}/what-if",
    status_code=200,
    guards=[needs("read")],
    security=SECURITY,
    responses=WRITING,
)
async def suppose_score(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    data: Annotated[Supposing, shown(letter=LETTER, threshold=THRESHOLD)],
) -> dict[str, Any]:
    """The score as it is and as it would be; nothing is changed."""
    what = WhatIf(tuple(data.cases), data.change, data.thresholds)
    cut = Cut(clock.read_instant(data.as_of) if data.as_of else None)
    period = read_period(data.period)
    return await suppose(ledger, actor.scope, rubric, period, data.unit, what, cut)


@get("/scores/{rubric:str}/forecast", guards=[needs("read")], security=SECURITY, responses=READING)
async def forecast_score(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    period: Annotated[str, QueryParameter(description="Ví dụ year:2026 hoặc month:2026-03")],
    unit: FromQuery[str | None] = None,
    as_of: Instant = None,
) -> dict[str, Any]:
    """The score at the period's end, low, expected and high, with the method said."""
    cut = Cut(clock.read_instant(as_of) if as_of else None)
    return await forecast(ledger, actor.scope, rubric, read_period(period), unit, cut)
