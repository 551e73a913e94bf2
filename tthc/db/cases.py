"""The only writer of cases and events.

The bulk door, for imports and simulations: Arrow streams go in by binary COPY, on the caller's
transaction. A stream's columns are the table's own, of exactly its types (int → Int32, bigint →
Int64, smallint → Int16, numeric → Decimal, timestamptz → Datetime[µs, UTC], json → text); columns
left out take their defaults, and the generated ones (`*_on`, `active_until`) are never written.
"""

from typing import Protocol

from adbc_driver_manager.dbapi import Cursor


class ArrowStream(Protocol):
    """Whatever can be read as Arrow batches, such as a polars frame."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def reserve_case_ids(cursor: Cursor, count: int) -> ArrowStream:
    """`count` fresh ids, ascending, in a stream with the one column `id`."""
    cursor.execute(
        f"SELECT nextval('cases_id_seq') AS id FROM generate_series(1, {count:d}) ORDER BY 1"
    )
    ids: ArrowStream = cursor.fetch_arrow()
    return ids


def append_cases(cursor: Cursor, cases: ArrowStream, events: ArrowStream) -> None:
    """Add new cases and their sealed events; the applicants follow by `append_applicants`."""
    cursor.adbc_ingest("cases", cases, mode="append")
    append_events(cursor, events)


def append_events(cursor: Cursor, events: ArrowStream) -> None:
    """Add sealed events; the rows of their cases are the caller's to keep in step."""
    cursor.adbc_ingest("case_events", events, mode="append")


def append_applicants(cursor: Cursor, applicants: ArrowStream) -> None:
    """Add the applicants (`case_id`, `name`) of cases that had none."""
    cursor.adbc_ingest("applicants", applicants, mode="append")
