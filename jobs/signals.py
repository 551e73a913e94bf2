"""The night's look at signals: how many cases of the open month each unit should look at again."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from adbc_driver_postgresql.dbapi import Connection

from tthc import clock
from tthc.db.engine import connect
from tthc.db.facts import Knowledge
from tthc.db.queries.signals import INSERT
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.signals import signals
from tthc.service.signals import conditions, count_signals, usual_period


def keep_signals(
    connection: Connection, run_id: int, url: str, knowledge: Knowledge, *, simulated: bool
) -> Mapping[str, Any]:
    """Count the signals of every unit in the month of the cut-off and keep those that there are;
    returns the sums by signal.
    """
    period = usual_period(clock.local_date(knowledge.as_of))
    rows = asyncio.run(_count(url, Scope(simulated), period, knowledge))
    found = [
        {"unit_id": row["unit_id"], "signal": name, "cases": row[name]}
        for row in rows
        for name in conditions()
        if row[name]
    ]
    if found:
        with connection.cursor() as cursor:
            cursor.execute(
                INSERT, (run_id, simulated, period.name, knowledge.as_of, json.dumps(found))
            )
    return {name: sum(row[name] for row in rows) for name in signals()}


async def _count(
    url: str, scope: Scope, period: Period, knowledge: Knowledge
) -> list[dict[str, Any]]:
    engine = connect(url, pooled=True)  # it may be: keep nothing in the session
    try:
        async with engine.connect() as connection:
            await connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            return await count_signals(scope, connection, period, knowledge)
    finally:
        await engine.dispose()
