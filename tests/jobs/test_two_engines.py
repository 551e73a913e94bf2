"""PostgreSQL and polars read every condition alike, nulls and every edge included."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.extract import schema
from tests.oracle import ordinal
from tests.strategies import dice, draw_cases
from tthc import clock
from tthc.db.server import Server
from tthc.rules import predicates
from tthc.rules.definitions import variants
from tthc.rules.periods import read_period

MARCH = read_period("month:2026-03")
SQL_KINDS = {"instant": "timestamptz"}


def every_text() -> dict[str, str]:
    """All conditions under all bases and policies, and those of the definitions."""
    texts = {}
    for basis in predicates.BASES:
        for policy in predicates.POLICIES:
            for name, each in predicates.predicates(basis, policy).items():
                texts[f"{name} {basis} {policy}"] = each.text
    for each_definition in variants().values():
        for number, text in enumerate(each_definition.texts):
            texts[f"{each_definition.id} {number}"] = text
    return {text: name for name, text in texts.items()}


TEXTS = every_text()


async def ask_postgres(url: str, rows: list[tuple[Any, ...]], texts: list[str]) -> list[list[Any]]:
    connection = await asyncpg.connect(url)
    try:
        columns = ", ".join(
            f"{name} {SQL_KINDS.get(kind, kind)}" for name, kind in predicates.facts().items()
        )
        await connection.execute(f"CREATE TEMP TABLE tried (place integer, {columns})")
        await connection.copy_records_to_table("tried", records=rows)
        answers: list[list[Any]] = []
        for text in texts:
            found = await connection.fetch(f"SELECT {text} AS met FROM tried ORDER BY place")
            answers.append([row["met"] for row in found])
        return answers
    finally:
        await connection.close()


@given(
    luck=dice,
    as_of=st.sampled_from(
        [
            clock.end_of(MARCH.end - timedelta(days=1)),
            clock.end_of(MARCH.start + timedelta(days=11)),
            clock.start_of(MARCH.end),
            clock.end_of(MARCH.end + timedelta(days=40)),
        ]
    ),
)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_both_engines_agree_row_by_row(
    server: Server, luck: random.Random, as_of: datetime
) -> None:
    cases = draw_cases(luck, MARCH, as_of)
    order = luck.sample(range(len(cases)), len(cases))
    facts = list(predicates.facts())
    rows = [(place, *(cases[place][name] for name in facts)) for place in order]
    last = predicates.Cut(as_of, MARCH).last
    cut = predicates.Cut(
        as_of, MARCH, ordinal(clock.local_date(last)), ordinal(clock.local_date(as_of))
    )
    texts = [cut.bind(text) for text in TEXTS]
    sql = asyncio.run(ask_postgres(server.night_url, rows, texts))
    types = schema(facts)
    frame = pl.DataFrame([[case[name] for name in facts] for case in cases], types, orient="row")
    ours = frame.select(pl.sql_expr(text).alias(str(place)) for place, text in enumerate(texts))
    for place, (text, theirs) in enumerate(zip(texts, sql, strict=True)):
        assert ours[str(place)].to_list() == theirs, text
