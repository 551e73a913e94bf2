"""What people and surveys entered of leaves that no case decides, as far as the reader sees it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.score_sheets import read_acts
from tthc.domain.score_sheet.acts import Kind
from tthc.domain.score_sheet.sheet import entered_by, fold
from tthc.service.score_question import Asked
from tthc.service.scoring import EnteredByUnit


async def entered_by_units(connection: AsyncConnection, asked: Asked) -> EnteredByUnit:
    """The last entries of each unit and leaf, as known at the cut-off."""
    acts = await read_acts(
        *(connection, asked.rubric.id, asked.period.name),
        simulated=asked.scope.simulated,
        kinds=[Kind.ENTERED.value],
        known_at=asked.knowledge.known_at,
    )
    return {unit_id: entered_by(fold(noted).entered) for unit_id, noted in acts.items()}
