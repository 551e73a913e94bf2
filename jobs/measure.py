"""The night's measure: every counted condition, in every open period, in one pass over the facts.

The verdicts of a case in a period are packed as bits of one number, so that the pass groups by it
and counts; the bits are opened again over the few groups that result.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import polars as pl

from tthc.rules.definitions import Definition, definition_set
from tthc.rules.predicates import Cut, Predicate

AXES = ("receiving", "competent")
KEYS = ("receiving_unit_id", "competent_unit_id", "level", "procedure_id", "channel")
BITS = 63  # of a number that holds verdicts


@dataclass(frozen=True)
class Plan:
    """What to count: the slots of each unit axis, in the order in which they are stored."""

    digest: str
    slots: dict[str, list[str]]
    columns: tuple[str, ...]

    @property
    def texts(self) -> list[str]:
        """Every distinct condition, whose place is the number of its bit."""
        return list(dict.fromkeys(text for slots in self.slots.values() for text in slots))


def plan(definitions: Iterable[Definition], also: Iterable[Predicate] = ()) -> Plan:
    """What a set of definitions needs counted; `also`: conditions of the competent unit's cases."""
    chosen, beside = list(definitions), list(also)
    slots = {
        axis: list(
            dict.fromkeys(text for each in chosen if each.axis == axis for text in each.texts)
        )
        for axis in AXES
    }
    slots["competent"] = list(dict.fromkeys((*slots["competent"], *(each.text for each in beside))))
    needed = frozenset[str]().union(*(each.columns for each in chosen))
    needed = needed.union(*(each.columns for each in beside))
    columns = (*KEYS, "active_until", *sorted(needed - {*KEYS, "active_until"}))
    digest = definition_set(chosen)[0]
    if beside:
        digest = sha256(json.dumps([digest, slots]).encode()).hexdigest()
    return Plan(digest, slots, columns)


def measure(
    batches: Iterable[pl.DataFrame], what: Plan, cuts: Sequence[Cut]
) -> list[dict[str, pl.DataFrame]]:
    """For each cut its cells by axis: unit_id, level, procedure_id, channel, counts (by slot)."""
    return measure_each(batches, [(what, cut) for cut in cuts])


def measure_each(
    batches: Iterable[pl.DataFrame], asked: Sequence[tuple[Plan, Cut]]
) -> list[dict[str, pl.DataFrame]]:
    """`measure`, where what is counted differs from cut to cut."""
    verdicts = [_verdicts(what.texts, cut) for what, cut in asked]
    groups: list[list[pl.DataFrame]] = [[] for _ in asked]
    for batch in batches:
        for found, (_, cut), packed in zip(groups, asked, verdicts, strict=True):
            found.append(_group(batch, cut, packed))
    return [
        _open(pl.concat(found), what) if found else {}
        for found, (what, _) in zip(groups, asked, strict=True)
    ]


def _verdicts(texts: Sequence[str], cut: Cut) -> list[pl.Expr]:
    """The conditions of a period, packed into as many numbers as their bits need."""
    bits = [
        pl.sql_expr(cut.bind(text)).fill_null(value=False).cast(pl.Int64) * (1 << place % BITS)
        for place, text in enumerate(texts)
    ]
    return [
        pl.sum_horizontal(bits[start : start + BITS]).alias(f"verdicts_{start // BITS}")
        for start in range(0, len(bits), BITS)
    ]


def _group(batch: pl.DataFrame, cut: Cut, verdicts: list[pl.Expr]) -> pl.DataFrame:
    """How many cases of a batch have the same keys and verdicts."""
    rows = batch.lazy()
    if cut.period:  # a case that was over before it counts in no way in it
        over = pl.col("active_until") < cut.period.start
        rows = rows.filter(over.fill_null(value=False).not_())
    packed = [each.meta.output_name() for each in verdicts]
    return (
        rows.select(*KEYS, *verdicts)
        .filter(pl.any_horizontal(pl.col(name) != 0 for name in packed))
        .group_by(*KEYS, *packed)
        .len("cases")
        .collect()
    )


def _open(grouped: pl.DataFrame, what: Plan) -> dict[str, pl.DataFrame]:
    """The cells of a period by axis: bits become counts again."""
    texts = what.texts
    cells = {}
    for axis, slots in what.slots.items():
        counts = []
        for number, text in enumerate(slots):
            word, bit = divmod(texts.index(text), BITS)
            met = pl.col(f"verdicts_{word}") & (1 << bit) != 0
            count = pl.when(met).then("cases").otherwise(0).cast(pl.Int32)
            counts.append(count.alias(f"count_{number}"))
        names = [count.meta.output_name() for count in counts]
        keys = ["unit_id", "level", "procedure_id", "channel"]
        cells[axis] = (
            grouped.lazy()
            .select(pl.col(f"{axis}_unit_id").alias("unit_id"), *keys[1:], *counts)
            .group_by(keys)
            .agg(pl.col(names).sum())
            .filter(pl.any_horizontal(pl.col(name) > 0 for name in names))
            .sort(keys)
            .select(
                "unit_id",
                pl.col("level").cast(pl.String),
                "procedure_id",
                pl.col("channel").cast(pl.String),
                pl.concat_arr(names).arr.to_list().alias("counts"),
            )
            .collect()
        )
    return cells
