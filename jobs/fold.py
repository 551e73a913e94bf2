"""The night's first step: every row of `cases` must be the fold of its events."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import structlog
from adbc_driver_postgresql.dbapi import Connection

from tthc.db.integrity import COUNT_WRONG_ROWS

log = structlog.get_logger()


def check_fold(connection: Connection, *, simulated: bool) -> Mapping[str, Any]:
    """How many rows there are in a world, how many are wrong, and the first of those.

    A wrong row is told and counted; the figures come all the same, so that one case never holds
    up a province, and `tthc verify` names its columns.
    """
    world = f"AND c.simulated = {str(simulated).lower()}"
    with connection.cursor() as cursor:
        cursor.execute(COUNT_WRONG_ROWS.format(only=world, only_events=""))
        found = pl.DataFrame(cursor.fetch_arrow()).row(0, named=True)
    result = {"rows": found["rows"], "wrong": found["wrong"], "first": found["first"]}
    if found["wrong"]:
        log.error("fold", **result)
    return result
