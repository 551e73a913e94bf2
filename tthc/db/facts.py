"""The facts of every case at a cut-off, as one SQL text: current rows, and folds where needed.

A case that nothing touched since the cut-off is its current row. The others are folded anew from
the events that were recorded by `known_at` and effective by `as_of`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.act_facts import act_joins
from tthc.db.sight import any_of, seen
from tthc.domain.access import Scope
from tthc.rules import predicates

ZONE = "'Asia/Ho_Chi_Minh'"


def _local(expression: str) -> str:
    return f"({expression} AT TIME ZONE {ZONE})::date"


def _last_in_time(basis: str) -> str:
    """The last date that is not late: a closing at 24:00 is an instant of the next one, where
    days are held by their date as where half days are held by the instant.
    """
    overdue, due = f"{basis}overdue_at", f"{basis}due_at"
    return f"""(({overdue} AT TIME ZONE {ZONE}) - INTERVAL '1 microsecond' - CASE
      WHEN mode = 'half_day' AND {overdue} > {due}
        AND ({due} AT TIME ZONE {ZONE})::time = TIME '00:00'
      THEN INTERVAL '1 microsecond' ELSE INTERVAL '0' END)::date"""


# Columns of the facts that a row of `cases` generates, over the row that a fold yields.
GENERATED = {
    "submitted_on": _local("submitted_at"),
    "received_on": _local("received_at"),
    "due_on": _last_in_time(""),
    "promised_due_on": _last_in_time("promised_"),
    "statutory_due_on": _last_in_time("statutory_"),
    "resolved_on": _local("resolved_at"),
    "letter_sent_on": _local("letter_sent_at"),
    "re_promised_on": _local("re_promised_at"),
    "finished_on": "CASE WHEN resolved_at IS NOT NULL THEN "
    + _local("greatest(resolved_at, received_at)")
    + " END",
    "active_until": "CASE WHEN resolved_at IS NOT NULL OR state IN (3, 7, 8) THEN "
    + _local("greatest(resolved_at, ended_at, submitted_at, received_at)")
    + " END",
    "end_766_on": "CASE WHEN coalesce(resolved_at, returned_at, ended_at) IS NOT NULL THEN "
    + _local("greatest(least(resolved_at, returned_at, ended_at), received_at)")
    + " END",
}
# Columns that neither the row nor the fold holds as such.
DERIVED = {
    "out_of_territory": "coalesce(out_of_territory, false)",
    "end_766_at": "least(resolved_at, returned_at, ended_at)",
    "state": "state::integer",
    "supplements": "coalesce(supplements, 0)::integer",
    "e_result": "coalesce(e_result, 'unknown')",
    "intake_late": "coalesce(intake_late, false)",
    "handover_late": "coalesce(handover_late, false)",
    "stepped": "step IS NOT NULL",
    "yields_document": "coalesce(yields, 'unknown')",
    "results_together": "coalesce(results_together, 0)",
}
# Joined only where such a column is wanted: a subquery, its key, and the column of the facts that
# the key meets.
_JOINED = {
    "yields_document": (
        """SELECT id AS yielding, CASE WHEN yields_document THEN 'yes' ELSE 'no' END AS yields
        FROM procedures WHERE yields_document IS NOT NULL""",
        *("yielding", "procedure_id"),
    ),
    "receiver_ended_on": (
        """SELECT id AS receiver, valid_to AS receiver_ended_on FROM units
        WHERE valid_to IS NOT NULL""",
        *("receiver", "receiving_unit_id"),
    ),
} | {
    f"{day}_ordinal": (
        f"SELECT day AS {day}_day, ordinal AS {day}_ordinal FROM current_days",
        *(f"{day}_day", f"{day}_on"),
    )
    for day in ("received", "finished", "due", "promised_due", "statutory_due")
}
IDENTITY = ("id", "code", "simulated", "imported")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What had happened by `as_of`, as far as it had been recorded by `known_at`."""

    as_of: datetime
    known_at: datetime


def facts_sql(
    scope: Scope,
    wanted: Iterable[str],
    knowledge: Knowledge,
    *,
    active_since: date | None = None,
    only: str | None = None,
    axis: str = "competent",
) -> str:
    """A SELECT of these columns of the facts of all cases known.

    `active_since` leaves out cases that were over before that date, which count in no period
    that begins on it; `only` is one more condition on the current rows. `axis` says whose units
    are asked for, the receiving or the competent ones; whether a reader sees a case depends on
    where it is now.
    """
    return "\nUNION ALL\n".join(
        facts_parts(scope, wanted, knowledge, active_since=active_since, only=only, axis=axis)
    )


