"""The night's first step: rows of `cases` must be the fold of their events."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import structlog
from adbc_driver_postgresql.dbapi import Connection

from tthc import clock
from tthc.db.integrity import COUNT_WRONG_ROWS

# A fold costs some 30 µs, so a night looks at the rows touched since the last one and at one part
# of the others; in so many nights it has looked at all.
ROWS_OF_A_NIGHT = 50_000
MOST_PARTS = 28
LAST_CHECK = "SELECT max(known_at) AS at FROM job_runs WHERE step = 'fold' AND simulated = $1"
ROWS = "SELECT count(*) AS rows FROM cases WHERE simulated = $1"

log = structlog.get_logger()


def check_fold(connection: Connection, now: datetime, *, simulated: bool) -> Mapping[str, Any]:
    """Which part of a world's rows was looked at, how many are wrong, and the first of those.

    A wrong row is told and counted; the figures come all the same, so that one case never holds
    up a province, and `tthc verify` names its columns.
    """
    parts = min(MOST_PARTS, 1 + _ask(connection, ROWS, simulated) // ROWS_OF_A_NIGHT)
    part = clock.local_date(now).toordinal() % parts
    since = _ask(connection, LAST_CHECK, simulated) or now - timedelta(days=1)
    only = (
        f"AND c.simulated = {str(simulated).lower()} AND (c.id % {parts} = {part} "
        f"OR c.last_recorded_at >= TIMESTAMPTZ '{since.isoformat()}')"
    )
    with connection.cursor() as cursor:
        cursor.execute(COUNT_WRONG_ROWS.format(only=only))
        found = pl.DataFrame(cursor.fetch_arrow()).row(0, named=True)
    result = {"part": f"{part + 1}/{parts}", **found}
    if found["wrong"]:
        log.error("fold", **result)
    return result


def _ask(connection: Connection, sql: str, simulated: bool) -> Any:  # noqa: ANN401, FBT001  # one value; the world
    with connection.cursor() as cursor:
        cursor.execute(sql, (simulated,))
        return pl.DataFrame(cursor.fetch_arrow()).item()
