"""Facts of cases out of PostgreSQL, batch by batch, into polars."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import nanoarrow
import polars as pl
from adbc_driver_postgresql.dbapi import Connection

from tthc.db.facts import Knowledge, facts_sql
from tthc.domain.access import Scope
from tthc.rules import predicates

LEVELS = pl.Enum(["central", "province", "district", "commune"])
CHANNELS = pl.Enum(["counter", "online", "post", "other"])
KINDS = {
    "integer": pl.Int32(),
    "text": pl.String(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
}


def schema(columns: Iterable[str]) -> dict[str, pl.DataType]:
    """The polars types of facts."""
    kinds = predicates.facts()
    return {
        name: {"level": LEVELS, "channel": CHANNELS}.get(name, KINDS[kinds[name]])
        for name in columns
    }


def read_facts(
    scope: Scope,
    connection: Connection,
    columns: Iterable[str],
    knowledge: Knowledge,
    active_since: date,
) -> Iterator[pl.DataFrame]:
    """Batches of these facts of the cases that may count in a period from `active_since` on.

    One statement, hence one snapshot.
    """
    types = schema(columns)
    with connection.cursor() as cursor:
        cursor.adbc_statement.set_options(
            **{"adbc.postgresql.batch_size_hint_bytes": str(16 * 1024 * 1024)}
        )
        cursor.execute(facts_sql(scope, types, knowledge, active_since=active_since))
        stream = nanoarrow.ArrayStream(cursor.fetch_arrow())
        # the server goes on sending while the batch before is being measured
        with ThreadPoolExecutor(max_workers=1) as reader:
            coming = reader.submit(next, stream_iterator := iter(stream), None)
            while (batch := coming.result()) is not None:
                coming = reader.submit(next, stream_iterator, None)
                yield pl.DataFrame(batch).cast(types)  # type: ignore[arg-type]  # names and types
