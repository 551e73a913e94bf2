"""The night's housekeeping: answers kept for repeated requests are forgotten in time.

A sender repeats a request within minutes, at most after a long outage; a key that is sent again
later is a new request.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

FORGET = """
WITH forgotten AS (DELETE FROM idempotency_keys WHERE recorded_at < $1 RETURNING 1)
SELECT count(*) FROM forgotten
"""


def forget_keys(connection: Connection, now: datetime, kept: timedelta) -> Mapping[str, Any]:
    """Forget the keys that have been kept long enough; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, (now - kept,))
        return {"forgotten": pl.DataFrame(cursor.fetch_arrow()).item(), "kept_days": kept.days}
