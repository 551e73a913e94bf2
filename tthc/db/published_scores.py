"""Scores as they were published with their period: written once, read by unit."""

import hashlib
from collections.abc import Iterable

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.scores import COLUMNS, RECORD, StoredScore, read_score, write_scores

_INSERT = f"""
INSERT INTO published_scores (publication_id, {COLUMNS})
SELECT $2::bigint, {COLUMNS} FROM json_to_recordset($1::text::json) AS r ({RECORD})"""
_LAST = f"""
SELECT {COLUMNS} FROM published_scores s
WHERE rubric = $2 AND ($3::integer IS NULL OR unit_id = $3) AND publication_id = (
  SELECT id FROM publications WHERE simulated = $4 AND period = $1 ORDER BY version DESC LIMIT 1)
ORDER BY unit_id"""
# every row, however many, in a fixed order; numbers as they were written
_SEALED = """
SELECT rubric || ' ' || version || ' ' || rubric_digest || ' ' || unit_id || ' ' || points || ' '
  || most || ' ' || scored_most || ' ' || figures || ' ' || leaves::text
FROM published_scores WHERE publication_id = $1 ORDER BY rubric COLLATE "C", unit_id"""


async def keep_published(
    connection: AsyncConnection, publication_id: int, scores: Iterable[StoredScore]
) -> None:
    """Keep the scores of a publication that is being written."""
    await connection.exec_driver_sql(_INSERT, (write_scores(scores), publication_id))


async def scores_digest(connection: AsyncConnection, publication_id: int) -> bytes:
    """What seals the scores of a publication."""
    sealing = hashlib.sha256()
    for row in await connection.exec_driver_sql(_SEALED, (publication_id,)):
        sealing.update(hashlib.sha256(row[0].encode()).digest())
    return sealing.digest()


async def last_published(
    connection: AsyncConnection,
    rubric: str,
    period: str,
    *,
    simulated: bool,
    unit_id: int | None = None,
) -> list[StoredScore]:
    """The scores of the last version of a period, of the units that the reader sees."""
    rows = await connection.exec_driver_sql(_LAST, (period, rubric, unit_id, simulated))
    return [read_score(dict(row)) for row in rows.mappings()]
