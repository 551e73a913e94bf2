"""Closed periods that nobody has published yet, computed anew where something in them changed.

Acts are recorded late: the figures of a month that is over move until it is published, as they do
afterwards in restatements. What moved is written as a sheet that adds to the one before. Where a
look finds that nothing did, the sheet is empty and says until when it was looked.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

from jobs.extract import ask, read_batches
from jobs.measure import KEYS, Measured, lay_out, measure
from jobs.settled import QUIET, Night
from jobs.sheets import NewSheet, write_sheets
from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.domain.period import Period
from tthc.rules.periods import read_period, schemes

# A period's sheet as it was left last, if that was at its end.
LEFT = """
SELECT DISTINCT ON (period) period, id, as_of, known_at FROM figure_sheets s
WHERE simulated = $1 AND definitions = $2 AND layer_id IS NULL AND as_of >= $3 AND as_of < $4
  AND NOT EXISTS (SELECT FROM publications p
    WHERE p.period = s.period AND p.simulated = s.simulated)
ORDER BY period, as_of DESC, id DESC"""
# What was recorded since, or so shortly before that it may have been committed since.
CHANGED = """
SELECT EXISTS (SELECT FROM case_events e JOIN cases c ON c.id = e.case_id
  WHERE c.simulated = $1 AND e.recorded_at > $2 AND e.recorded_at <= $3 AND e.effective_at <= $4)"""
ROWS = """
WITH RECURSIVE stack AS (
  SELECT id, adds_to_id FROM figure_sheets WHERE id = $1
  UNION ALL
  SELECT s.id, s.adds_to_id FROM stack k JOIN figure_sheets s ON s.id = k.adds_to_id
)
SELECT f.* FROM stack JOIN {table} f ON f.sheet_id = stack.id"""


def recompute_closed(connection: Connection, night: Night) -> Mapping[str, int]:
    """Look at the closed periods in which something may have changed; returns how many moved and
    how many rows that took.
    """
    sheets = [
        sheet
        for ended, periods in _changed(connection, night).items()
        for sheet in _differences(connection, night, ended, periods)
    ]
    written = write_sheets(connection, night.run_id, sheets, simulated=night.scope.simulated)
    moved = [each for each in sheets if each.measured.groups.height]
    return {"closed": len(moved), "rows": written}


def _changed(connection: Connection, night: Night) -> dict[datetime, list[tuple[Period, int]]]:
    """The periods in which something may have changed, with their last sheets, by their ends."""
    simulated, knowledge = night.scope.simulated, night.knowledge
    longest = timedelta(days=max(scheme.awaited_days for scheme in schemes().values()))
    left = ask(
        connection,
        LEFT,
        *(simulated, night.what.digest, knowledge.as_of - longest, knowledge.as_of),
    )
    found: dict[datetime, list[tuple[Period, int]]] = defaultdict(list)
    for name, sheet_id, as_of, known_at in left.iter_rows():
        period = read_period(name)
        awaited = timedelta(days=schemes()[period.scheme].awaited_days)
        if (
            as_of != clock.end_of(period.end - timedelta(days=1))
            or knowledge.as_of - as_of > awaited
        ):
            continue
        asked = (simulated, known_at - QUIET, knowledge.known_at, as_of)
        if ask(connection, CHANGED, *asked).item():
            found[as_of].append((period, sheet_id))
    return found


def _differences(
    connection: Connection, night: Night, ended: datetime, periods: Sequence[tuple[Period, int]]
) -> list[NewSheet]:
    """What is different at their end, as known now, from what was kept of these periods."""
    knowledge = Knowledge(ended, night.knowledge.known_at)
    then = Night(night.run_id, night.url, night.scope, night.asked, knowledge, night.lookups)
    columns = night.what.columns
    since = min(period.start for period, _ in periods)
    sql = facts_sql(night.scope, night.lookups.sent(columns), knowledge, active_since=since)
    measured = measure(
        read_batches(night.url, sql, columns, night.lookups),
        [(night.what, then.cut(period)) for period, _ in periods],
    )
    return [
        NewSheet(period.name, night.what, knowledge, _less(found, _read(connection, kept)), kept)
        for (period, kept), found in zip(periods, measured, strict=True)
    ]


def _read(connection: Connection, sheet_id: int) -> Measured:
    """The rows of a sheet and of those that it adds to."""
    groups, spreads = (
        ask(connection, ROWS.format(table=table), sheet_id).drop("sheet_id")
        for table in ("figures", "figure_days")
    )
    return Measured(groups, spreads)


def _less(new: Measured, old: Measured) -> Measured:
    """What must be added to the old rows to make the new ones."""
    if not new.groups.width:  # no case is in play
        new = Measured(old.groups.clear(), old.spreads.clear())
    ours, theirs = (each.spreads.explode("days", "cases") for each in (new, old))
    groups = _differing(new.groups, old.groups, "verdicts")
    return Measured(groups, lay_out(_differing(ours, theirs, "spread", "days")))


def _differing(ours: pl.DataFrame, theirs: pl.DataFrame, *keys: str) -> pl.DataFrame:
    columns = (*KEYS, *keys)
    rows = pl.concat(
        each.select(*columns, pl.col("cases") * sign) for each, sign in ((ours, 1), (theirs, -1))
    )
    rows = rows.group_by(columns).agg(pl.col("cases").sum())
    return rows.filter(pl.col("cases") != 0).sort(columns)
