"""The night's last step: seal the days that are over, each onto the one before."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from adbc_driver_postgresql.dbapi import Connection, Cursor

from tthc import clock
from tthc.db import integrity
from tthc.db.imports import IMPORTING
from tthc.domain.digest import LedgerDay, sealed_days

# what began to be recorded on a day is committed by then
SETTLED = timedelta(minutes=5)


def seal_days(connection: Connection, now: datetime) -> Mapping[str, Any]:
    """Seal every day, of real cases, that is over and not sealed; returns how many, and the head.

    A running import, whose events bear the instant of its start, is waited for.
    """
    last = clock.local_date(now - SETTLED) - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({IMPORTING})")
        kept = _days(cursor, integrity.KEPT_DAYS)
        head = kept[-1].head if kept else b""
        first = kept[-1].day + timedelta(days=1) if kept else _first_day(cursor)
        if first is None or first > last:
            return {"sealed": 0, "head": head.hex()}
        found = _days(cursor, integrity.DAYS, first, last + timedelta(days=1))
        sealed = sealed_days(first, last, found, head)
        for one in sealed:
            values = (one.day, one.cases, one.events, one.digest, one.head, now)
            cursor.execute(integrity.KEEP_DAY, values)
    return {"sealed": len(sealed), "head": sealed[-1].head.hex()}


def _days(cursor: Cursor, sql: str, *values: object) -> list[LedgerDay]:
    cursor.execute(sql, values or None)
    return [LedgerDay(**row) for row in pl.DataFrame(cursor.fetch_arrow()).iter_rows(named=True)]


def _first_day(cursor: Cursor) -> date | None:
    cursor.execute(integrity.FIRST_DAY)
    day: date | None = pl.DataFrame(cursor.fetch_arrow()).item()
    return day
