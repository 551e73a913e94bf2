"""The steps of a night, in their order."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

from jobs.digest import seal_days
from jobs.episodes import count_episodes
from jobs.extract import read_facts
from jobs.fold import check_fold
from jobs.keys import forget_keys
from jobs.measure import Plan, measure_each, plan
from jobs.reminder import remind_of_calendar
from jobs.runner import Outcome, Step, run_step
from jobs.scores import keep_scores, rubric_set
from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.queries.nights import WHOLE_NIGHT
from tthc.domain.access import Scope
from tthc.rules.definitions import definitions
from tthc.rules.periods import periods_on
from tthc.rules.predicates import Cut, partition_counts
from tthc.settings import read_settings

WHOLE = "all"  # the scheme whose one period is the whole ledger


def run_night(url: str, *, simulated: bool, as_of: datetime, again: bool = False) -> Outcome:
    """Run the steps of a night, those that the ledger of jobs lacks, and note that it is whole.

    The outcome is that of the figures, with a warning if there is one; the others' results are in
    the ledger of jobs. Where another process holds a step, the night is left to it.
    """
    known_at = clock.now()
    warnings = []
    for step in steps_of(url, simulated=simulated, as_of=as_of, known_at=known_at):
        outcome = run_step(
            url, step, simulated=simulated, as_of=as_of, known_at=known_at, again=again
        )
        if outcome.is_locked:
            return outcome
        if step.name == "figures":
            figures = outcome
        if outcome.result.get("warning"):
            warnings.append(outcome.result["warning"])
    if not warnings:
        return figures
    return replace(figures, result={**figures.result, "warning": "\n".join(warnings)})


def steps_of(url: str, *, simulated: bool, as_of: datetime, known_at: datetime) -> list[Step]:
    """What a night does: check the rows, look at what became overdue, compute what was true at
    `as_of`, as known now, for every period that is open then, score units by it, look whether
    next year's calendar is there, seal the days that are over, forget old keys of requests. The
    last step notes that all are done.
    """
    knowledge = Knowledge(as_of, known_at)
    what = plan(definitions().values())
    whole = plan(definitions().values(), partition_counts().values())

    def check(connection: Connection, _: int) -> Mapping[str, Any]:
        return check_fold(connection, known_at, simulated=simulated)

    def look(connection: Connection, _: int) -> Mapping[str, Any]:
        return count_episodes(connection, knowledge, simulated=simulated)

    def compute(connection: Connection, run_id: int) -> Mapping[str, Any]:
        return {
            "figures": compute_figures(
                connection, run_id, what, whole, knowledge, simulated=simulated
            )
        }

    def score(connection: Connection, run_id: int) -> Mapping[str, Any]:
        return keep_scores(connection, run_id, url, knowledge, simulated=simulated)

    def remind(connection: Connection, _: int) -> Mapping[str, Any]:
        return remind_of_calendar(connection, as_of)

    def seal(connection: Connection, _: int) -> Mapping[str, Any]:
        return seal_days(connection, known_at)

    def forget(connection: Connection, _: int) -> Mapping[str, Any]:
        return forget_keys(connection, known_at, read_settings().keys_kept)

    steps = [Step("fold", "", check), Step("episodes", "", look)]
    steps += [Step("figures", whole.digest, compute)]
    steps += [Step("scores", rubric_set(), score)]
    if not simulated:  # a simulated ledger makes the instants of its recording up
        steps += [Step("reminder", "", remind), Step("digest", "", seal), Step("keys", "", forget)]
    return [*steps, Step(WHOLE_NIGHT, whole.digest, lambda *_: {})]


def compute_figures(
    connection: Connection,
    run_id: int,
    what: Plan,
    whole: Plan,
    knowledge: Knowledge,
    *,
    simulated: bool,
) -> int:
    """Measure all open periods and write their sheets; returns how many cells there are.

    `whole` is what the sheet of the whole ledger counts: it holds the partition as well.
    """
    periods = periods_on(clock.local_date(knowledge.as_of))
    plans = [whole if period.scheme == WHOLE else what for period in periods]
    since = min(period.start for period in periods)
    batches = read_facts(Scope(simulated), connection, whole.columns, knowledge, since)
    cuts = [Cut(knowledge.as_of, period) for period in periods]
    measured = measure_each(batches, list(zip(plans, cuts, strict=True)))
    with connection.cursor() as cursor:
        for each in (what, whole):
            cursor.execute(
                "INSERT INTO definition_sets (digest, slots) VALUES ($1, $2::text::json) "
                "ON CONFLICT DO NOTHING",
                (each.digest, json.dumps(each.slots)),
            )
        cells = []
        for period, counted, axes in zip(periods, plans, measured, strict=True):
            for axis, found in axes.items():
                cursor.execute(
                    "INSERT INTO figure_sheets (run_id, simulated, definitions, period, axis, "
                    "as_of, known_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                    (
                        *(run_id, simulated, counted.digest, period.name, axis),
                        *(knowledge.as_of, knowledge.known_at),
                    ),
                )
                sheet_id = pl.DataFrame(cursor.fetch_arrow()).item()
                cells.append(found.insert_column(0, pl.lit(sheet_id, pl.Int32).alias("sheet_id")))
        written = pl.concat(cells) if cells else pl.DataFrame()
        if written.height:
            cursor.adbc_ingest("figures", written, mode="append")
    return written.height
