"""Rows of one length out of a COPY: read as another driver reads them, or not at all."""

import asyncio
import random
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import polars as pl
import pytest
from adbc_driver_postgresql.dbapi import connect
from hypothesis import HealthCheck, given, settings

from jobs import stream
from jobs.extract import WORDS, ask
from jobs.figures import whole_plan
from tests.simulated import rows_of
from tests.strategies import dice
from tthc.db.server import Server
from tthc.rules import predicates

KINDS = {"n": "integer", "b": "boolean", "d": "date", "t": "instant", "channel": "text"}
TYPES = {"n": "integer", "b": "boolean", "d": "date", "t": "timestamptz", "channel": "text"}
FIRST, NOON = date(1899, 12, 31), datetime(2026, 3, 5, 5, tzinfo=UTC)


def draw(luck: random.Random) -> list[Any]:
    """A row with whatever may be missing missing sometimes, and the ends of what may be there."""
    n = luck.choice([0, -1, 2**31 - 1, 1 - 2**31, luck.randrange(10**6)])
    d = FIRST + timedelta(days=luck.randrange(80_000))
    t = NOON + timedelta(microseconds=luck.randrange(-(10**15), 10**15))
    may = [n, d, t, luck.choice(WORDS["channel"])]
    told = [each if luck.random() < 0.8 else None for each in may]
    return [told[0], luck.random() < 0.5, *told[1:]]


def values(rows: list[list[Any]]) -> str:
    def told(name: str, value: Any) -> str:
        said = "NULL" if value is None else f"'{value}'"
        return f"{said}::{TYPES[name]}"

    lines = (", ".join(map(told, TYPES, row)) for row in rows)
    return (
        f"SELECT * FROM (VALUES {', '.join(f'({line})' for line in lines)}) v ({', '.join(TYPES)})"
    )


@given(luck=dice)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_rows_are_what_another_driver_reads(
    server: Server, luck: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BLOCK", luck.choice([1, 100, 10**6]))
    monkeypatch.setattr(stream, "NEAR", luck.choice([1, 3, 4096]))
    sql = values([draw(luck) for _ in range(luck.randrange(1, 60))])
    with closing(connect(server.night_url)) as connection:
        theirs = ask(connection, sql)
    ours = pl.concat(stream.read_rows(server.night_url, sql, KINDS, WORDS))
    assert ours.cast({"channel": pl.String}).rows() == theirs.rows()


def test_no_rows(server: Server) -> None:
    sql = f"{values([draw(random.Random(1))])} WHERE false"
    assert list(stream.read_rows(server.night_url, sql, KINDS, WORDS)) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ([1, True, FIRST, NOON, "bồ câu"], "not listed"),
        ([1, None, FIRST, NOON, "post"], "differing lengths"),
    ],
)
def test_a_row_that_differs_is_not_misread(server: Server, row: list[Any], said: str) -> None:
    rows = [[1, True, FIRST, NOON, "post"], row, [2, False, None, None, None]]
    with pytest.raises(ValueError, match=said):
        list(stream.read_rows(server.night_url, values(rows), KINDS, WORDS))


def test_what_the_database_refuses_is_told(server: Server) -> None:
    with pytest.raises(asyncpg.DivisionByZeroError):
        list(stream.read_rows(server.night_url, "SELECT 1/0 AS n", {"n": "integer"}, {}))


def test_a_reader_that_goes_away_leaves_nothing_running(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BLOCK", 1000)
    many = "SELECT n FROM generate_series(1, 98765) AS n, generate_series(1, 9999) AS times"
    rows = stream.read_rows(server.night_url, many, {"n": "integer"}, {})
    assert next(rows).height
    rows.close()  # type: ignore[attr-defined]  # a generator
    asyncio.run(quiet(server))


async def quiet(server: Server) -> None:
    owner = await asyncpg.connect(server.owner_url)
    running = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND query LIKE '%98765%'"
    )
    until = asyncio.get_running_loop().time() + 20
    while await owner.fetchval(running):
        assert asyncio.get_running_loop().time() < until
        await asyncio.sleep(0.02)
    await owner.close()


def test_the_words_are_those_that_the_ledger_allows(server: Server) -> None:
    kinds = predicates.facts()
    texts = {name for name in whole_plan().columns if kinds[name] == "text"}
    assert texts <= set(WORDS)
    for name in texts - {"yields_document"}:  # which is joined, db/facts.py
        check = f"cases_{name}_check"
        sql = f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '{check}'"
        ((told,),) = rows_of(server, sql)[0:1][0]
        assert set(told.split("'")[1::2]) == set(WORDS[name])
