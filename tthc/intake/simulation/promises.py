"""Due dates, by the same engine of the law as those of real cases.

A term in whole days or months depends on the local date alone, so each (term, date) is asked for
once and kept; every other term is asked for to the second.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import polars as pl

from tthc.domain.calendar import Calendar
from tthc.domain.catalog import PublishedTerm
from tthc.domain.due import due_of, due_on_date
from tthc.domain.errors import CalendarYearError
from tthc.domain.term import ClockPolicy, Mode, StartRule, Term, TermUnit
from tthc.domain.verdict import Due
from tthc.intake.simulation.worktime import A_DAY, EPOCH, OFFSET

NOON = 12 * 3600
BY_DATE = frozenset({TermUnit.WORKING_DAY, TermUnit.CALENDAR_DAY, TermUnit.MONTH})
INSTANT_0 = datetime(1970, 1, 1, tzinfo=UTC)
Answer = tuple[int, int] | None


def depends_on_date(term: Term, policy: ClockPolicy) -> bool:
    """Whether the hour of the receipt plays no part (rules of the domain, 3.3 and 3.5)."""
    if term.unit is not TermUnit.WORKING_DAY:
        return term.unit in BY_DATE
    return (
        policy.start_rule is StartRule.RECEIPT_DAY_NOT_COUNTED
        and policy.mode is Mode.END_OF_DAY
        and not term.fraction
        and term.whole > 0
        and term.cutoff is None
    )


class Promises:
    """Due instants in columns: `name` in local seconds, `name_over` the first overdue instant.

    The latter is in microseconds since 1970 in UTC, as the ledger keeps it.
    """

    def __init__(
        self, calendar: Calendar, policy: ClockPolicy, terms: dict[int, PublishedTerm]
    ) -> None:
        self._calendar, self._policy = calendar, policy
        self._terms = {
            key: Term(term.amount, TermUnit(term.unit), term.cutoff)
            for key, term in terms.items()
            if term.amount is not None and term.unit is not None
        }
        self._by_date = {k for k, t in self._terms.items() if depends_on_date(t, policy)}
        self._known: dict[tuple[int, int], Answer] = {}
        self._appointed: dict[tuple[int, int], Answer] = {}

    def due(self, frame: pl.DataFrame, term: str, start: str, name: str) -> pl.DataFrame:
        """When the term whose id is in column `term` ends, begun at `start` (local seconds)."""
        at = pl.col(start)
        by_date = pl.col(term).is_in(sorted(self._by_date))
        return _looked_up(
            frame,
            pl.col(term),
            pl.when(by_date).then(at // A_DAY * A_DAY + NOON).otherwise(at),
            self._due,
            name,
        )

    def appointment(self, frame: pl.DataFrame, days: str, start: str, name: str) -> pl.DataFrame:
        """Closing time `days` working days after the local date of `start`."""
        return _looked_up(frame, pl.col(days), pl.col(start) // A_DAY, self._appointment, name)

    def _due(self, term: int, start: int) -> Answer:
        if term not in self._by_date:
            return self._begun(term, start)
        key = (term, start)
        if key not in self._known:
            self._known[key] = self._begun(term, start)
        return self._known[key]

    def _begun(self, term: int, start: int) -> Answer:
        begun = INSTANT_0 + timedelta(seconds=start - OFFSET)
        return self._asked(lambda c: due_of(c, self._terms[term], begun, self._policy))

    def _appointment(self, days: int, day: int) -> Answer:
        key = (days, day)
        if key not in self._appointed:
            from_on: date = EPOCH + timedelta(days=day)
            self._appointed[key] = self._asked(
                lambda c: due_on_date(c, c.add_working_days(from_on, days))
            )
        return self._appointed[key]

    def _asked(self, ask: Callable[[Calendar], Due | None]) -> Answer:
        """The engine's answer; beyond the loaded years provisionally, by the bare week."""
        try:
            due = ask(self._calendar)
        except CalendarYearError:
            due = ask(self._calendar.extended)
        if due is None:
            return None
        over = (due.overdue_at - INSTANT_0) // timedelta(microseconds=1)
        return (due.due_at - INSTANT_0) // timedelta(seconds=1) + OFFSET, over


def _looked_up(
    frame: pl.DataFrame,
    what: pl.Expr,
    start: pl.Expr,
    ask: Callable[[int, int], Answer],
    name: str,
) -> pl.DataFrame:
    """Add the answers, each distinct question asked once; null where a part is null."""
    asked = frame.select(what=what.cast(pl.Int64), start=start.cast(pl.Int64))
    distinct = asked.drop_nulls().unique(maintain_order=True)
    answers = [ask(*question) for question in distinct.iter_rows()]
    table = distinct.with_columns(
        pl.Series(name, [a[0] if a else None for a in answers], dtype=pl.Int64),
        pl.Series(f"{name}_over", [a[1] if a else None for a in answers], dtype=pl.Int64),
    )
    found = asked.join(table, on=["what", "start"], how="left", maintain_order="left")
    return frame.with_columns(found[name], found[f"{name}_over"])