def facts_parts(
    scope: Scope,
    wanted: Iterable[str],
    knowledge: Knowledge,
    *,
    active_since: date | None = None,
    only: str | None = None,
    axis: str = "competent",
    untouched: bool = False,
) -> list[str]:
    """The same in two SELECTs: of the current rows, and of the cases that are folded anew; the
    first alone where every case is `untouched` since the cut-off.
    """
    columns = list(dict.fromkeys(wanted))
    cut = predicates.Cut(knowledge.as_of)
    known = predicates.Cut(knowledge.known_at).bind(":as_of")
    filters = []
    if scope.asked_unit_ids is not None:
        filters.append(f"{axis}_unit_id = {any_of(scope.asked_unit_ids)}")
    current = [seen(scope, ""), *filters]
    if not untouched:
        current += [cut.bind("last_effective_at <= :as_of"), f"last_recorded_at <= {known}"]
    if active_since:
        current.append(f"(settled_on IS NULL OR settled_on >= DATE '{active_since}')")
    if only:
        current.append(only)
    of_acts, of_folded = (
        act_joins(columns, row, scope, cut, known, active_since, " AND ".join(current))
        for row in ("cases", "folded")
    )
    rows = (
        f"SELECT {selected(columns, {})} FROM cases{joins(columns, {})}{of_acts} "
        f"WHERE {' AND '.join(current)}"
    )
    if untouched:
        return [rows]
    folds = (
        f"SELECT {selected(columns, GENERATED)} "
        f"FROM ({folded(scope, cut, known)}) AS folded"
        f"{joins(columns, GENERATED)}{of_folded} "
        f"WHERE {' AND '.join([*filters, 'submitted_at IS NOT NULL'])}"
    )
    return [rows, folds]


_UNTOUCHED = "SELECT NOT touched_since($1, $2)"


async def is_untouched(connection: AsyncConnection, knowledge: Knowledge) -> bool:
    """Whether no case of any world was touched since a cut-off, in the snapshot of a transaction
    that keeps to one; in others it never is, as the next statement may see more.
    """
    given = (knowledge.as_of, knowledge.known_at)
    return bool((await connection.exec_driver_sql(_UNTOUCHED, given)).scalar_one())


def joins(columns: Iterable[str], generated: dict[str, str]) -> str:
    """What must be joined for these columns, over rows or, with `generated`, over a fold."""
    return "".join(
        f" LEFT JOIN ({subquery}) AS of_{name} ON {key} = {generated.get(met, met)}"
        for name, (subquery, key, met) in _JOINED.items()
        if name in columns
    )


def selected(columns: Iterable[str], generated: dict[str, str]) -> str:
    """These columns of the facts, over rows or, with `generated`, over a fold."""
    expressions = DERIVED | generated
    return ", ".join(
        f"{expressions[name]} AS {name}" if name in expressions else name for name in columns
    )


def folded(scope: Scope, cut: predicates.Cut, known: str, only: str = "") -> str:
    """The rows as they were: the merged changes of the cases touched since the cut-off.

    `known` is the literal of known_at; `only` narrows the cases.
    """
    row = ", ".join(f"r.{name}" for name in sorted(ROW))
    identity = ", ".join(f"t.{name}" for name in IDENTITY)
    return cut.bind(f"""
  SELECT {identity}, {row}
  FROM (
    SELECT {", ".join(f"c.{name}" for name in IDENTITY)},
      fold_changes(e.change::jsonb ORDER BY e.effective_at, e.seq) AS change
    FROM cases c JOIN case_events e ON e.case_id = c.id
    WHERE {seen(scope)}
      AND (c.last_effective_at > :as_of OR c.last_recorded_at > {known}) {only}
      AND e.effective_at <= :as_of AND e.recorded_at <= {known}
      AND NOT EXISTS (SELECT FROM case_events x WHERE x.case_id = e.case_id
        AND x.replaces = e.seq AND x.recorded_at <= {known})
    GROUP BY c.id
  ) AS t, jsonb_populate_record(NULL::cases, t.change) AS r""")


# Columns of `cases` that events decide and the facts use.
ROW = {
    *("receiving_unit_id", "competent_unit_id", "procedure_id", "case_kind", "level"),
    *("channel", "online_level", "out_of_territory", "officer", "state", "submitted_at"),
    *("received_at", "first_due_at", "due_at", "overdue_at", "promised_due_at"),
    *("promised_overdue_at", "statutory_due_at", "statutory_overdue_at", "re_promised_at"),
    *("suspended_at", "supplements", "resolved_at", "outcome", "returned_at", "ended_at"),
    *("letter_number", "letter_issued_at", "letter_sent_at", "cause", "e_result"),
    *("intake_late", "handover_late", "mode", "step", "step_overdue_at", "step_late_at"),
}
