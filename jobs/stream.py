"""A query's rows out of PostgreSQL's binary COPY, each as long as the next.

Rows of one length are read where they lie, column by column. Fields whose length differs would
have to be walked one after the other, and so much walking took a night half of its time.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, Queue
from threading import Event
from typing import Any

import numpy as np
import polars as pl
import uvloop
from numpy.typing import NDArray

from tthc.db.engine import connect

BLOCK = 48 * 1024 * 1024  # bytes that are turned into columns at once
NEAR = 4096  # rows that a processor's cache holds
AHEAD = 1  # the server goes on sending while the block before is being measured
HEADER, COUNT = 19, 2  # bytes: before the first row, and the number of a row's fields
NONE, NEVER = -(2**31), -(2**63)  # what no case has stands for what is not there
EPOCH_DAYS, EPOCH_MICROSECONDS = 10_957, 946_684_800_000_000  # PostgreSQL counts from 2000 on
# kind → how a field lies in a row
LAYOUTS = {"integer": ">i4", "boolean": ">i1", "date": ">i4", "instant": ">i8", "text": ">i2"}
UNLISTED = -2

Kinds = Mapping[str, str]
Words = Mapping[str, Sequence[str]]


def read_rows(url: str, sql: str, kinds: Kinds, words: Words) -> Iterator[pl.DataFrame]:
    """The rows of `sql`, whose columns are of these kinds; a column of text holds listed words.

    Raises ValueError where it is not so: a row that differs is never misread.
    """
    fields = ", ".join(_sent(name, kind, words) for name, kind in kinds.items())
    row = np.dtype(
        [("fields", ">i2")]
        + [
            part
            for name, kind in kinds.items()
            for part in ((_length(name), ">i4"), (name, LAYOUTS[kind]))
        ]
    )
    rest = bytearray()
    for place, block in enumerate(read_blocks(url, f"SELECT {fields} FROM ({sql}) AS f")):
        whole = memoryview(rest + block if rest else block)[HEADER if place == 0 else 0 :]
        rows = np.frombuffer(whole, row, len(whole) // row.itemsize)
        rest = bytearray(whole[rows.nbytes :])
        if len(rows):
            yield _columns(rows, kinds, words)
    if bytes(rest) != b"\xff" * COUNT:
        raise ValueError("rows of differing lengths")


def _sent(name: str, kind: str, words: Words) -> str:
    """What is sent for a column, as wide where there is nothing."""
    match kind:
        case "text":
            places = " ".join(
                f"WHEN {name} = '{word}' THEN {at}" for at, word in enumerate(words[name])
            )
            return f"(CASE {places} WHEN {name} IS NULL THEN -1 ELSE {UNLISTED} END)::int2"
        case "boolean":
            return name
        case "integer":
            return f"coalesce({name}, {NONE})::int4"
        case _:
            return f"coalesce({name}, '-infinity')"


def _length(name: str) -> str:
    return f"length of {name}"


def _columns(rows: NDArray[Any], kinds: Kinds, words: Words) -> pl.DataFrame:
    """The rows as columns of the facts' types."""
    fields = [(name, np.dtype(LAYOUTS[kind])) for name, kind in kinds.items()]
    columns = {name: np.empty(len(rows), kind.newbyteorder("=")) for name, kind in fields}
    for start in range(0, len(rows), NEAR):
        near = rows[start : start + NEAR]
        for name, kind in fields:
            if (near[_length(name)] != kind.itemsize).any():
                raise ValueError("fields of differing lengths")
            columns[name][start : start + NEAR] = near[name]
    wire = pl.DataFrame(columns)
    found = wire.select(_read(name, kind, words) for name, kind in kinds.items())
    if any((columns[name] == UNLISTED).any() for name, kind in kinds.items() if kind == "text"):
        raise ValueError("a word that is not listed")
    return found


def _read(name: str, kind: str, words: Words) -> pl.Expr:
    field = pl.col(name)
    match kind:
        case "integer":
            return pl.when(field != NONE).then(field).alias(name)
        case "boolean":
            return field.cast(pl.Boolean)
        case "date":
            return pl.when(field != NONE).then(field + EPOCH_DAYS).cast(pl.Date).alias(name)
        case "instant":
            found = pl.when(field != NEVER).then(field + EPOCH_MICROSECONDS)
            return found.cast(pl.Datetime("us", "UTC")).alias(name)
        case _:
            place = pl.when(field >= 0).then(field).cast(pl.UInt8)
            return place.cat.to(pl.Enum(words[name])).alias(name)


def read_blocks(url: str, sql: str) -> Iterator[bytearray]:
    """The bytes of a COPY, a block at a time: one statement, hence one snapshot."""
    blocks: Queue[bytearray | None] = Queue(AHEAD)
    unwanted = Event()

    async def copy() -> None:
        engine = connect(url, pooled=True)  # it may be: keep nothing in the session
        block = bytearray()

        async def take(data: bytes) -> None:
            nonlocal block
            if unwanted.is_set():
                raise asyncio.CancelledError
            block += data
            if len(block) >= BLOCK:
                blocks.put(block)
                block = bytearray()

        try:
            async with engine.connect() as connection:
                raw = await connection.get_raw_connection()
                asked = raw.driver_connection
                assert asked is not None
                await asked.copy_from_query(sql, output=take, format="binary")
                blocks.put(block)
        finally:
            await engine.dispose()
            blocks.put(None)

    with ThreadPoolExecutor(max_workers=1) as reader:
        reading = reader.submit(uvloop.run, copy())
        try:
            while (block := blocks.get()) is not None:
                yield block
            reading.result()  # or what stopped it
        finally:
            unwanted.set()
            while not reading.done():
                with suppress(Empty):
                    blocks.get(timeout=0.05)
