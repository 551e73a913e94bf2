"""Runs one step of a night as one transaction: lock, ledger, work, commit.

A crash means that the step did not happen, so it is due again; of two schedulers one works.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

from tthc import clock


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the night: its name, what it is about, and the work, which returns its result."""

    name: str
    definitions: str
    work: Callable[[Connection, int], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: run or, with the reason, not."""

    ran: bool
    reason: str | None
    is_locked: bool
    result: Mapping[str, Any]
    seconds: str


def run_step(
    connection: Connection,
    step: Step,
    *,
    simulated: bool,
    as_of: datetime,
    known_at: datetime,
    again: bool,
) -> Outcome:
    """Run a step unless the ledger has it or another process holds it.

    `again` runs it once more, as a further attempt; the earlier attempt stays in the ledger.
    """
    started = clock.now()
    if not _ask(
        connection, f"SELECT pg_try_advisory_xact_lock({_lock(step.name, simulated=simulated)})"
    ):
        connection.rollback()
        return _not_run("một tiến trình khác đang chạy", is_locked=True)
    done = _ask(
        connection,
        "SELECT max(attempt) FROM job_runs WHERE step = $1 AND simulated = $2 "
        "AND as_of = $3 AND definitions = $4",
        step.name,
        simulated,
        as_of,
        step.definitions,
    )
    if done and not again:
        connection.rollback()
        return _not_run("sổ công việc đã có", is_locked=False)
    run_id = _ask(connection, "SELECT nextval('job_runs_id_seq')")
    result = step.work(connection, run_id)
    finished = clock.now()
    seconds = f"{(finished - started).total_seconds():.2f}"
    _ask(
        connection,
        "INSERT INTO job_runs (id, step, simulated, as_of, known_at, definitions, attempt, "
        "started_at, finished_at, result) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::json) RETURNING id",
        run_id,
        step.name,
        simulated,
        as_of,
        known_at,
        step.definitions,
        (done or 0) + 1,
        started,
        finished,
        json.dumps(result),
    )
    connection.commit()
    return Outcome(ran=True, reason=None, is_locked=False, result=result, seconds=seconds)


def _not_run(reason: str, *, is_locked: bool) -> Outcome:
    return Outcome(ran=False, reason=reason, is_locked=is_locked, result={}, seconds="0")


def _ask(connection: Connection, sql: str, *values: object) -> Any:  # noqa: ANN401  # one value
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return pl.DataFrame(cursor.fetch_arrow()).item()


def _lock(step: str, *, simulated: bool) -> int:
    name = hashlib.sha256(f"tthc:{step}:{simulated}".encode()).digest()
    return int.from_bytes(name[:8], "big", signed=True)
