"""What is open to everybody of publications: read without anybody having entered."""

import json
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.publications import Publication

_LAST = text("""
SELECT document FROM open_figures WHERE simulated = :simulated AND period = :period
ORDER BY publication_id DESC LIMIT 1
""")
_PERIODS = text("""
SELECT DISTINCT as_of, period FROM open_figures WHERE simulated = :simulated
ORDER BY as_of DESC, period
""")
_OF = text("SELECT document, conditions FROM open_figures WHERE publication_id = :id")
_KEEP = text("""
INSERT INTO open_figures (publication_id, simulated, period, as_of, conditions, document)
VALUES (:id, :simulated, :period, :as_of, CAST(CAST(:conditions AS text) AS json),
  CAST(CAST(:document AS text) AS json))
""")


class OpenSheet(NamedTuple):
    """The table that is open, and of each of its definitions population and counted."""

    document: dict[str, Any]
    conditions: list[tuple[str, str]]


async def keep_open(connection: AsyncConnection, of: Publication, sheet: OpenSheet) -> None:
    """Write what is open of a publication, once."""
    await connection.execute(
        _KEEP,
        {
            "id": of.id,
            "simulated": of.simulated,
            "period": of.period,
            "as_of": of.as_of,
            "conditions": json.dumps(sheet.conditions, ensure_ascii=False),
            "document": json.dumps(sheet.document, ensure_ascii=False),
        },
    )


async def open_sheet_of(connection: AsyncConnection, publication_id: int) -> OpenSheet | None:
    """What is open of a publication; None where nothing is."""
    row = (await connection.execute(_OF, {"id": publication_id})).one_or_none()
    if row is None:
        return None
    conditions = [(population, counted) for population, counted in _read(row.conditions)]
    return OpenSheet(_read(row.document), conditions)


async def read_open(
    connection: AsyncConnection, period: str, *, simulated: bool
) -> dict[str, Any] | None:
    """The table of a period's last version."""
    found = await connection.scalar(_LAST, {"simulated": simulated, "period": period})
    return None if found is None else dict(_read(found))


async def open_periods(connection: AsyncConnection, *, simulated: bool) -> list[str]:
    """The periods of which something is open, the latest first."""
    return [row.period for row in await connection.execute(_PERIODS, {"simulated": simulated})]


def _read(document: Any) -> Any:  # noqa: ANN401  # JSON, which the driver may have read already
    return json.loads(document) if isinstance(document, str) else document
