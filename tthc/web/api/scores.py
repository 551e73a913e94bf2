"""Criterion scores: the documents of `tthc score`."""

from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor
from tthc.rules.periods import read_period
from tthc.rules.rubrics import rubrics
from tthc.service.score_document import describe_rubric
from tthc.service.scores import Cut, show_score
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import READING

Instant = Annotated[
    str | None,
    QueryParameter(description="Thời điểm có múi giờ, hoặc một ngày: hết ngày ấy ở Việt Nam."),
]


@get("/scores", guards=[needs("read")], security=SECURITY, responses=READING)
async def list_rubrics() -> dict[str, Any]:
    """The rubrics that there are, with their source, validity and what is not confirmed."""
    return {"rubrics": [describe_rubric(each) for each in rubrics().values()]}


@get("/scores/{rubric:str}", guards=[needs("read")], security=SECURITY, responses=READING)
async def get_score(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    rubric: FromPath[str],
    period: Annotated[str, QueryParameter(description="Ví dụ year:2026 hoặc month:2026-03")],
    unit: FromQuery[str | None] = None,
    as_of: Instant = None,
    known_at: Instant = None,
) -> dict[str, Any]:
    """A unit's score, leaf by leaf; without a unit the whole, and the ranking of each block."""
    cut = Cut(
        clock.read_instant(as_of) if as_of else None,
        clock.read_instant(known_at) if known_at else None,
    )
    return await show_score(ledger, actor.scope, rubric, read_period(period), unit, cut)
