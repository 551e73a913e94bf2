"""The night's look at lateness: what became overdue in the day that is over.

An episode begins when the due date in force passes without a result, and a second one when the
date of the apology passes too (rules of the domain, 5). Both are decided by predicates at any
cut-off, so nothing is stored but what the night saw: its counts, in the ledger of jobs.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

from tthc import clock
from tthc.db.facts import Knowledge, facts_sql
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.predicates import Cut, predicate

COUNTED = {
    "became_overdue": "overdue_since_yesterday",
    "overdue": "overdue",
    "without_letter": "open_overdue_without_letter",
    "second_miss": "second_miss_in",
}


def count_episodes(
    connection: Connection, knowledge: Knowledge, *, simulated: bool
) -> Mapping[str, Any]:
    """How many cases are overdue at the cut-off: in all, since the day before, without a letter,
    past their letter's date too.
    """
    today = clock.local_date(knowledge.as_of)
    cut = Cut(knowledge.as_of, Period("day", today.isoformat(), today, today + timedelta(days=1)))
    found = {name: predicate(each) for name, each in COUNTED.items()}
    columns = frozenset[str]().union(*(each.columns for each in found.values()))
    counts = ", ".join(
        f"count(*) FILTER (WHERE {cut.bind(each.text)}) AS {name}" for name, each in found.items()
    )
    facts = facts_sql(Scope(simulated), sorted(columns), knowledge, active_since=today)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts} FROM ({facts}) AS f")
        result: dict[str, Any] = pl.DataFrame(cursor.fetch_arrow()).row(0, named=True)
    return result
