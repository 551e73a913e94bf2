"""A unit's place in its block: as it was published, or by the figures so far."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor
from tthc.domain.score_sheet.sheet import State
from tthc.rules.periods import year_before
from tthc.service.places import last_years_places, nights_places
from tthc.service.score_question import Asked, Cut
from tthc.service.score_results import show_results
from tthc.service.score_sheet import Document, OpenSheet
from tthc.service.score_words import gained


async def place_of_sheet(
    connection: AsyncConnection, actor: Actor, held: OpenSheet
) -> Document | None:
    """The place, whether it was published, and in words how it moved since last year; None where
    no night has ranked the unit yet.
    """
    if held.sheet.state is State.PUBLISHED:
        results = await show_results(connection, actor.scope, held.rubric.id, held.period)
        rows = [row for block in results["blocks"] for row in block["units"]]
        own = next(row for row in rows if row["unit"] == held.unit.code)
        return {"place": own["place"], "published": True, "moved": own["compared"]["words"]}
    knowledge = Cut().knowledge(held.period)
    asked = Asked(actor.counted, held.rubric, held.period, knowledge)
    place = (await nights_places(connection, asked)).get(held.unit.id)
    if place is None:
        return None
    before = {}
    if year_before(held.period):
        before = await last_years_places(connection, asked, kept=True)
    moved = gained(place, before.get(held.unit.id))
    return {"place": place, "published": False, "moved": moved["words"]}
