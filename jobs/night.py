"""The steps of a night, in their order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adbc_driver_postgresql.dbapi import Connection

from jobs.digest import seal_days
from jobs.episodes import count_episodes
from jobs.figures import compute_figures, whole_plan
from jobs.fold import check_fold
from jobs.keys import forget_keys
from jobs.letters import list_letters_due
from jobs.reminder import remind_of_calendar
from jobs.runner import Outcome, Step, run_step
from jobs.scores import keep_scores, rubric_set
from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.queries.nights import WHOLE_NIGHT
from tthc.settings import read_settings


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
    """What a night does: check the rows, look at what became overdue and
    which letters are due tomorrow, compute what was true at
    `as_of`, as known now, for every period that is open then, score units by it, look whether
    next year's calendar is there, seal the days that are over, forget old keys of requests. The
    last step notes that all are done.
    """
    knowledge = Knowledge(as_of, known_at)
    digest = whole_plan().digest

    def check(connection: Connection, _: int) -> Mapping[str, Any]:
        return check_fold(connection, known_at, simulated=simulated)

    def look(connection: Connection, _: int) -> Mapping[str, Any]:
        return count_episodes(connection, knowledge, simulated=simulated)

    def compute(connection: Connection, run_id: int) -> Mapping[str, Any]:
        return {"figures": compute_figures(connection, run_id, knowledge, simulated=simulated)}

    def score(connection: Connection, run_id: int) -> Mapping[str, Any]:
        return keep_scores(connection, run_id, url, knowledge, simulated=simulated)

    def remind(connection: Connection, _: int) -> Mapping[str, Any]:
        return remind_of_calendar(connection, as_of)

    def seal(connection: Connection, _: int) -> Mapping[str, Any]:
        return seal_days(connection, known_at)

    def forget(connection: Connection, _: int) -> Mapping[str, Any]:
        return forget_keys(connection, known_at, read_settings().keys_kept)

    def apologise(connection: Connection, _: int) -> Mapping[str, Any]:
        return list_letters_due(connection, knowledge, simulated=simulated)

    steps = [Step("fold", "", check), Step("episodes", "", look), Step("letters", "", apologise)]
    steps += [Step("figures", digest, compute)]
    steps += [Step("scores", rubric_set(), score)]
    if not simulated:  # a simulated ledger makes the instants of its recording up
        steps += [Step("reminder", "", remind), Step("digest", "", seal), Step("keys", "", forget)]
    return [*steps, Step(WHOLE_NIGHT, digest, lambda *_: {})]
