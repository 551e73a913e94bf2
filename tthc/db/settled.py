"""Cases that are settled: over before a boundary, with nothing in them that time can still change.

They are counted once. What is recorded of them later is found again: as they were they are taken
off, and as they are now they are counted with the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tthc import clock
from tthc.db.facts import GENERATED, Knowledge, facts_sql, folded, joins, selected
from tthc.domain.access import Scope
from tthc.rules import predicates

WEIGHT = "weight"  # how often a row counts: -1 takes back what another sheet counts
# The instants of a row that must all be past before a case is settled; of a row of `cases` itself
# the generated column `settled_on` says it.
SETTLING = (
    *("submitted_at", "received_at", "due_at", "overdue_at", "promised_due_at"),
    *("promised_overdue_at", "statutory_due_at", "statutory_overdue_at", "re_promised_at"),
    *("suspended_at", "resolved_at", "returned_at", "ended_at", "letter_issued_at"),
    "letter_sent_at",
)


@dataclass(frozen=True, slots=True)
class Settled:
    """The cases whose every instant lies before `boundary` and that are over, recorded by `quiet`.

    At any later cut-off they are what they were: nothing in them depends on it.
    """

    boundary: date
    quiet: datetime

    @property
    def condition(self) -> str:
        """Over the columns of `cases`; never null."""
        quiet = predicates.Cut(self.quiet).bind(":as_of")
        return (
            f"settled_on IS NOT NULL AND settled_on < DATE '{self.boundary}' "
            f"AND last_recorded_at <= {quiet}"
        )

    @property
    def others(self) -> str:
        """The opposite, in parts that an index answers."""
        quiet = predicates.Cut(self.quiet).bind(":as_of")
        return (
            f"(settled_on IS NULL OR settled_on >= DATE '{self.boundary}' "
            f"OR last_recorded_at > {quiet})"
        )


def besides_sql(scope: Scope, wanted: Iterable[str], knowledge: Knowledge, settled: Settled) -> str:
    """A SELECT of the facts that a count of settled cases does not hold, and of those that it holds
    though they were touched since, as they were, with the weight -1. One statement, hence one
    snapshot: a case is in both or in neither.
    """
    columns = list(dict.fromkeys(wanted))
    return (
        f"SELECT *, 1 AS {WEIGHT} FROM "
        f"({facts_sql(scope, columns, knowledge, only=settled.others)}) AS counted\n"
        f"UNION ALL SELECT *, -1 AS {WEIGHT} FROM "
        f"({unsettled_sql(scope, columns, settled)}) AS taken"
    )


def settled_sql(
    scope: Scope, wanted: Iterable[str], settled: Settled, below: Settled | None = None
) -> str:
    """A SELECT of these columns of the facts of the settled cases of a world, as known at `quiet`:
    the rows that nothing touched since, and what the others were then, with weights. Of what an
    earlier count `below` holds only the difference from it.
    """
    columns = list(dict.fromkeys(wanted))
    only = f"AND {below.others}" if below else ""
    counted = (
        f"SELECT {selected(columns, {})}, 1 AS {WEIGHT} FROM cases{joins(columns, {})} "
        f"WHERE simulated = {str(scope.simulated).lower()} AND {settled.condition} {only}\n"
        f"UNION ALL SELECT *, 1 AS {WEIGHT} FROM "
        f"({unsettled_sql(scope, columns, settled)}) AS touched"
    )
    if below is None:
        return counted
    taken = unsettled_sql(scope, columns, below)
    return f"{counted}\nUNION ALL SELECT *, -1 AS {WEIGHT} FROM ({taken}) AS taken"


def unsettled_sql(scope: Scope, wanted: Iterable[str], settled: Settled) -> str:
    """A SELECT of these columns, as they were, of the cases that were settled and that something
    recorded since has touched.
    """
    columns = list(dict.fromkeys(wanted))
    cut = predicates.Cut(clock.start_of(settled.boundary))
    known = predicates.Cut(settled.quiet).bind(":as_of")
    touched = touched_sql(scope, settled)
    rows = folded(scope, cut, known, only=f"AND c.id IN (SELECT id FROM ({touched}) AS t)")
    late = cut.bind(
        f"""EXISTS (SELECT FROM case_events e WHERE e.case_id = folded.id
          AND e.recorded_at <= {known} AND e.effective_at >= :as_of)"""
    )
    boundary = cut.bind(":as_of")
    over = f"({GENERATED['active_until']}) IS NOT NULL"
    latest = f"greatest({', '.join(SETTLING)}) < {boundary}"
    return (
        f"SELECT {selected(columns, GENERATED)} FROM ({rows}) AS folded"
        f"{joins(columns, GENERATED)} "
        f"WHERE submitted_at IS NOT NULL AND {over} AND {latest} AND NOT {late}"
    )


def touched_sql(scope: Scope, settled: Settled) -> str:
    """The ids of cases that may have been settled once and that something has touched since: an
    event recorded by then ended them before the boundary.
    """
    known = predicates.Cut(settled.quiet).bind(":as_of")
    boundary = predicates.Cut(clock.start_of(settled.boundary)).bind(":as_of")
    return (
        f"SELECT c.id FROM cases c WHERE c.simulated = {str(scope.simulated).lower()} "
        f"AND c.last_recorded_at > {known} "
        "AND EXISTS (SELECT FROM case_events e WHERE e.case_id = c.id "
        f"AND e.recorded_at <= {known} AND e.effective_at < {boundary} "
        "AND (e.change->>'resolved_at' IS NOT NULL OR e.change->>'state' IN ('3', '7', '8')))"
    )
