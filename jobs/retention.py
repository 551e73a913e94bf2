"""The night's housekeeping of its own past: sheets that no page shows any more are forgotten.

Whatever they said can be computed again from the ledger, which forgets nothing; what was published
is kept apart.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

# The last sheet of every period stays, as the pages of later periods compare with it; so do those
# that others add to. Of layers that a newer one follows the same holds, sheet by sheet.
FORGET_SHEETS = """
WITH old AS (
  SELECT s.id FROM figure_sheets s JOIN job_runs r ON r.id = s.run_id
  WHERE s.simulated = $1 AND r.finished_at < $2
    AND CASE WHEN s.layer_id IS NULL THEN EXISTS (SELECT FROM figure_sheets n
      WHERE n.period = s.period AND n.simulated = s.simulated AND n.layer_id IS NULL
        AND (n.as_of, n.id) > (s.as_of, s.id))
    ELSE EXISTS (SELECT FROM settled_layers n WHERE n.simulated = s.simulated
      AND n.id > s.layer_id) END
    AND NOT EXISTS (SELECT FROM figure_sheets a WHERE a.adds_to_id = s.id)
), counts AS (
  DELETE FROM figures WHERE sheet_id IN (SELECT id FROM old)
), days AS (
  DELETE FROM figure_days WHERE sheet_id IN (SELECT id FROM old)
), sheets AS (
  DELETE FROM figure_sheets WHERE id IN (SELECT id FROM old) RETURNING 1
)
SELECT count(*) FROM sheets"""
FORGET_LAYERS = """
WITH bare AS (
  DELETE FROM settled_layers l WHERE l.simulated = $1
    AND NOT EXISTS (SELECT FROM figure_sheets s WHERE s.layer_id = l.id)
  RETURNING 1
)
SELECT count(*) FROM bare"""
FORGET_SIGNALS = """
WITH old AS (
  DELETE FROM unit_signals u USING job_runs r
  WHERE r.id = u.run_id AND u.simulated = $1 AND r.finished_at < $2
    AND EXISTS (SELECT FROM unit_signals n WHERE n.simulated = u.simulated AND n.as_of > u.as_of)
  RETURNING 1
)
SELECT count(*) FROM old"""


def forget_sheets(
    connection: Connection, now: datetime, kept: timedelta, *, simulated: bool
) -> Mapping[str, Any]:
    """Forget the sheets and counts of signals that nights made long enough ago; returns how many
    sheets.
    """
    with connection.cursor() as cursor:
        cursor.execute(FORGET_SIGNALS, (simulated, now - kept))
        cursor.fetch_arrow()
        cursor.execute(FORGET_SHEETS, (simulated, now - kept))
        forgotten = pl.DataFrame(cursor.fetch_arrow()).item()
        cursor.execute(FORGET_LAYERS, (simulated,))
        cursor.fetch_arrow()
    return {"forgotten": forgotten, "kept_days": kept.days}
