"""The acts that bring open cases to something else, in bulk: each one audited and in its chain."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.recalculation import DUES

MOVED_COLUMNS = (
    *(*DUES, "re_promised_at", "calendar_version", "hours_version"),
    *("term_id", "statutory_term_id"),
)


def _sealed(*fields: str) -> str:
    return " || ".join(f"length({field}) || ':' || {field}" for field in fields)


def _micros(at: str) -> str:
    return f"(extract(epoch FROM {at}) * 1000000)::bigint::text"


_NOW = "CAST(:now AS timestamptz)"
_EFFECTIVE = f"greatest({_NOW}, c.last_effective_at)"
# tthc.domain.events.sealed_text, of an act that replaces nothing
_TEXT = _sealed(
    "c.code",
    "(c.version + 1)::text",
    "'recalculated'",
    *(_micros(at) for at in (_NOW, _EFFECTIVE, _NOW)),
    "CAST(:actor AS text)",
    "''",
    "t.payload",
    "t.change",
)
MOVE = f"""
WITH moved AS (
  SELECT c.id, c.version + 1 AS seq, {_EFFECTIVE} AS effective_at, t.payload, t.change,
    sha256(c.head || convert_to({_TEXT}, 'UTF8')) AS hash
  FROM unnest(CAST(:ids AS bigint[]), CAST(:places AS integer[])) AS given (id, place)
  JOIN unnest(CAST(:payloads AS text[]), CAST(:changes AS text[]))
    WITH ORDINALITY AS t (payload, change, place) USING (place)
  JOIN cases c USING (id)
), acts AS (
  INSERT INTO case_events (case_id, seq, type, occurred_at, effective_at, recorded_at, actor,
    payload, change, hash)
  SELECT id, seq, 'recalculated', {_NOW}, effective_at, {_NOW}, CAST(:actor AS text),
    payload::json, change::json, hash
  FROM moved
)
UPDATE cases c SET version = m.seq, head = m.hash, last_effective_at = m.effective_at,
  last_recorded_at = greatest(c.last_recorded_at, {_NOW}), ({", ".join(MOVED_COLUMNS)}) = (
    SELECT {", ".join(f"r.{name}" for name in MOVED_COLUMNS)}
    FROM jsonb_populate_record(c, m.change::jsonb) AS r)
FROM moved m WHERE c.id = m.id
"""


async def hold_ledger(connection: AsyncConnection) -> None:
    """Let nobody else write a case until the transaction ends."""
    await connection.execute(text("LOCK TABLE cases IN SHARE ROW EXCLUSIVE MODE"))


async def move_cases(
    connection: AsyncConnection,
    given: Sequence[tuple[int, int]],
    texts: Sequence[tuple[str, str]],
    *,
    actor: str,
    now: datetime,
) -> int:
    """Write a recalculation on each case: `given` are ids and the place (from 1) of their texts,
    which are payload and change. The chain is sealed where it lies. Returns how many.
    """
    written = await connection.execute(
        text(MOVE),
        {
            "ids": [case_id for case_id, _ in given],
            "places": [place for _, place in given],
            "payloads": [payload for payload, _ in texts],
            "changes": [change for _, change in texts],
            "actor": actor,
            "now": now,
        },
    )
    return written.rowcount
