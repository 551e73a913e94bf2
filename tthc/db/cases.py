"""The only writer of cases and events.

The bulk door, for imports and simulations: Arrow streams go in by binary COPY, on the caller's
transaction. A stream's columns are the table's own, of exactly its types (int → Int32, bigint →
Int64, smallint → Int16, numeric → Decimal, timestamptz → Datetime[µs, UTC], json → text); columns
left out take their defaults, and the generated ones (`*_on`, `active_until`) are never written.
"""

from typing import Protocol

import nanoarrow
from adbc_driver_manager.dbapi import Cursor

COLUMNS = (
    "id, code, simulated, imported, version, head, last_effective_at, last_recorded_at, "
    "receiving_unit_id, competent_unit_id, procedure_id, case_kind, level, channel, online_level, "
    "out_of_territory, officer, parent_case_code, state, submitted_at, received_at, first_due_at, "
    "promised_due_at, promised_overdue_at, due_at, overdue_at, statutory_due_at, "
    "statutory_overdue_at, re_promised_at, supplements, suspended_at, resolved_at, outcome, "
    "returned_at, ended_at, letter_number, letter_issued_at, letter_sent_at, cause, e_result, "
    "fee_amount, fee_paid_at, fee_channel, return_channel, term_id, calendar_version"
)
LISTED = "ANY (string_to_array($1, E'\\n')"  # the caller's parameter: one value per line

# a case's row, its `fee_amount` as text, and its applicant's name, or that it was erased
READ_CASES = f"""
SELECT {COLUMNS.replace("fee_amount", "fee_amount::text")}, name AS applicant_name,
  erased_at IS NOT NULL AS applicant_erased
FROM cases LEFT JOIN applicants ON case_id = id WHERE code = {LISTED})
"""
LOCK_CASES = f"""
SELECT id, version FROM cases WHERE id = {LISTED}::bigint[]) ORDER BY id FOR UPDATE
"""
READ_EVENTS = f"""
SELECT case_id, seq, type, occurred_at, effective_at, replaces, import_id, change::text
FROM case_events WHERE case_id = {LISTED}::bigint[]) ORDER BY case_id, seq
"""
MOVE = f"""
UPDATE cases SET ({COLUMNS}) = (SELECT {", ".join(f"n.{c}" for c in COLUMNS.split(", "))})
FROM changed_cases n WHERE cases.id = n.id
"""
NAME = """
INSERT INTO applicants (case_id, name) SELECT case_id, name FROM named_applicants
ON CONFLICT (case_id) DO UPDATE SET name = excluded.name WHERE applicants.erased_at IS NULL
"""


class ArrowStream(Protocol):
    """Whatever can be read as Arrow batches, such as a polars frame."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def reserve_case_ids(cursor: Cursor, count: int) -> ArrowStream:
    """`count` fresh ids, ascending, in a stream with the one column `id`."""
    cursor.execute(
        f"SELECT nextval('cases_id_seq') AS id FROM generate_series(1, {count:d}) ORDER BY 1"
    )
    return _fetched(cursor)


def append_cases(cursor: Cursor, cases: ArrowStream, events: ArrowStream) -> None:
    """Add new cases and their sealed events; the applicants follow by `append_applicants`."""
    _append(cursor, "cases", cases)
    append_events(cursor, events)


def append_events(cursor: Cursor, events: ArrowStream) -> None:
    """Add sealed events; the rows of their cases are the caller's to keep in step."""
    _append(cursor, "case_events", events)


def append_applicants(cursor: Cursor, applicants: ArrowStream) -> None:
    """Add the applicants (`case_id`, `name`) of cases that had none."""
    _append(cursor, "applicants", applicants)


def read_cases(cursor: Cursor, codes: list[str]) -> ArrowStream:
    """The rows of the cases with these codes, in either world."""
    cursor.execute(READ_CASES, ("\n".join(codes),))
    return _fetched(cursor)


def lock_cases(cursor: Cursor, ids: list[int]) -> ArrowStream:
    """Hold these cases until the transaction ends; their versions, by `id`."""
    cursor.execute(LOCK_CASES, ("\n".join(map(str, ids)),))
    return _fetched(cursor)


def read_events(cursor: Cursor, ids: list[int]) -> ArrowStream:
    """Every event of these cases, each case's together in the order of `seq`."""
    cursor.execute(READ_EVENTS, ("\n".join(map(str, ids)),))
    return _fetched(cursor)


def move_cases(cursor: Cursor, cases: ArrowStream) -> None:
    """Bring the rows of known cases up to their events: the stream has every column."""
    _stage(cursor, "changed_cases", f"SELECT {COLUMNS} FROM cases")
    cursor.adbc_ingest("changed_cases", cases, mode="append", db_schema_name="pg_temp")
    cursor.execute(MOVE)


def name_applicants(cursor: Cursor, applicants: ArrowStream) -> None:
    """Set the applicants (`case_id`, `name`) of cases, known before or not."""
    _stage(cursor, "named_applicants", "SELECT case_id, name FROM applicants")
    cursor.adbc_ingest("named_applicants", applicants, mode="append", db_schema_name="pg_temp")
    cursor.execute(NAME)


def _append(cursor: Cursor, table: str, rows: ArrowStream) -> None:
    """Rows into a table: straight, unless it hides rows from this role, which can't copy then."""
    cursor.execute(f"SELECT row_security_active('{table}') AS hides")
    (answer,) = nanoarrow.ArrayStream(_fetched(cursor)).read_all().to_pylist()
    if not answer["hides"]:
        cursor.adbc_ingest(table, rows, mode="append")
        return
    read = nanoarrow.ArrayStream(rows)
    names = ", ".join(field.name for field in read.schema.fields)
    _stage(cursor, f"new_{table}", f"SELECT {names} FROM {table}")
    cursor.adbc_ingest(f"new_{table}", read, mode="append", db_schema_name="pg_temp")
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM new_{table}")


def _stage(cursor: Cursor, table: str, columns: str) -> None:
    """An empty table of this transaction's own."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {columns} WHERE false")


def _fetched(cursor: Cursor) -> ArrowStream:
    stream: ArrowStream = cursor.fetch_arrow()
    return stream
