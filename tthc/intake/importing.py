"""The import of a file: read and checked whole, then entered in one transaction or not at all."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryFile

import polars as pl
from adbc_driver_manager.dbapi import Cursor

from tthc.db import imports
from tthc.domain.errors import BusyError
from tthc.intake.creating import Import
from tthc.intake.entering import Desk
from tthc.intake.guard import magic
from tthc.intake.ledger import INSTANT
from tthc.intake.profile import Profile
from tthc.intake.reading import read_rows
from tthc.intake.rejects import RejectsFile
from tthc.intake.repeats import Repeats
from tthc.intake.spill import Spill
from tthc.intake.table import Table, open_table

Progress = Callable[[str, int, int | None], None]  # what is done, rows so far, of how many
READING, ENTERING = "Đọc tệp", "Ghi sổ"


@dataclass(frozen=True, slots=True)
class Order:
    """What to import, into which world, known from when on, and whether to write it."""

    path: Path
    profile: Profile
    recorded_at: datetime
    simulated: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import counted: rows = created + updated + unchanged + rejected."""

    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    rejects_file: str | None
    sha256: str
    already_imported: bool


def import_file(
    order: Order, url: str, data_dir: Path, progress: Progress = lambda *_: None
) -> ImportReport:
    """Enter a file's cases in the ledger at a libpq URL; on an error nothing is entered.

    Raises InputError where the file is not what it claims to be, BusyError while another import
    runs, SettingError where there is no database.
    """
    magic(order.path)
    with order.path.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    world = "-simulated" if order.simulated else ""
    rejects = data_dir / "rejects" / f"{sha256[:16]}-{order.profile.name}{world}.csv"
    with imports.importing_connection(url) as connection, connection.cursor() as cursor:
        if not pl.DataFrame(imports.take_turn(cursor)).item():
            raise BusyError("Một lần nhập khác đang chạy: hãy đợi xong rồi nhập lại.")
        name = f"{order.profile.name}#{order.profile.digest[:12]}"
        found = imports.find_import(cursor, sha256, name, simulated=order.simulated)
        for counts in pl.DataFrame(found).to_dicts():
            kept = str(rejects) if rejects.exists() else None
            return ImportReport(**counts, rejects_file=kept, sha256=sha256, already_imported=True)
        data_dir.mkdir(parents=True, exist_ok=True)
        table = open_table(order.path, order.profile.columns, order.profile.amounts)
        with TemporaryFile(dir=data_dir) as file, RejectsFile(rejects, table) as rejected:
            spill = Spill(file)
            desk = _enter(order, cursor, table, spill, rejected, progress)
            if not order.dry_run:
                imports.append_import(cursor, _entered(order, desk, name, sha256))
                connection.commit()
            kept_as = rejected.keep()
    return ImportReport(
        **asdict(desk.counts),
        rejects_file=str(kept_as) if kept_as else None,
        sha256=sha256,
        already_imported=False,
    )


def _enter(
    order: Order,
    cursor: Cursor,
    table: Table,
    spill: Spill,
    rejected: RejectsFile,
    progress: Progress,
) -> Desk:
    repeats = Repeats()
    for batch in table.batches():
        frame = read_rows(batch, table, order.profile)
        spill.add(frame)
        repeats.add(frame)
        progress(READING, table.read, None)
    table.check_total()
    again, against = repeats.settle(spill)
    number = 0 if order.dry_run else pl.DataFrame(imports.reserve_import_id(cursor)).item()
    desk = Desk(
        Import(number, order.profile.name, order.path.name, order.simulated, order.recorded_at),
        order.profile,
        cursor,
        rejected,
        order.dry_run,
    )
    lines = pl.Series(sorted(again), dtype=pl.Int64)
    frames = (frame.filter(~pl.col("line").is_in(lines.implode())) for frame in spill.frames())
    for done in desk.enter(frames, against):
        progress(ENTERING, done, table.read - len(again))
    return desk


def _entered(order: Order, desk: Desk, profile: str, sha256: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": desk.by.id,
            "profile": profile,
            "file_name": order.path.name,
            "sha256": sha256,
            "simulated": order.simulated,
            "imported_at": pl.Series([order.recorded_at], dtype=INSTANT),
            **asdict(desk.counts),
        },
        schema_overrides={"id": pl.Int64, **dict.fromkeys(asdict(desk.counts), pl.Int64)},
    )
