"""Count, list, files, API and figure agree, for every condition, period and reader."""

import csv
import io
import os
import random
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import fastexcel
import httpx
import pytest
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.people import signed_in
from tests.web.test_overdue import CUT, ROW
from tests.worlds import AS_OF
from tthc import clock
from tthc.db.facts import Knowledge, is_untouched
from tthc.db.queries.figures import count_conditions
from tthc.db.queries.selection import SORTS, Selection, count_cases, list_page, read_out
from tthc.domain.access import Scope
from tthc.rules import predicates
from tthc.rules.definitions import CASES, definitions
from tthc.rules.periods import read_period

TITLE = re.compile(r"<h1>([\d.]+) hồ sơ")
PERIODS = ("month:2026-03", "quarter:2026-Q1", "year:2025", "all:known")
READERS = {
    "auditor": {"role": "auditor"},
    "province": {"role": "official", "unit": "MP"},
    "official": {"role": "official", "unit": "MP-1"},
    "leader": {"role": "leader", "unit": "MP-2"},
    "officer": {"role": "officer", "unit": "MP-3"},
}
DRAWN = None if os.environ.get("TTHC_HEAVY") else 3  # of each kind for each reader


def conditions() -> dict[str, list[str]]:
    """Every condition that a list takes, by kind."""
    bases = [f"{name}@{basis}" for name in ("overdue", "late") for basis in predicates.BASES]
    known = [name for name, each in definitions().items() if each.of == CASES]
    return {
        "predicate": [*predicates.predicates(), *bases],
        "definition": [f"{part}:{name}" for part in ("counted", "population") for name in known],
    }


def drawn(reader: str) -> list[tuple[str, str]]:
    """The conditions to try, each with a period: all of them, or others for each reader."""
    chance = random.Random(f"agreement {reader}")
    found = []
    for kind in conditions().values():
        chosen = kind if DRAWN is None else chance.sample(kind, DRAWN)
        found += [(where, chance.choice(PERIODS)) for where in chosen]
    return found


@pytest.fixture
async def readers(app: Litestar) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(signed_in(app, simulated=True, **given))
            for name, given in READERS.items()
        }


async def read_api(client: httpx.AsyncClient, asked: dict[str, Any]) -> tuple[int, list[str]]:
    answer = (await client.get("/api/v1/cases", params=asked | {"limit": 500})).json()
    assert answer["next_cursor"] is None
    return answer["total"], [each["case_code"] for each in answer["items"]]


async def test_all_ways_say_the_same(readers: dict[str, httpx.AsyncClient]) -> None:
    seen = dict.fromkeys(readers, 0)
    for reader, client in readers.items():
        for where, period in drawn(reader):
            asked = {"where": where, "period": period} | CUT
            total, codes = await read_api(client, asked)
            page = (await client.get("/so-lieu/ho-so", params=asked)).raise_for_status().text
            title = TITLE.search(page)
            assert title, where
            assert int(title[1].replace(".", "")) == total == len(codes), (reader, where)
            assert ROW.findall(page) == codes[:50], (reader, where)
            file = await client.get("/so-lieu/ho-so/tep", params=asked | {"kind": "csv"})
            rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
            assert [row[0] for row in rows[1:]] == codes, (reader, where)
            book = await client.get("/so-lieu/ho-so/tep", params=asked | {"kind": "xlsx"})
            sheet = fastexcel.read_excel(book.content).load_sheet("Hồ sơ").to_polars()
            assert sheet["Mã hồ sơ"].to_list() == codes, (reader, where)
            part, _, of = where.partition(":")
            if of:
                figure = await client.get(
                    "/api/v1/figures", params={"definition": of, "period": period} | CUT
                )
                (row,) = figure.json()["rows"]
                name = {"counted": "numerator", "population": "denominator"}[part]
                assert row[name] == total, (reader, where, period)
            seen[reader] += total
    assert all(seen.values()), seen


async def test_readers_of_units_see_the_parts_of_the_whole(
    readers: dict[str, httpx.AsyncClient],
) -> None:
    whole = await read_api(readers["auditor"], {"where": "known"} | CUT)
    parts = [
        code
        for name in ("official", "leader", "officer")
        for code in (await read_api(readers[name], {"where": "known"} | CUT))[1]
    ]
    assert sorted(parts) == sorted(whole[1])
    assert whole[0] == 150


@pytest.mark.parametrize("basis", predicates.BASES)
async def test_what_leads_to_an_index_leaves_out_no_case(
    ledger: AsyncConnection, basis: str
) -> None:
    """A list reads only what its conditions imply; the aggregates read every case."""
    scope, period = Scope(simulated=True), read_period("month:2026-03")
    known = predicates.predicates(basis)
    for as_of in (AS_OF, AS_OF - timedelta(days=9)):
        knowledge = Knowledge(as_of, AS_OF)
        (whole,) = await count_conditions(scope, ledger, known, period, knowledge, ())
        for name, condition in known.items():
            listed = Selection([condition], knowledge, period, basis=basis)
            assert await count_cases(scope, ledger, listed) == whole[name], name


async def test_what_nothing_touched_is_listed_from_its_rows_alone(
    ledger: AsyncConnection,
) -> None:
    """After the last act a list needs no fold: page by page and counted it is the same."""
    scope, known = Scope(simulated=True), predicates.predicates("current")
    await ledger.rollback()
    await ledger.execution_options(isolation_level="REPEATABLE READ")
    now = Knowledge(clock.now(), clock.now())
    assert await is_untouched(ledger, now)
    for name in ("open", "overdue", "known", "late"):
        listed = Selection([known[name]], now)
        alone = replace(listed, untouched=True)
        count = await count_cases(scope, ledger, listed)
        assert await count_cases(scope, ledger, alone) == count > 0, name
        for sort in SORTS:
            pages = [await _ids(scope, ledger, each, sort) for each in (listed, alone)]
            whole = [
                row["id"]
                async for some in read_out(scope, ledger, alone, sort=sort)
                for row in some
            ]
            assert pages == [whole, whole], (name, sort)
            assert len(whole) == count


async def _ids(scope: Scope, ledger: AsyncConnection, listed: Selection, sort: str) -> list[int]:
    """The cases of a list, seven a page."""
    ids: list[int] = []
    after = None
    while rows := await list_page(scope, ledger, listed, sort=sort, limit=7, after=after):
        assert rows[0]["id"] not in ids, "a page begins where the one before ended"
        ids += [row["id"] for row in rows]
        after = (rows[-1]["sort_key"], rows[-1]["id"])
    return ids


async def test_acts_and_loose_transactions_leave_nothing_untouched(
    ledger: AsyncConnection,
) -> None:
    await ledger.rollback()
    await ledger.execution_options(isolation_level="READ COMMITTED")
    assert not await is_untouched(ledger, Knowledge(clock.now(), clock.now()))
    await ledger.rollback()
    await ledger.execution_options(isolation_level="REPEATABLE READ")
    long_ago = AS_OF - timedelta(days=9)
    assert not await is_untouched(ledger, Knowledge(long_ago, clock.now()))
    assert not await is_untouched(ledger, Knowledge(clock.now(), long_ago))
