"""The night's figures: all definitions, for all periods that are open, in one pass."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from adbc_driver_postgresql.dbapi import Connection

from jobs.closed import recompute_closed
from jobs.extract import read_batches, read_lookups
from jobs.measure import Plan, measure, plan
from jobs.settled import Night, settle
from jobs.sheets import NewSheet, write_sheets
from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.settled import besides_sql
from tthc.domain.access import Scope
from tthc.rules.definitions import variants
from tthc.rules.periods import WHOLE, periods_on
from tthc.rules.predicates import partition_counts


def night_plan() -> Plan:
    """What the sheet of a period counts: every definition, in every variant that is compared."""
    return plan(variants().values())


def whole_plan() -> Plan:
    """What the sheet of the whole ledger counts: the partition as well."""
    return plan(variants().values(), partition_counts().values())


def compute_figures(
    connection: Connection, run_id: int, url: str, knowledge: Knowledge, *, simulated: bool
) -> Mapping[str, int]:
    """Measure all open periods, and those that are over where they moved, and write their sheets;
    returns how many rows were written and how many periods that are over moved.
    """
    what, whole = night_plan(), whole_plan()
    asked = [
        (period, whole if period.scheme == WHOLE else what)
        for period in periods_on(clock.local_date(knowledge.as_of))
    ]
    night = Night(run_id, url, Scope(simulated), asked, knowledge, read_lookups(connection))
    layer = settle(connection, night)
    wanted = night.lookups.sent(whole.columns)
    sql = besides_sql(night.scope, wanted, knowledge, layer.settled)
    with ThreadPoolExecutor(max_workers=1) as beside:  # a new layer goes while the rest comes
        of_layer = beside.submit(layer.write, connection)
        measured = measure(
            read_batches(night.url, sql, whole.columns, night.lookups, weighted=True),
            [(counted, night.cut(period)) for period, counted in asked],
        )
        in_layer = of_layer.result()
    sheets = [
        NewSheet(period.name, counted, knowledge, found, layer.sheets.get(period.name))
        for (period, counted), found in zip(asked, measured, strict=True)
    ]
    written = write_sheets(connection, run_id, sheets, simulated=simulated)
    moved = recompute_closed(connection, night)
    return {"figures": in_layer + written + moved["rows"], "closed": moved["closed"]}
