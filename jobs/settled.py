"""The settled cases of a world, counted once, so that a night does not read closed years.

A night reads the cases that are not settled. Of those that were settled when they were counted,
few are touched later: as they were then they are taken off again. When they become many, or the
boundary, the definitions or the reference data change, all are counted anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from adbc_driver_postgresql.dbapi import Connection

from jobs.extract import Lookups, ask, read_batches
from jobs.measure import WEIGHT, Plan, measure
from jobs.sheets import NewSheet, write_sheets
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.settled import Settled, settled_sql, touched_sql, unsettled_sql
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.predicates import Cut

PERIOD = "settled"  # in the place of a period's name
QUIET = timedelta(days=1)  # an act is committed within this time of its recording
MOST_TOUCHED = 20_000  # a fold costs some 30 µs a case

LAST_SHEET = """
SELECT b.sheet_id, b.quiet
FROM settled_sheets b JOIN figure_sheets s ON s.id = b.sheet_id
WHERE s.simulated = $1 AND s.definitions = $2 AND b.boundary = $3 AND b.reference = $4
  AND b.quiet < $5 AND (NOT s.simulated OR b.last_case_id = $6)
ORDER BY b.quiet DESC LIMIT 1"""
# A simulated ledger makes the instants of its recording up: a further case is of any time.
LAST_CASE = "SELECT coalesce(max(id), 0) AS id FROM cases WHERE simulated = $1"
# What facts look up outside the ledger: were it to change, settled cases would count otherwise.
REFERENCE = """
SELECT md5(concat(
  (SELECT string_agg(concat(id, ' ', valid_to), ',' ORDER BY id) FROM units
   WHERE valid_to IS NOT NULL),
  (SELECT string_agg(concat(id, ' ', yields_document), ',' ORDER BY id) FROM procedures
   WHERE yields_document IS NOT NULL),
  (SELECT string_agg(concat(day, ' ', ordinal), ',' ORDER BY day) FROM current_days))) AS digest"""


@dataclass(frozen=True, slots=True)
class Base:
    """The stored count of the settled cases."""

    sheet_id: int
    settled: Settled

    def besides(self, scope: Scope, wanted: Sequence[str], knowledge: Knowledge) -> str:
        """A SELECT of the facts that it does not count, and of those that it counts though they
        were touched since, as they were, with the weight -1. One statement, hence one snapshot:
        a case is in both or in neither.
        """
        others = facts_sql(scope, wanted, knowledge, only=self.settled.others)
        taken = unsettled_sql(scope, wanted, self.settled)
        return (
            f"SELECT *, 1 AS {WEIGHT} FROM ({others}) AS counted\n"
            f"UNION ALL SELECT *, -1 AS {WEIGHT} FROM ({taken}) AS taken"
        )


def settle(
    connection: Connection,
    run_id: int,
    scope: Scope,
    what: Plan,
    whole: Period,
    knowledge: Knowledge,
    boundary: date,
    lookups: Lookups,
) -> Base:
    """The count of the cases settled before a boundary: the last one if it holds, or a new one."""
    reference = ask(connection, REFERENCE).item()
    last_case = ask(connection, LAST_CASE, scope.simulated).item()
    found = ask(
        connection,
        LAST_SHEET,
        *(scope.simulated, what.digest, boundary, reference, knowledge.known_at, last_case),
    )
    if found.height:
        sheet_id, quiet = found.row(0)
        base = Base(sheet_id, Settled(boundary, quiet))
        if _touched(connection, scope, base, knowledge) <= MOST_TOUCHED:
            return base
    settled = Settled(boundary, knowledge.known_at - QUIET)
    sql = settled_sql(scope, lookups.sent(what.columns), settled)
    batches = read_batches(connection, sql, what.columns, lookups)
    (measured,) = measure(batches, [(what, Cut(knowledge.as_of, whole, ordinal=-1))])
    sheet = NewSheet(PERIOD, what, knowledge, measured)
    (sheet_id,), _ = write_sheets(connection, run_id, [sheet], simulated=scope.simulated)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO settled_sheets (sheet_id, boundary, quiet, last_case_id, reference) "
            "VALUES ($1, $2, $3, $4, $5)",
            (sheet_id, boundary, settled.quiet, last_case, reference),
        )
    return Base(sheet_id, settled)


def _touched(connection: Connection, scope: Scope, base: Base, knowledge: Knowledge) -> int:
    """How many cases to fold or to read beside the count that a new one would hold: touched since,
    or entered since though over long ago.
    """
    entered = ask(
        connection,
        "SELECT count(*) FROM cases WHERE simulated = $1 AND last_recorded_at > $2 "
        "AND last_recorded_at <= $3 AND settled_on < $4",
        *(scope.simulated, base.settled.quiet, knowledge.known_at - QUIET),
        base.settled.boundary,
    ).item()
    touched = touched_sql(scope, base.settled)
    return int(entered + ask(connection, f"SELECT count(*) FROM ({touched}) AS t").item())
