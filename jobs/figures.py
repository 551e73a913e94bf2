"""The night's figures: all definitions, for all periods that are open, in one pass."""

from adbc_driver_postgresql.dbapi import Connection

from jobs.extract import Lookups, read_batches, read_lookups
from jobs.measure import Plan, measure, plan
from jobs.settled import settle
from jobs.sheets import NewSheet, write_sheets
from tthc import clock
from tthc.db.facts import Knowledge
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.definitions import variants
from tthc.rules.periods import WHOLE, periods_on
from tthc.rules.predicates import Cut, partition_counts


def night_plan() -> Plan:
    """What the sheet of a period counts: every definition, in every variant that is compared."""
    return plan(variants().values())


def whole_plan() -> Plan:
    """What the sheet of the whole ledger counts: the partition as well."""
    return plan(variants().values(), partition_counts().values())


def compute_figures(
    connection: Connection, run_id: int, knowledge: Knowledge, *, simulated: bool
) -> int:
    """Measure all open periods and write their sheets; returns how many rows they have."""
    what, whole, scope = night_plan(), whole_plan(), Scope(simulated)
    periods = periods_on(clock.local_date(knowledge.as_of))
    ledger = next(period for period in periods if period.scheme == WHOLE)
    boundary = min(period.start for period in periods if period.scheme != WHOLE)
    lookups = read_lookups(connection)
    base = settle(connection, run_id, scope, whole, ledger, knowledge, boundary, lookups)
    sql = base.besides(scope, lookups.sent(whole.columns), knowledge)
    asked = [
        (whole if period is ledger else what, cut_at(knowledge, period, lookups))
        for period in periods
    ]
    measured = measure(read_batches(connection, sql, whole.columns, lookups), asked)
    sheets = [
        NewSheet(
            *(period.name, counted, knowledge, found, base.sheet_id if period is ledger else None)
        )
        for period, (counted, _), found in zip(periods, asked, measured, strict=True)
    ]
    return write_sheets(connection, run_id, sheets, simulated=simulated)[1]


def cut_at(knowledge: Knowledge, period: Period, lookups: Lookups) -> Cut:
    """A period at a cut-off, for an engine that cannot ask the calendar."""
    cut = Cut(knowledge.as_of, period)
    asked = lookups.ordinal(clock.local_date(knowledge.as_of))
    return Cut(knowledge.as_of, period, lookups.ordinal(clock.local_date(cut.last)), asked)
