"""The night's measure: every counted condition, in every open period, in one pass over the facts.

The verdicts of a case in a period are packed as bits of a few numbers. Cases alike in dimensions
and verdicts are one row with their number: that row is what is stored, and its bits are counted
when somebody asks. So a further definition costs a bit, not a column.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from jobs.parts import Shared
from tthc.db.settled import WEIGHT
from tthc.rules.definitions import Definition, definition_set
from tthc.rules.predicates import Cut, Predicate

KEYS = ("receiving_unit_id", "competent_unit_id", "level", "procedure_id", "channel")
LAST_DATES = ("active_until", "due_on", "promised_due_on", "statutory_due_on")
BITS, BYTE = 63, 8  # of a number that holds verdicts
# A batch's queries are written as they are best run, and an optimizer looks at each anew.
AS_WRITTEN = pl.QueryOptFlags.none()


@dataclass(frozen=True)
class Spread:
    """Working days to lay out as a histogram: of which cases, and which number."""

    condition: str
    days: str


@dataclass(frozen=True)
class Plan:
    """What to count: the conditions, whose places are the numbers of their bits, and histograms."""

    digest: str
    texts: tuple[str, ...]
    spreads: tuple[Spread, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """Rows of a period: `groups` of KEYS, verdicts, cases; `spreads` of KEYS, spread, days,
    cases, whose `days` and `cases` are lists of equal length.
    """

    groups: pl.DataFrame
    spreads: pl.DataFrame

    @property
    def cases(self) -> int:
        """How many cases have a verdict."""
        return int(self.groups["cases"].sum()) if self.groups.width else 0


def plan(definitions: Iterable[Definition], also: Iterable[Predicate] = ()) -> Plan:
    """What a set of definitions needs counted; `also`: further conditions."""
    chosen, beside = list(definitions), list(also)
    digest, slots = definition_set(chosen)
    texts = tuple(dict.fromkeys((*slots, *(each.text for each in beside))))
    needed = frozenset[str]().union(*(each.columns for each in chosen))
    needed = needed.union(*(each.columns for each in beside))
    if beside:
        digest = sha256(json.dumps([digest, texts]).encode()).hexdigest()
    return Plan(
        digest,
        texts,
        tuple(dict.fromkeys(Spread(each.counted, each.days) for each in chosen if each.days)),
        (*KEYS, *LAST_DATES, *sorted(needed - {*KEYS, *LAST_DATES})),
    )


def measure(batches: Iterable[pl.DataFrame], asked: Sequence[tuple[Plan, Cut]]) -> list[Measured]:
    """What the facts come to, for each plan at its cut; the cuts know their ordinals.

    A column of weights says how often a row counts; without one each counts once.
    """
    conditions: Shared | None = None  # taken apart for the first case that there is
    packed: list[list[pl.Expr]] = []
    groups: list[list[pl.DataFrame]] = [[] for _ in asked]
    spreads: list[list[pl.DataFrame]] = [[] for _ in asked]
    for each_batch in batches:
        batch = each_batch
        if not batch.height:
            continue
        if conditions is None:
            conditions = Shared([[cut.bind(text) for text in what.texts] for what, cut in asked])
            packed = [
                _verdicts(what, names)
                for (what, _), names in zip(asked, conditions.names, strict=True)
            ]
        if WEIGHT not in batch.columns:
            batch = batch.with_columns(pl.lit(1, pl.Int32).alias(WEIGHT))
        batch = conditions.decide_shared(batch)
        for place, (what, cut) in enumerate(asked):
            rows = conditions.decide(_in_play(batch, cut), place)
            decided = dict(zip(what.texts, conditions.names[place], strict=True))
            groups[place].append(_group(rows, packed[place]))
            spreads[place] += [
                _spread(rows, decided[each.condition], number, each.days)
                for number, each in enumerate(what.spreads)
            ]
    return [
        Measured(_sum_groups(found), _sum_spreads(laid))
        for found, laid in zip(groups, spreads, strict=True)
    ]


def _in_play(batch: pl.DataFrame, cut: Cut) -> pl.DataFrame:
    """Without the cases that were over, and due, before the period: they count in no way in it."""
    if not cut.period:
        return batch
    last = pl.when(pl.col("active_until").is_not_null()).then(pl.max_horizontal(*LAST_DATES))
    kept = batch.select((last < cut.period.start).fill_null(value=False).not_()).to_series()
    return batch if kept.all() else batch.filter(kept)


def _verdicts(what: Plan, names: Sequence[str]) -> list[pl.Expr]:
    """The verdicts of a plan, whose conditions are decided under these names, as numbers."""
    decided = list(dict(zip(what.texts, names, strict=True)).values())
    return [
        _pack(decided[start : start + BITS]).alias(f"verdicts_{start // BITS}")
        for start in range(0, len(decided), BITS)
    ]


def _group(rows: pl.DataFrame, verdicts: Sequence[pl.Expr]) -> pl.DataFrame:
    """How many cases of a batch have the same keys and verdicts."""
    packed = [each.meta.output_name() for each in verdicts]
    return (
        rows.lazy()
        .select(*KEYS, WEIGHT, *verdicts)
        .filter(pl.any_horizontal(pl.col(name) != 0 for name in packed))
        .group_by(*KEYS, *packed)
        .agg(pl.col(WEIGHT).sum().alias("cases"))
        .collect(optimizations=AS_WRITTEN)
    )


def _pack(decided: Sequence[str]) -> pl.Expr:
    """Conditions as the bits of one number; byte by byte, for small numbers are added faster.

    What is unknown is not met.
    """
    none, parts = pl.lit(0, pl.UInt8), []
    for first in range(0, len(decided), BYTE):
        bits = [
            pl.when(name).then(pl.lit(1 << place, pl.UInt8)).otherwise(none)
            for place, name in enumerate(decided[first : first + BYTE])
        ]
        parts.append(pl.sum_horizontal(bits).cast(pl.Int64) * (1 << first))
    return pl.sum_horizontal(parts)


def _spread(rows: pl.DataFrame, met: str, number: int, days: str) -> pl.DataFrame:
    """How many cases of a batch that meet a condition took how many working days."""
    return (
        rows.lazy()
        .select(*KEYS, WEIGHT, pl.col(met).alias("met"), days=pl.sql_expr(days))
        .filter("met")
        .group_by(*KEYS, "days")
        .agg(pl.col(WEIGHT).sum().alias("cases"))
        .with_columns(pl.lit(number, pl.Int32).alias("spread"))
        .collect(optimizations=AS_WRITTEN)
    )


def _sum_groups(found: list[pl.DataFrame]) -> pl.DataFrame:
    if not found:
        return pl.DataFrame()
    rows = pl.concat(found)
    packed = [name for name in rows.columns if name.startswith("verdicts_")]
    return (
        rows.lazy()
        .group_by(*KEYS, *packed)
        .agg(pl.col("cases").sum())
        .filter(pl.col("cases") != 0)
        .sort(*KEYS, *packed)
        .select(*_keys(), pl.concat_arr(packed).arr.to_list().alias("verdicts"), _count())
        .collect()
    )


def _sum_spreads(laid: list[pl.DataFrame]) -> pl.DataFrame:
    if not laid:
        return pl.DataFrame()
    rows = (
        pl.concat(laid)
        .lazy()
        .group_by(*KEYS, "spread", "days")
        .agg(pl.col("cases").sum())
        .filter(pl.col("cases") != 0)
        .sort(*KEYS, "spread", "days")
    )
    return lay_out(rows.collect())


def lay_out(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of KEYS, spread, days and cases, sorted by them, as histograms: a row of lists each."""
    return (
        rows.lazy()
        .group_by(*KEYS, "spread", maintain_order=True)
        .agg(pl.col("days").cast(pl.Int32), _count())
        .select(*_keys(), "spread", "days", "cases")
        .collect()
    )


def _keys() -> list[pl.Expr]:
    texts = ("level", "channel")
    return [pl.col(name).cast(pl.String) if name in texts else pl.col(name) for name in KEYS]


def _count() -> pl.Expr:
    return pl.col("cases").cast(pl.Int32)
