"""`/dau-hieu`: which cases should be looked at again, in words, each number a list."""

from datetime import timedelta
from typing import Literal

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.domain.access import Actor, Permission
from tthc.domain.period import Period
from tthc.rules.periods import period_before, read_period, schemes
from tthc.service.figures import Question
from tthc.service.signals import show_signals, show_stored, usual_period
from tthc.web.access import Visitor, may_do
from tthc.web.desk.render import render

PATH = "/dau-hieu"
FEW = 20  # units shown before all are asked for
OTHERS = ("quarter", "year")


@get(
    PATH,
    guards=[may_do(Permission.READ_SIGNALS)],
    media_type=MediaType.HTML,
    include_in_schema=False,
)
async def signals_page(
    visitor: NamedDependency[Visitor],
    actor: NamedDependency[Actor],
    ledger: NamedDependency[AsyncConnection],
    period: FromQuery[str | None] = None,
    unit: FromQuery[str | None] = None,
    units: FromQuery[Literal["all"] | None] = None,
) -> str:
    """The signals of a period, and the units that have any."""
    stored = await show_stored(ledger, actor.scope)
    usual = read_period(stored["period"]) if stored else None
    chosen = read_period(period) if period else usual or _month()
    told = await show_signals(ledger, Question(actor.scope, unit or None), chosen)
    return render(
        "signals.html",
        visitor=visitor,
        period=chosen,
        periods=_periods(usual or _month(), chosen),
        told=told,
        stored=stored,
        unit=unit or "",
        shown=told["units"] if units else told["units"][:FEW],
        kept={
            "period": chosen.name,
            "as_of": told["as_of"],
            "known_at": told["known_at"],
            "unit": unit or "",
        },
    )


def _month() -> Period:
    return usual_period(clock.local_date(clock.now()))


def _periods(month: Period, chosen: Period) -> list[Period]:
    """The month that is looked at usually, the one before, its quarter and year; what was asked."""
    last = month.end - timedelta(days=1)
    found = [month, period_before(month), *(schemes()[name].containing(last) for name in OTHERS)]
    offered = [each for each in found if each]
    return offered if chosen in offered else [*offered, chosen]
