"""`/so-lieu`: the official's overview; what it shows is in its address."""

from typing import Any, Literal

from litestar import MediaType, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.rules.predicates import predicates
from tthc.rules.ranking import least_cases
from tthc.service.overview import HEADLINE, Overview, View, show_overview
from tthc.service.tallies import THEN
from tthc.service.trend import LONG, MONTHS
from tthc.service.words import LEVELS
from tthc.web.access import Visitor, signed_in
from tthc.web.desk.bar import OUTCOMES, draw_bar, draw_outcome
from tthc.web.desk.overview_charts import draw_trend, draw_units
from tthc.web.desk.render import render

PATH = "/so-lieu"
FEW = 20  # units shown before all are asked for


@get(PATH, guards=[signed_in], media_type=MediaType.HTML, include_in_schema=False)
async def overview_page(
    visitor: NamedDependency[Visitor],
    ledger: NamedDependency[AsyncConnection],
    period: FromQuery[str | None] = None,
    headline: FromQuery[str] = HEADLINE,
    unit: FromQuery[str | None] = None,
    level: FromQuery[str | None] = None,
    standing: FromQuery[str] = THEN,
    units: FromQuery[Literal["all"] | None] = None,
    trend: FromQuery[Literal["long"] | None] = None,
) -> str:
    """Figures of the last night in the person's world, in one of its periods."""
    assert visitor.actor is not None  # the guard let somebody in
    view = View(
        *(period or None, headline or HEADLINE, unit or None, level or None, standing or THEN),
        most=None if units else FEW,
        months=LONG if trend else MONTHS,
    )
    overview = await show_overview(ledger, visitor.actor.counted, view)
    return render(
        "overview.html",
        visitor=visitor,
        overview=overview,
        view=view,
        world="simulated" if overview.simulated else "real",
        shown=overview.units,
        bar=draw_bar(overview.partition),
        outcomes=[(each, draw_outcome(each.parts)) for each in overview.outcomes if each.whole],
        outcome_looks=OUTCOMES,
        labels=predicates(),
        levels=LEVELS,
        least=least_cases(clock.local_date(overview.night.as_of)) if overview.night else None,
        **_addresses(overview),
        **_charts(overview),
    )


def _addresses(overview: Overview) -> dict[str, Any]:
    """What the links of the page keep: of the page itself, of its cases now and in the period."""
    view, night = overview.view, overview.night
    if night is None or overview.period is None:
        return {"here_again": {}, "cut": {}, "in_period": {}}
    narrowed = {"unit": view.unit, "level": view.level}
    narrowed["standing"] = None if view.standing == THEN else view.standing
    cut = {"as_of": night.as_of.isoformat(), "known_at": night.known_at.isoformat(), **narrowed}
    return {
        "here_again": {
            "period": overview.period.name,
            "headline": None if view.headline == HEADLINE else view.headline,
            "trend": "long" if view.months == LONG else None,
            **narrowed,
        },
        "cut": cut,
        "in_period": {**cut, "period": overview.period.name},
    }


def _charts(overview: Overview) -> dict[str, Any]:
    if overview.period is None:
        return {}
    return {"trend_chart": draw_trend(overview), "units_chart": draw_units(overview)}
