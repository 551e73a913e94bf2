"""`/bao-cao`: what is handed in, as files: reports in official layouts, the briefing, a draw."""

from litestar import MediaType, get
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.sheets import last_night
from tthc.domain.access import Actor, Permission, may
from tthc.domain.period import Period
from tthc.rules.layouts import NAMES, layout
from tthc.rules.periods import period_before, read_period
from tthc.rules.sources import source
from tthc.service.sampling import MOST, USUAL
from tthc.web.access import Visitor, may_do
from tthc.web.desk.render import render

PATH = "/bao-cao"
SCHEMES = ("week", "month", "quarter", "half", "year", "m21")


@get(
    PATH,
    guards=[may_do(Permission.COUNT_CASES)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def reports_page(
    visitor: NamedDependency[Visitor], ledger: NamedDependency[AsyncConnection]
) -> str:
    """Every report with the periods of the last night, and those before them."""
    assert visitor.actor is not None  # the guard let somebody in
    periods = await reported_periods(visitor.actor, ledger)
    layouts = [layout(name) for name in NAMES]
    return render(
        "reports.html",
        visitor=visitor,
        layouts=layouts,
        unread={each.id for each in layouts if not source(each.source).confirmed},
        periods=periods,
        usual=USUAL,
        most=MOST,
        may_draw=may(visitor.actor.role, Permission.DRAW_SAMPLE),
    )


async def reported_periods(actor: Actor, ledger: AsyncConnection) -> list[Period]:
    """Of which periods reports are asked: those of the last night, and those before them."""
    night = await last_night(actor.counted, ledger)
    counted = {name for name, _ in night.sheets} if night else set()
    periods = [
        each
        for now in sorted(map(read_period, counted), key=lambda one: one.name)
        if now.scheme in SCHEMES
        for each in (now, period_before(now))
        if each
    ]
    return sorted(periods, key=lambda each: (SCHEMES.index(each.scheme), -each.start.toordinal()))
