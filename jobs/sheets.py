"""What a night has measured, written as sheets: one for each period."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

from jobs.extract import ask
from jobs.measure import Measured, Plan
from tthc.db.facts import Knowledge


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A sheet to write: which period at which cut-off, what was counted, and what came of it.

    `adds_to`: the sheet whose rows count with this one's: of cases settled before.
    """

    period: str
    what: Plan
    knowledge: Knowledge
    measured: Measured
    adds_to: int | None = None


def write_sheets(
    connection: Connection, run_id: int, sheets: Sequence[NewSheet], *, simulated: bool
) -> int:
    """Write sheets; returns how many rows they have."""
    ids = begin_sheets(connection, run_id, sheets, simulated=simulated)
    return write_rows(connection, ids, sheets)


def begin_sheets(
    connection: Connection,
    run_id: int,
    sheets: Iterable[NewSheet],
    *,
    simulated: bool,
    layer_id: int = 0,
) -> list[int]:
    """Write what sheets, perhaps those of a layer, are of; returns their ids."""
    ids = []
    for sheet in sheets:
        _keep_set(connection, sheet.what)
        found = ask(
            connection,
            "INSERT INTO figure_sheets (run_id, simulated, definitions, period, as_of, known_at, "
            "adds_to_id, layer_id) VALUES ($1, $2, $3, $4, $5, $6, nullif($7, 0), nullif($8, 0)) "
            "RETURNING id",
            *(run_id, simulated, sheet.what.digest, sheet.period),
            *(sheet.knowledge.as_of, sheet.knowledge.known_at, sheet.adds_to or 0, layer_id),
        )
        ids.append(found.item())
    return ids


def write_rows(connection: Connection, ids: Sequence[int], sheets: Sequence[NewSheet]) -> int:
    """Write the rows of sheets that have these ids; returns how many those are."""
    groups, spreads = [], []
    for sheet_id, sheet in zip(ids, sheets, strict=True):
        of_sheet = pl.lit(sheet_id, pl.Int32).alias("sheet_id")
        groups.append(sheet.measured.groups.select(of_sheet, pl.all()))
        spreads.append(sheet.measured.spreads.select(of_sheet, pl.all()))
    return _write(connection, "figures", groups) + _write(connection, "figure_days", spreads)


def _keep_set(connection: Connection, what: Plan) -> None:
    slots = {
        "texts": what.texts,
        "spreads": [[each.condition, each.days] for each in what.spreads],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO definition_sets (digest, slots) VALUES ($1, $2::text::json) "
            "ON CONFLICT DO NOTHING",
            (what.digest, json.dumps(slots, ensure_ascii=False)),
        )


def _write(connection: Connection, table: str, rows: list[pl.DataFrame]) -> int:
    """Write the rows that there are; a sheet without cases has none."""
    filled = [each for each in rows if each.height and each.width > 1]
    if not filled:
        return 0
    with connection.cursor() as cursor:
        cursor.adbc_ingest(table, pl.concat(filled), mode="append")
    return sum(each.height for each in filled)
