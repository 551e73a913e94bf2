"""Facts of cases out of PostgreSQL, batch by batch, into polars."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from adbc_driver_postgresql.dbapi import Connection

from jobs.stream import read_rows
from tthc.db.settled import WEIGHT
from tthc.rules import predicates

# The words of a column of text, as the ledger allows them; a column without a list is not measured.
WORDS = {
    "level": ("central", "province", "district", "commune"),
    "channel": ("counter", "online", "post", "other"),
    "online_level": ("full", "partial", "level_3", "level_4"),
    "e_result": ("yes", "no", "unknown"),
    "yields_document": ("yes", "no", "unknown"),
}
KINDS = {
    "integer": pl.Int32(),
    "text": pl.String(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "instant": pl.Datetime("us", "UTC"),
}
ORDINAL = "_ordinal"  # ends the name of a column that counts the working days up to `…_on`
ENDED = "receiver_ended_on"
EPOCH = date(1970, 1, 1)


def schema(columns: Iterable[str]) -> dict[str, pl.DataType]:
    """The polars types of facts."""
    kinds = predicates.facts()
    return {name: pl.Enum(WORDS[name]) if name in WORDS else KINDS[kinds[name]] for name in columns}


@dataclass(frozen=True)
class Lookups:
    """What is looked up here rather than joined and sent for each case: working days up to each
    date, from `first` on, and the end of units that are no more.
    """

    first: date
    ordinals: pl.Series
    ended: Mapping[int, date]

    def ordinal(self, day: date) -> int:
        """The working days up to a date; -1 where the calendar does not hold it."""
        place = (day - self.first).days
        return int(self.ordinals[place]) if 0 <= place < len(self.ordinals) else -1

    def sent(self, columns: Iterable[str]) -> list[str]:
        """The columns that must come from the database to have all of these."""
        wanted: dict[str, None] = {}
        for name in columns:
            if name.endswith(ORDINAL):
                wanted[name.removesuffix(ORDINAL) + "_on"] = None
            else:
                wanted["receiving_unit_id" if name == ENDED else name] = None
        return list(wanted)

    def fill(self, batch: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
        """The batch with the columns that are looked up."""
        found = []
        for name in columns:
            if name.endswith(ORDINAL):
                day = batch[name.removesuffix(ORDINAL) + "_on"].to_physical()
                place = day - (self.first - EPOCH).days
                inside = (place >= 0) & (place < len(self.ordinals))
                place = place.to_frame("p").select(pl.when(inside).then("p")).to_series()
                found.append(self.ordinals.gather(place).alias(name))
            elif name == ENDED:
                unit = batch["receiving_unit_id"]
                ended = unit.replace_strict(self.ended, default=None, return_dtype=pl.Date)
                found.append(ended.alias(name))
        return batch.with_columns(found)


def read_lookups(connection: Connection) -> Lookups:
    """The calendar and the ends of units as the database holds them."""
    days = ask(connection, "SELECT day, ordinal FROM current_days ORDER BY day")
    units = ask(connection, "SELECT id, valid_to FROM units WHERE valid_to IS NOT NULL")
    if days.is_empty():
        return Lookups(EPOCH, pl.Series("ordinal", [], pl.Int32), dict(units.iter_rows()))
    return Lookups(days["day"][0], days["ordinal"].cast(pl.Int32), dict(units.iter_rows()))


def ask(connection: Connection, sql: str, *values: object) -> pl.DataFrame:
    """The rows of a short answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return pl.DataFrame(cursor.fetch_arrow())


def read_batches(
    url: str, sql: str, columns: Iterable[str], lookups: Lookups, *, weighted: bool = False
) -> Iterator[pl.DataFrame]:
    """Batches of facts: `sql` selects `lookups.sent(columns)`, and their weights if `weighted`.

    One statement, hence one snapshot.
    """
    wanted, kinds = list(columns), predicates.facts()
    sent = {name: kinds[name] for name in lookups.sent(wanted)}
    if weighted:
        sent[WEIGHT] = "integer"
    for facts in read_rows(url, sql, sent, WORDS):
        yield lookups.fill(facts, wanted)
