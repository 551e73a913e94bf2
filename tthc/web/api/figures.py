"""Figures and the partition, live from the ledger: the documents of the command line."""

from datetime import date
from typing import Annotated, Any, Literal

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Permission, check, check_world
from tthc.service.figures import (
    Question,
    choose_period,
    read_dimensions,
    show_figures,
    show_partition,
)
from tthc.web.access import SECURITY, needs
from tthc.web.api.described import FIGURES

World = Literal["real", "simulated"]
By = Annotated[
    str | None,
    QueryParameter(
        description="Các chiều, cách nhau bằng dấu phẩy: unit (đơn vị lúc đó), "
        "unit_today (đơn vị kế thừa duy nhất, tính đến hôm nay), tree và tree_today (như hai chiều "
        "trên, mỗi đơn vị gồm cả các đơn vị bên dưới), level, sector, procedure, channel."
    ),
]
Instant = Annotated[
    str | None,
    QueryParameter(description="Thời điểm có múi giờ, hoặc một ngày: hết ngày ấy ở Việt Nam."),
]
Standing = Annotated[
    Literal["then", "today"],
    QueryParameter(
        description="today: đơn vị được hỏi gồm cả các đơn vị tiền thân mà đến nay chỉ nó kế thừa; "
        "then: đúng đơn vị lúc đó."
    ),
]


@get("/figures", guards=[needs("figures")], security=SECURITY, responses=FIGURES)
async def get_figures(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    definition: FromQuery[str],
    period: FromQuery[str | None] = None,
    start: Annotated[date | None, QueryParameter(name="from")] = None,
    end: Annotated[date | None, QueryParameter(name="to")] = None,
    as_of: Instant = None,
    known_at: Instant = None,
    by: By = None,
    unit: FromQuery[str | None] = None,
    world: FromQuery[World | None] = None,
    standing: Standing = "then",
) -> dict[str, Any]:
    """A definition's two counts and their ratio in a period, by dimensions."""
    question = _question(actor, world, unit, as_of, known_at, by, standing)
    return await show_figures(ledger, definition, choose_period(period, start, end), question)


@get("/partition", guards=[needs("figures")], security=SECURITY, responses=FIGURES)
async def get_partition(
    ledger: NamedDependency[AsyncConnection],
    actor: NamedDependency[Actor],
    as_of: Instant = None,
    known_at: Instant = None,
    by: By = None,
    unit: FromQuery[str | None] = None,
    world: FromQuery[World | None] = None,
    standing: Standing = "then",
) -> dict[str, Any]:
    """How many cases are in each bucket; every case is in exactly one."""
    question = _question(actor, world, unit, as_of, known_at, by, standing)
    return await show_partition(ledger, question)


def _question(
    actor: Actor,
    world: World | None,
    unit: str | None,
    as_of: str | None,
    known_at: str | None,
    by: str | None,
    standing: str,
) -> Question:
    check(actor, Permission.COUNT_CASES)
    if world is not None:
        check_world(actor, simulated=world == "simulated")
    return Question(
        scope=actor.scope,
        unit=unit,
        as_of=clock.read_instant(as_of) if as_of else None,
        known_at=clock.read_instant(known_at) if known_at else None,
        by=read_dimensions(by),
        standing=standing,
    )
