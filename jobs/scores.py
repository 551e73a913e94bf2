"""The night's scores: computed on the figures of the same night, kept where they changed."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from adbc_driver_postgresql.dbapi import Connection

from tthc.db.engine import connect
from tthc.db.facts import Knowledge
from tthc.db.scores import INSERT, StoredScore, write_scores
from tthc.domain.access import Scope
from tthc.rules.rubrics import rubrics
from tthc.service.night_scores import new_scores


def rubric_set() -> str:
    """The digest of all rubrics: a changed one makes another step."""
    return sha256(" ".join(each.digest for each in rubrics().values()).encode()).hexdigest()


def keep_scores(
    connection: Connection, run_id: int, url: str, knowledge: Knowledge, *, simulated: bool
) -> Mapping[str, Any]:
    """Compute the scores and keep those that changed; returns how many.

    The figures are read on a connection of its own, as the step before has committed them.
    """
    found = asyncio.run(_compute(url, Scope(simulated), knowledge))
    if found:
        with connection.cursor() as cursor:
            cursor.execute(INSERT, (write_scores(found), run_id))
    return {"scores": len(found)}


async def _compute(url: str, scope: Scope, knowledge: Knowledge) -> list[StoredScore]:
    engine = connect(url, pooled=True)  # it may be: keep nothing in the session
    try:
        async with engine.connect() as connection:
            await connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            return [each async for each in new_scores(connection, scope, knowledge)]
    finally:
        await engine.dispose()
