"""Entering what was read: batch by batch, each prepared while the one before is written."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from adbc_driver_manager.dbapi import Cursor

from tthc.db import cases, imports
from tthc.intake.checking import REASONS, check
from tthc.intake.creating import Import, NewCases, new_cases
from tthc.intake.known import Known, read_known, with_known
from tthc.intake.places import Ask, Places
from tthc.intake.profile import Profile
from tthc.intake.rejects import RejectsFile
from tthc.intake.updating import CONFLICT, Updates, updates


@dataclass(slots=True)
class Counts:
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """What one batch adds to the ledger."""

    new: NewCases
    updates: Updates
    rejects: pl.DataFrame

    def write(self, cursor: Cursor) -> None:
        if not self.new.cases.is_empty():
            cases.append_cases(cursor, self.new.cases, self.new.events)
        if not self.new.applicants.is_empty():
            cases.append_applicants(cursor, self.new.applicants)
        if not self.updates.cases.is_empty():
            cases.append_events(cursor, self.updates.events)
            cases.move_cases(cursor, self.updates.cases)
        if not self.updates.applicants.is_empty():
            cases.name_applicants(cursor, self.updates.applicants)
        if not self.rejects.is_empty():
            imports.append_rejects(cursor, self.rejects)


@dataclass
class Desk:
    """Where the batches of one import are entered; the connection has a thread of its own."""

    by: Import
    profile: Profile
    cursor: Cursor
    rejects: RejectsFile
    dry_run: bool
    counts: Counts = field(default_factory=Counts)

    def enter(self, frames: Iterable[pl.DataFrame], against: dict[int, str]) -> Iterator[int]:
        """Enter every batch, saying after each how many rows are done."""
        with ThreadPoolExecutor(1) as thread:

            def ask(do: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401  # any function of tthc.db
                return thread.submit(do, self.cursor, *args, **options).result()

            places = Places(ask, self.profile, simulated=self.by.simulated)
            writing: Future[None] | None = None
            for frame, known in self._beside_known(frames, thread):
                entry = self._prepare(frame, known.result(), places, against, ask)
                if writing:
                    writing.result()
                if not self.dry_run:
                    writing = thread.submit(entry.write, self.cursor)
                yield self.counts.rows
            if writing:
                writing.result()

    def _beside_known(
        self, frames: Iterable[pl.DataFrame], thread: ThreadPoolExecutor
    ) -> Iterator[tuple[pl.DataFrame, Future[Known]]]:
        """Each batch with what the ledger knows of it, asked for one batch ahead."""
        waiting: tuple[pl.DataFrame, Future[Known]] | None = None
        for frame in frames:
            codes = frame["case_code"].drop_nulls().unique().to_list()
            known = thread.submit(read_known, self.cursor, codes, reserve=not self.dry_run)
            if waiting:
                yield waiting
            waiting = frame, known
        if waiting:
            yield waiting

    def _prepare(
        self,
        frame: pl.DataFrame,
        known: Known,
        places: Places,
        against: dict[int, str],
        ask: Ask,
    ) -> Entry:
        rows = check(with_known(frame, known.cases, self.profile), places, against)
        is_known = pl.col("known:id").is_not_null()
        good = pl.col("reasons").is_null()
        fresh, old = rows.filter(good & ~is_known), rows.filter(good & is_known)
        new = new_cases(fresh, known.ids.head(len(fresh)), self.by)
        changes = updates(old, known.cases, self.by, ask)
        conflict = pl.col("line").is_in(changes.against)
        rejected = rows.with_columns(
            reasons=pl.when(conflict).then(pl.lit([CONFLICT], REASONS)).otherwise("reasons")
        ).filter(pl.col("reasons").is_not_null())
        self.rejects.add(rejected)
        self.counts.rows += len(rows)
        self.counts.created += len(fresh)
        self.counts.updated += changes.updated
        self.counts.rejected += len(rejected)
        self.counts.unchanged += len(old) - changes.updated - len(changes.against)
        return Entry(
            new, changes, rejected.select("line", "reasons", import_id=pl.lit(self.by.id, pl.Int64))
        )
