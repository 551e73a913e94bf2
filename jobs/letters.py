"""The night's list of apologies that are due tomorrow: for open cases that nothing has answered.

The duty is to send a letter at the latest a day before the due date; after tomorrow it would be
late. What is listed is the condition `letter_due_tomorrow`, which every list can ask for by name.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
import structlog
from adbc_driver_postgresql.dbapi import Connection

from tthc.db.facts import Knowledge, facts_sql
from tthc.domain.access import Scope
from tthc.rules.predicates import Cut, predicate

KEPT = 1000  # codes in the ledger of jobs; the count is always whole

log = structlog.get_logger()


def list_letters_due(
    connection: Connection, knowledge: Knowledge, *, simulated: bool
) -> Mapping[str, Any]:
    """How many letters are due on the day after the cut-off, and of which cases, by the unit that
    owes them.
    """
    due = predicate("letter_due_tomorrow")
    columns = sorted({*due.columns, "code", "competent_unit_id"})
    facts = facts_sql(Scope(simulated), columns, knowledge)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT u.code AS unit, f.code FROM ({facts}) AS f "
            "JOIN units u ON u.id = f.competent_unit_id "
            f"WHERE {Cut(knowledge.as_of).bind(due.text)} ORDER BY 1, 2"
        )
        found = pl.DataFrame(cursor.fetch_arrow())
    units: dict[str, list[str]] = {}
    for unit, code in found.head(KEPT).iter_rows():
        units.setdefault(unit, []).append(code)
    if found.height:
        log.warning("letters due tomorrow", letters=found.height, units=len(units))
    return {"letters": found.height, "units": units}
