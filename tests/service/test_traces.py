"""The traces cannot be bent: the application may only add, and whoever owns the tables is found."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from adbc_driver_postgresql.dbapi import connect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.digest import seal_days
from tthc import clock
from tthc.db.engine import connect_app, connect_night
from tthc.db.server import Server
from tthc.db.traces import leave_trace
from tthc.domain.traces import Trace
from tthc.service.integrity import verify_ledger

START = datetime(2026, 3, 2, 3, tzinfo=UTC)
ODD = "Đ\u0301ỗ 12:3:\\\"'"  # every separator of the sealed form


@pytest.fixture
async def filled(database: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Three days of two actors."""
    engine = connect_night(database)
    for day in range(3):
        monkeypatch.setattr(clock, "now", lambda day=day: START + timedelta(days=day))
        async with engine.begin() as connection:
            for actor in ("lan.tran", ODD):
                await leave_trace(connection, Trace(actor, "signed_in", simulated=False))
                told: dict[str, str | int] = {"form": ODD, "cases": 2}
                await leave_trace(
                    connection, Trace(actor, "form_printed", None, told, case_ids=(9, 7, 9))
                )
    monkeypatch.undo()
    await engine.dispose()
    return database


def seal(server: Server) -> dict[str, Any]:
    with connect(server.night_url) as connection:
        done = dict(seal_days(connection, START + timedelta(days=10)))
        connection.commit()
    return done


async def ask(url: str, *statements: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetch(each) for each in statements][-1]
    finally:
        await connection.close()


async def verdict(server: Server) -> dict[str, Any]:
    engine = connect_night(server)
    async with engine.connect() as connection:
        told = await verify_ledger(connection)
    await engine.dispose()
    return told


async def test_python_makes_the_same_links(filled: Server) -> None:
    """Made anew here from what the rows say, by the rule that the ADR tells."""
    rows = await ask(filled.owner_url, "SELECT *, details::text AS told FROM traces ORDER BY id")
    heads: dict[str, bytes] = {}
    assert [(row["actor"], row["seq"]) for row in rows[:4]] == [
        *(("lan.tran", 1), ("lan.tran", 2), (ODD, 1), (ODD, 2)),
    ]
    for row in rows:
        micros = (row["recorded_at"] - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        world = "" if row["simulated"] is None else str(row["simulated"]).lower()
        cases = ",".join(map(str, row["case_ids"]))
        fields = (row["actor"], str(row["seq"]), world, row["kind"], str(micros), cases)
        text = "".join(f"{len(each)}:{each}" for each in (*fields, row["told"]))
        before = heads.get(row["actor"], b"")
        heads[row["actor"]] = hashlib.sha256(before + text.encode()).digest()
        assert row["hash"] == heads[row["actor"]]
    assert rows[1]["case_ids"] == [7, 9]


async def test_untouched_they_are_whole(filled: Server) -> None:
    done = seal(filled)
    assert done["traces_sealed"] == 10
    assert seal(filled) == done | {"traces_sealed": 0, "sealed": 0}
    told = await verdict(filled)
    assert (told["ok"], told["traces"], told["first_problem"]) == (True, 12, None)


OF_LAN = "actor = 'lan.tran'"
CUT = [
    f"DELETE FROM traces WHERE {OF_LAN} AND seq > 4",
    (
        f"UPDATE trace_heads SET (seq, head) = (SELECT seq, hash FROM traces WHERE {OF_LAN} "
        f"AND seq = 4) WHERE {OF_LAN}"
    ),
]
BENDINGS = {
    "a kind": [f"UPDATE traces SET kind = 'signed_out' WHERE {OF_LAN} AND seq = 3"],
    "a detail": [f"UPDATE traces SET details = '{{}}' WHERE {OF_LAN} AND seq = 2"],
    "a world": [f"UPDATE traces SET simulated = NULL WHERE {OF_LAN} AND seq = 1"],
    "a case": [f"UPDATE traces SET case_ids = '{{7}}' WHERE {OF_LAN} AND seq = 2"],
    "an instant": [
        f"UPDATE traces SET recorded_at = recorded_at + interval '1 microsecond' WHERE {OF_LAN}"
    ],
    "the middle removed": [f"DELETE FROM traces WHERE {OF_LAN} AND seq = 3"],
    "the first removed": [f"DELETE FROM traces WHERE {OF_LAN} AND seq = 1"],
    "the last removed": [f"DELETE FROM traces WHERE {OF_LAN} AND seq = 6"],
    "all of one removed": [f"DELETE FROM traces WHERE {OF_LAN}"],
    "one given to another": [f"UPDATE traces SET actor = 'x' WHERE {OF_LAN} AND seq = 6"],
    "one appended": [
        (
            "INSERT INTO traces (actor, seq, simulated, kind, recorded_at, case_ids, details, "
            "hash) SELECT actor, 7, simulated, kind, recorded_at, case_ids, details, hash "
            f"FROM traces WHERE {OF_LAN} AND seq = 6"
        )
    ],
}
SEALED = {
    "the tail cut, and the head made to fit": CUT,
    "somebody forgotten whole": [
        f"DELETE FROM traces WHERE {OF_LAN}",
        f"DELETE FROM trace_heads WHERE {OF_LAN}",
    ],
    "a sealed day changed": ["UPDATE trace_days SET traces = 9 WHERE day = '2026-03-03'"],
    "a sealed day removed": ["DELETE FROM trace_days WHERE day = '2026-03-03'"],
}


@pytest.mark.parametrize("name", [*BENDINGS, *SEALED])
async def test_every_tampering_is_found(filled: Server, name: str) -> None:
    if name in SEALED:
        await asyncio.to_thread(seal, filled)
    await ask(filled.owner_url, *(BENDINGS | SEALED)[name])
    told = await verdict(filled)
    assert not told["ok"]
    assert "Nhật ký" in told["first_problem"] or "niêm phong" in told["first_problem"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE traces SET actor = 'x'",
        "DELETE FROM traces",
        "TRUNCATE traces",
        (
            "INSERT INTO traces (actor, seq, kind, recorded_at, case_ids, details, hash) "
            "VALUES ('x', 1, 'refused', now(), '{}', '{}', '')"
        ),
        "UPDATE trace_heads SET seq = 0",
        "DELETE FROM trace_days",
        "UPDATE trace_days SET traces = 0",
        "ALTER TABLE traces DISABLE ROW LEVEL SECURITY",
        "DROP FUNCTION add_trace",
    ],
)
async def test_nobody_may_do_more_than_add(connection: AsyncConnection, statement: str) -> None:
    """Not even the night."""
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        await connection.exec_driver_sql(statement)


async def test_many_at_once_make_one_chain(database: Server) -> None:
    engine = connect_app(database, pool_size=8)

    async def leave() -> None:
        for _ in range(10):
            async with engine.begin() as connection:
                await leave_trace(connection, Trace("máy", "identity_read"))

    await asyncio.gather(*(leave() for _ in range(8)))
    await engine.dispose()
    told = await verdict(database)
    assert (told["ok"], told["traces"]) == (True, 80)


async def test_what_is_undone_leaves_none(connection: AsyncConnection) -> None:
    count = "SELECT count(*) FROM traces WHERE actor = 'bị hoàn tác'"
    undone = await connection.begin_nested()
    await leave_trace(connection, Trace("bị hoàn tác", "signed_in"))
    assert (await connection.exec_driver_sql(count)).scalar() == 1
    await undone.rollback()
    assert (await connection.exec_driver_sql(count)).scalar() == 0
