"""The ledger of imports, and the units and procedures that only an import knows.

As in `tthc.db.cases`, all of it on the importing connection, so that one transaction holds it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import adbc_driver_postgresql.dbapi as adbc
from adbc_driver_manager import dbapi
from adbc_driver_manager.dbapi import Connection, Cursor

from tthc.db.cases import ArrowStream
from tthc.domain.errors import BusyError, SettingError

IMPORTING = 7484_0002  # the advisory lock of those who import
TAKE_TURN = f"SELECT pg_try_advisory_xact_lock({IMPORTING}) AS mine"
FIND = """
SELECT rows, created, updated, unchanged, rejected FROM imports
WHERE sha256 = $1 AND profile = $2 AND simulated = $3
"""
UNITS = "SELECT id, code, level, valid_from, valid_to FROM units WHERE simulated = $1"
PROCEDURES = "SELECT id, code, valid_from, valid_to FROM procedures"
ADD_ROOT = """
INSERT INTO units (id, simulated, code, name, kind, level, root_id)
SELECT id, $1, $2, $3, 'imported', $4, id
FROM (SELECT nextval('units_id_seq')::integer AS id) AS fresh
WHERE NOT EXISTS (SELECT FROM units WHERE simulated = $1 AND code = $2)
"""
ADD_UNITS = """
INSERT INTO units (simulated, code, name, kind, level, parent_id, root_id)
SELECT root.simulated, fresh.code, fresh.code, 'imported', $4, root.id, root.id
FROM units root, unnest(string_to_array($3, E'\\n')) AS fresh (code)
WHERE root.simulated = $1 AND root.code = $2
ON CONFLICT DO NOTHING
"""
ADD_SECTOR = "INSERT INTO sectors (name) VALUES ($1) ON CONFLICT DO NOTHING"
ADD_PROCEDURE = """
INSERT INTO procedures (code, name, sector_id, levels, imported)
SELECT $1, $2, id, ARRAY[$4], true FROM sectors WHERE name = $3
ON CONFLICT DO NOTHING
"""
NO_TABLE, DISK_FULL = "42P01", "53100"
OTHERS_WERE_FASTER = ("23505", "40P01")


@contextmanager
def importing_connection(url: str) -> Iterator[Connection]:
    """A connection whose one transaction is the whole import: committed by the caller, or not.

    Raises SettingError where the database can't be had, BusyError where others were faster.
    """
    try:
        connection = adbc.connect(url)
    except dbapi.Error as error:
        said = str(error).strip().splitlines()[-1].rpartition("FATAL:")[2].strip()
        raise SettingError(
            f"Không mở được cơ sở dữ liệu ({said}): hãy chạy `tthc db upgrade`, hoặc xem lại "
            "TTHC_DATABASE_URL."
        ) from error
    try:
        with connection:
            yield connection
    except dbapi.Error as error:
        if error.sqlstate == NO_TABLE:
            raise SettingError(
                "Cơ sở dữ liệu chưa có sổ hồ sơ: hãy chạy `tthc db upgrade` rồi nhập lại."
            ) from error
        if error.sqlstate in OTHERS_WERE_FASTER:
            raise BusyError(
                "Có hồ sơ trong tệp vừa được người khác ghi, chưa có gì được nhập: hãy nhập lại."
            ) from error
        if error.sqlstate == DISK_FULL:
            raise SettingError(
                "Máy chủ cơ sở dữ liệu hết chỗ trên đĩa, chưa có gì được nhập: hãy dọn chỗ rồi "
                "nhập lại."
            ) from error
        raise


def take_turn(cursor: Cursor) -> ArrowStream:
    """One import at a time: `mine` is false while another one runs."""
    cursor.execute(TAKE_TURN)
    return cursor.fetch_arrow()


def find_import(cursor: Cursor, sha256: str, profile: str, *, simulated: bool) -> ArrowStream:
    """What the import of this very content by this profile counted, if there was one."""
    cursor.execute(FIND, (sha256, profile, simulated))
    return cursor.fetch_arrow()


def reserve_import_id(cursor: Cursor) -> ArrowStream:
    cursor.execute("SELECT nextval('imports_id_seq') AS id")
    return cursor.fetch_arrow()


def append_import(cursor: Cursor, row: ArrowStream) -> None:
    """Enter the import in the ledger; its events, checked at the commit, are there already."""
    cursor.adbc_ingest("imports", row, mode="append")


def append_rejects(cursor: Cursor, rejects: ArrowStream) -> None:
    cursor.adbc_ingest("import_rejects", rejects, mode="append")


def read_units(cursor: Cursor, *, simulated: bool) -> ArrowStream:
    """Every unit of one world: id, code, level, validity."""
    cursor.execute(UNITS, (simulated,))
    return cursor.fetch_arrow()


def read_procedures(cursor: Cursor) -> ArrowStream:
    """Every procedure: id, code, validity."""
    cursor.execute(PROCEDURES)
    return cursor.fetch_arrow()


def add_units(
    cursor: Cursor, codes: list[str], profile: str, level: str, *, simulated: bool
) -> None:
    """Units that only an import knows, valid without limits, under its profile's own root."""
    root = f"import:{profile}"
    cursor.execute(ADD_ROOT, (simulated, root, f"Đơn vị từ tệp nhập {profile}", level))
    cursor.execute(ADD_UNITS, (simulated, root, "\n".join(codes), level))


def add_procedure(cursor: Cursor, code: str, name: str, sector: str, level: str) -> None:
    """A procedure that only an import knows, valid without limits."""
    cursor.execute(ADD_SECTOR, (sector,))
    cursor.execute(ADD_PROCEDURE, (code, name, sector, level))
