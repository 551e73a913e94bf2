"""The steps of a night, in their order."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adbc_driver_postgresql.dbapi import Connection, connect

from jobs.digest import seal_days
from jobs.episodes import count_episodes
from jobs.figures import compute_figures, whole_plan
from jobs.fold import check_fold
from jobs.keys import forget_keys
from jobs.letters import list_letters_due
from jobs.notices import write_notices
from jobs.reminder import remind_of_calendar
from jobs.retention import forget_sheets
from jobs.runner import Outcome, Step, run_step
from jobs.scores import keep_scores, rubric_set
from jobs.signals import keep_signals
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
    with connect(url) as connection:
        for step in steps_of(url, simulated=simulated, as_of=as_of, known_at=known_at):
            outcome = run_step(
                *(connection, step),
                simulated=simulated,
                as_of=as_of,
                known_at=known_at,
                again=again,
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
    """What a night does, in its order: check the rows, look at what became overdue, compute what
    was true at `as_of`, as known now, for every period that is open then, score units by it, list
    the letters due tomorrow, count the signals, look whether next year's calendar is there, write
    the notices of the morning, seal the days that are over, forget old keys of requests and old
    sheets. The last
    step notes that all are done.
    """
    knowledge = Knowledge(as_of, known_at)
    digest = whole_plan().digest
    settings = read_settings()

    def compute(connection: Connection, run_id: int) -> Mapping[str, Any]:
        return compute_figures(connection, run_id, url, knowledge, simulated=simulated)

    def score(connection: Connection, run_id: int) -> Mapping[str, Any]:
        return keep_scores(connection, run_id, url, knowledge, simulated=simulated)

    def look(connection: Connection, run_id: int) -> Mapping[str, Any]:
        return keep_signals(connection, run_id, url, knowledge, simulated=simulated)

    steps = [
        Step("fold", "", _of(check_fold, known_at, simulated=simulated)),
        Step("episodes", "", _of(count_episodes, knowledge, simulated=simulated)),
        Step("figures", digest, compute),
        Step("scores", rubric_set(), score),
        Step("letters", "", _of(list_letters_due, knowledge, simulated=simulated)),
        Step("signals", "", look),
    ]
    if not simulated:  # a simulated ledger makes the instants of its recording up
        sending = settings.mail is not None
        steps += [
            Step("reminder", "", _of(remind_of_calendar, as_of)),
            Step("notices", "", _of(write_notices, knowledge, known_at, sending=sending)),
            Step("digest", "", _of(seal_days, known_at)),
            Step("keys", "", _of(forget_keys, known_at, settings.keys_kept)),
        ]
    forget = _of(forget_sheets, known_at, settings.sheets_kept, simulated=simulated)
    steps.append(Step("sheets", "", forget))
    return [*steps, Step(WHOLE_NIGHT, digest, lambda *_: {})]


def _of(
    work: Callable[..., Mapping[str, Any]], *given: object, **named: object
) -> Callable[[Connection, int], Mapping[str, Any]]:
    """The work of a step that needs no number of its run."""
    return lambda connection, _: work(connection, *given, **named)
