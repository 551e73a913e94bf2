"""What units say of their figures (giải trình)."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ADD = text("""
INSERT INTO explanations (unit_id, period, text, actor, recorded_at)
VALUES (:unit_id, :period, :text, :actor, :recorded_at)
""")


async def add(
    connection: AsyncConnection,
    *,
    unit_id: int,
    period: str,
    words: str,
    actor: str,
    recorded_at: datetime,
) -> None:
    """Keep a unit's explanation of a period."""
    values = {"unit_id": unit_id, "period": period, "text": words}
    await connection.execute(_ADD, values | {"actor": actor, "recorded_at": recorded_at})
