"""Score sheets cannot be bent: whoever owns the tables and changes an act is found."""

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from adbc_driver_postgresql.dbapi import connect

from jobs.digest import seal_days
from tthc.db.engine import connect_night
from tthc.db.score_sheets import SheetKey, add_acts, read_acts
from tthc.db.server import Server
from tthc.domain.score_sheet.acts import Act, Evidence, Kind, Proof
from tthc.domain.score_sheet.sheet import Column, fold
from tthc.service.integrity import verify_ledger

START = datetime(2026, 3, 2, 3, tzinfo=UTC)
PAPER = Evidence(Proof.DOCUMENT, '12:3:/BC-"Sở"\'')  # separators of the sealed form
ACTS = (
    Act(Kind.SELF_SCORED, "1.1", Decimal("0.50"), "Đ\u0301ỗ: 1", PAPER),
    Act(Kind.SELF_SCORED, "1.1", Decimal(1), "", PAPER),
    Act(Kind.SUBMITTED),
)


@pytest.fixture
async def filled(database: Server) -> Server:
    """Two sheets of three acts on three days, sealed."""
    engine = connect_night(database)
    for day, act in enumerate(ACTS):
        async with engine.begin() as connection:
            for unit_id in (1, 2):
                key = SheetKey(simulated=False, rubric="r", period="year:2025", unit_id=unit_id)
                await add_acts(connection, key, [act], "lan", START + timedelta(days=day))
    await engine.dispose()
    with connect(database.night_url) as sealing:
        assert seal_days(sealing, START + timedelta(days=10))["scores_sealed"] == 10
        sealing.commit()
    return database


async def verdict(server: Server) -> str | None:
    engine = connect_night(server)
    async with engine.connect() as connection:
        told = await verify_ledger(connection)
    await engine.dispose()
    problem: str | None = told["first_problem"]
    return problem


async def run(url: str, *statements: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetch(each) for each in statements][-1]
    finally:
        await connection.close()


async def test_python_makes_the_same_links(filled: Server) -> None:
    """Made anew here from what the rows say; what was given is what is read back."""
    rows = await run(
        filled.owner_url,
        "SELECT *, told::text AS words FROM score_acts WHERE unit_id = 1 ORDER BY seq",
    )
    head = b""
    for row in rows:
        micros = (row["recorded_at"] - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        fields = ["false", "r", "year:2025", "1", str(row["seq"]), row["kind"]]
        fields += [row["leaf"] or "", row["words"], row["actor"], str(micros)]
        sealed = "".join(f"{len(each)}:{each}" for each in fields)
        head = hashlib.sha256(head + sealed.encode()).digest()
        assert row["hash"] == head
    engine = connect_night(filled)
    async with engine.connect() as connection:
        found = await read_acts(connection, "r", "year:2025", simulated=False)
    await engine.dispose()
    assert [each.act for each in found[1]] == list(ACTS)
    assert fold(found[1]).points(Column.SELF, "1.1") == 1
    assert await verdict(filled) is None


OFF = "ALTER TABLE score_acts DISABLE TRIGGER score_acts_sealed"


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["UPDATE score_acts SET actor = 'minh' WHERE unit_id = 2 AND seq = 1"], "việc số 1"),
        (["UPDATE score_acts SET leaf = '1.2' WHERE unit_id = 2 AND seq = 2"], "việc số 2"),
        (["DELETE FROM score_acts WHERE unit_id = 2 AND seq = 2"], "thiếu việc ngay trước"),
        (["DELETE FROM score_acts WHERE unit_id = 2 AND seq = 3"], "việc cuối"),
        (
            [
                OFF,
                (
                    "INSERT INTO score_acts SELECT simulated, rubric, period, unit_id, 4, "
                    "kind, leaf, told, actor, recorded_at, hash FROM score_acts "
                    "WHERE unit_id = 2 AND seq = 3"
                ),
            ],
            "việc số 4",
        ),
        (  # a sheet deleted whole leaves nothing but the days that were sealed
            [
                "DELETE FROM score_acts WHERE unit_id = 2",
                "DELETE FROM score_sheets WHERE unit_id = 2",
            ],
            "Phiếu chấm điểm ngày 02/03/2026",
        ),
    ],
)
async def test_whoever_bends_a_sheet_is_found(
    filled: Server, statements: list[str], words: str
) -> None:
    await run(filled.owner_url, *statements)
    problem = await verdict(filled)
    assert problem is not None
    assert words in problem


async def test_number_and_link_are_the_databases(filled: Server) -> None:
    await run(
        filled.night_url,
        "INSERT INTO score_acts VALUES (false, 'r', 'year:2025', 2, 77, 'published', NULL, '{}', "
        "'minh', '2026-03-20T00:00Z', 'forged')",
    )
    (last,) = await run(filled.owner_url, "SELECT max(seq) AS seq FROM score_acts")
    assert last["seq"] == 4
    assert await verdict(filled) is None
