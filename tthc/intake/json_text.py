"""What an act decided, as the JSON text that the ledger keeps: in bulk, and of one act."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

INSTANT_TEXT = "%Y-%m-%dT%H:%M:%S%.6f+00:00"
ESCAPED = r'["\\\x00-\x1f]'


def encoded(values: pl.Series) -> pl.Series:
    """Each value as JSON; null stays null. An instant is text in UTC with microseconds."""
    if values.dtype == pl.String:
        if values.str.contains(ESCAPED).any():
            alone = values.to_frame().select(pl.struct(pl.first()).struct.json_encode())
            head = len(json.dumps(values.name)) + 2  # {"name":
            texts = alone.to_series().str.slice(head).str.head(-1)
            return texts.set(values.is_null(), None).alias(values.name)
        return ('"' + values + '"').alias(values.name)
    if isinstance(values.dtype, pl.Datetime):
        return ('"' + values.dt.to_string(INSTANT_TEXT) + '"').alias(values.name)
    return values.cast(pl.String)


def change_texts(encoded_row: pl.DataFrame, change: Mapping[str, str | int | None]) -> pl.Series:
    """The changes of a frame of cases: key → a column's value, left out where null, or a number,
    or None, which takes the value away.
    """
    parts: list[pl.Expr] = []
    for key, value in change.items():
        name = f"{json.dumps(key)}:"
        if isinstance(value, str):
            parts.append(pl.lit(name) + pl.col(value))
        else:
            parts.append(pl.lit(name + json.dumps(value)))
    joined = pl.concat_str(parts, separator=",", ignore_nulls=True)
    return encoded_row.with_columns(change=pl.lit("{") + joined + pl.lit("}"))["change"]


def change_text(change: Mapping[str, Any]) -> str:
    """One act's change, its amounts to the last digit."""
    members = (f"{json.dumps(key)}:{_value(value)}" for key, value in change.items())
    return f"{{{','.join(members)}}}"


def read_change(text: str) -> dict[str, Any]:
    """A change as it was written, its amounts to the last digit."""
    change: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return change


def _value(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
