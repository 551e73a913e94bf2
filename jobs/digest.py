"""The night's last step: seal the days that are over, each onto the one before."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from adbc_driver_postgresql.dbapi import Connection, Cursor

from tthc import clock
from tthc.db.imports import IMPORTING
from tthc.db.integrity import LEDGER_BOOK, DayBook
from tthc.db.score_integrity import SCORE_BOOK
from tthc.db.trace_integrity import TRACE_BOOK
from tthc.domain.digest import LedgerDay, sealed_days

# what began to be recorded on a day is committed by then
SETTLED = timedelta(minutes=5)


def seal_days(connection: Connection, now: datetime) -> Mapping[str, Any]:
    """Seal every day, of real cases, traces and score sheets, that is over and not sealed; returns
    how many, and the heads.

    A running import, whose events bear the instant of its start, is waited for.
    """
    last = clock.local_date(now - SETTLED) - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({IMPORTING})")
        sealed, head = _seal(cursor, LEDGER_BOOK, last, now)
        traces_sealed, trace_head = _seal(cursor, TRACE_BOOK, last, now)
        scores_sealed, _ = _seal(cursor, SCORE_BOOK, last, now)
    return {
        "sealed": sealed,
        "head": head.hex(),
        "traces_sealed": traces_sealed,
        "trace_head": trace_head.hex(),
        "scores_sealed": scores_sealed,
    }


def _seal(cursor: Cursor, book: DayBook, last: date, now: datetime) -> tuple[int, bytes]:
    """Seal the days of a book up to the last; how many, and the book's head."""
    kept = _days(cursor, book.kept)
    head = kept[-1].head if kept else b""
    first = kept[-1].day + timedelta(days=1) if kept else _first_day(cursor, book)
    if first is None or first > last:
        return 0, head
    found = _days(cursor, book.days, first, last + timedelta(days=1))
    sealed = sealed_days(first, last, found, head)
    rows = [(one.day, one.chains, one.links, one.digest, one.head, now) for one in sealed]
    cursor.executemany(book.keep, rows)
    return len(sealed), sealed[-1].head


def _days(cursor: Cursor, sql: str, *values: object) -> list[LedgerDay]:
    cursor.execute(sql, values or None)
    return [LedgerDay(**row) for row in pl.DataFrame(cursor.fetch_arrow()).iter_rows(named=True)]


def _first_day(cursor: Cursor, book: DayBook) -> date | None:
    cursor.execute(book.first)
    day: date | None = pl.DataFrame(cursor.fetch_arrow()).item()
    return day
