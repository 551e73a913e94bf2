"""The ledger cannot be bent: the application may not, and whoever can is found.

Planted, one by one, as the owner who may do anything: an event's text, instant or actor changed;
an event removed from the middle, the first, the last; two swapped; one inserted, one appended; a
tail cut and the row made to fit; a case deleted whole, also with its place in the register; a row
changed; a case smuggled past the register; a sealed day changed or removed; a whole chain forged.
"""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from adbc_driver_postgresql.dbapi import connect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobs.digest import seal_days
from jobs.fold import check_fold
from tests.ledger import event, write_history
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.domain.events import Event, seal_all
from tthc.service.integrity import verify_ledger

START = datetime(2026, 3, 2, 3, tzinfo=UTC)
NOW = START + timedelta(days=10)


def history(code: str, day: int = 0) -> list[Event]:
    at = START + timedelta(days=day)
    later = [at + timedelta(hours=hours) for hours in range(1, 5)]
    received = {
        **dict.fromkeys(("receiving_unit_id", "competent_unit_id", "procedure_id"), 1),
        "level": "commune",
        "channel": "counter",
        "state": 2,
        "submitted_at": at,
        "received_at": at,
    }
    return [
        event(code, 1, "received", at, received),
        event(code, 2, "started", later[0], {"state": 4, "officer": "Binh"}),
        event(code, 3, "resolved", later[1], {"state": 9, "resolved_at": later[1]}),
        event(code, 4, "returned", later[2], {"state": 10, "returned_at": later[2]}),
    ]


async def fill(server: Server) -> None:
    connection = await asyncpg.connect(server.night_url)
    for number in range(3):
        await write_history(connection, history(f"H-{number}", number))
    await connection.close()


def seal(server: Server) -> dict[str, Any]:
    with connect(server.night_url) as connection:
        done = dict(seal_days(connection, NOW))
        connection.commit()
    return done


async def bend(server: Server, *statements: str) -> None:
    """As one who owns the tables and minds no rule."""
    connection = await asyncpg.connect(server.owner_url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def verdict(server: Server, code: str | None = None) -> dict[str, Any]:
    engine = connect_night(server)
    async with engine.connect() as connection:
        told = await verify_ledger(connection, code)
    await engine.dispose()
    return told


H1 = "(select id from cases where code = 'H-1')"
BENDINGS: dict[str, list[str]] = {
    "a change": [
        (
            "update case_events set change = replace(change::text, 'Binh', 'Bing')::json "
            f"where case_id = {H1} and seq = 2"
        )
    ],
    "a payload": [f"update case_events set payload = '{{}}' where case_id = {H1} and seq = 2"],
    "an instant": [
        (
            "update case_events set occurred_at = occurred_at - interval '1 microsecond' "
            f"where case_id = {H1} and seq = 3"
        )
    ],
    "an actor": [f"update case_events set actor = 'x' where case_id = {H1} and seq = 1"],
    "the code": [f"update cases set code = 'H-1x' where id = {H1}"],
    "the middle removed": [f"delete from case_events where case_id = {H1} and seq = 2"],
    "the first removed": [f"delete from case_events where case_id = {H1} and seq = 1"],
    "the last removed": [f"delete from case_events where case_id = {H1} and seq = 4"],
    "a gap closed": [
        f"delete from case_events where case_id = {H1} and seq = 2",
        f"update case_events set seq = seq - 1 where case_id = {H1} and seq = 3",
        f"update case_events set seq = seq - 1 where case_id = {H1} and seq = 4",
        f"update cases set version = 3 where id = {H1}",
    ],
    "two swapped": [
        f"update case_events set seq = 9 where case_id = {H1} and seq = 2",
        f"update case_events set seq = 2 where case_id = {H1} and seq = 3",
        f"update case_events set seq = 3 where case_id = {H1} and seq = 9",
    ],
    "one appended": [
        (
            "insert into case_events (case_id, seq, type, occurred_at, effective_at, recorded_at, "
            "actor, change, hash) select case_id, 5, type, occurred_at, effective_at, recorded_at, "
            f"actor, change, hash from case_events where case_id = {H1} and seq = 4"
        )
    ],
    "every event removed": [f"delete from case_events where case_id = {H1}"],
    "the case removed whole": [
        f"delete from case_events where case_id = {H1}",
        "delete from cases where code = 'H-1'",
    ],
    "a row changed": ["update cases set resolved_at = submitted_at where code = 'H-1'"],
    "a row's officer changed": ["update cases set officer = 'x' where code = 'H-1'"],
    "a row shown to a unit": ["update cases set passed_on_by = '{2}' where code = 'H-1'"],
    "a case that never entered": [
        "alter table cases disable trigger cases_registered",
        (
            "insert into cases (code, simulated, imported, version, head, last_effective_at, "
            "last_recorded_at, receiving_unit_id, competent_unit_id, procedure_id, level, channel, "
            "state, submitted_at) select 'H-9', simulated, imported, 0, '', last_effective_at, "
            "last_recorded_at, 1, 1, 1, level, channel, 1, submitted_at from cases limit 1"
        ),
    ],
}
# found only because the days are sealed
SEALED: dict[str, list[str]] = {
    "the tail cut and the row made to fit": [
        f"delete from case_events where case_id = {H1} and seq = 4",
        (
            "update cases c set version = 3, state = 9, returned_at = null, head = e.hash "
            "from case_events e where e.case_id = c.id and e.seq = 3 and c.code = 'H-1'"
        ),
    ],
    "the case removed whole, from the register too": [
        f"delete from case_events where case_id = {H1}",
        "delete from cases where code = 'H-1'",
        "update case_register set codes = array_remove(codes, 'H-1')",
    ],
    "a sealed day changed": ["update ledger_days set events = events + 1 where day = '2026-03-03'"],
    "a sealed day removed": ["delete from ledger_days where day = '2026-03-03'"],
    "a digest changed": ["update ledger_days set digest = head where day = '2026-03-03'"],
}


async def test_an_untouched_ledger_is_whole(database: Server) -> None:
    await fill(database)
    assert await verdict(database) == {
        "ok": True,
        "cases": 3,
        "events": 12,
        "days": 0,
        "traces": 0,
        "first_problem": None,
    }
    assert seal(database)["sealed"] == 10  # 2 to 11 March, quiet days too
    assert (await verdict(database))["days"] == 10
    assert (await verdict(database, "H-1"))["events"] == 4


@pytest.mark.parametrize("name", BENDINGS)
async def test_every_tampering_is_found(database: Server, name: str) -> None:
    await fill(database)
    await bend(database, *BENDINGS[name])
    told = await verdict(database)
    assert not told["ok"], name
    assert "H-" in told["first_problem"]


async def test_who_passed_a_case_on_is_proven_too(database: Server) -> None:
    """Competent were 1, then 2, by a mistake 3, then 4: a row that forgets one is wrong."""
    at = START + timedelta(days=1)
    moves = [
        event("H-4", 5 + number, "transferred", at + timedelta(hours=9 + number), change)
        for number, change in enumerate({"competent_unit_id": unit} for unit in (2, 3))
    ]
    mended = replace(moves[-1], seq=7, type="corrected", replaces=6, change=moves[0].change)
    last = replace(mended, seq=8, type="transferred", replaces=None)
    last = replace(last, change=json.dumps({"competent_unit_id": 4}))
    connection = await asyncpg.connect(database.night_url)
    await write_history(connection, [*history("H-4"), *moves, mended, last])
    await connection.close()
    assert (await verdict(database))["ok"], await verdict(database)
    for forgotten in ("{1,2}", "{}", "{1,2,3,4}"):
        await bend(database, f"update cases set passed_on_by = '{forgotten}' where code = 'H-4'")
        assert "(passed_on_by)" in (await verdict(database))["first_problem"]
        with connect(database.night_url) as night:
            assert check_fold(night, NOW, simulated=False)["wrong"] == 1


@pytest.mark.parametrize("name", SEALED)
async def test_what_leaves_no_trace_in_the_case_is_found_by_the_day(
    database: Server, name: str
) -> None:
    await fill(database)
    seal(database)
    await bend(database, *SEALED[name])
    told = await verdict(database)
    assert not told["ok"], name
    assert "2026" in told["first_problem"] or "ngày" in told["first_problem"]


async def test_a_forged_chain_is_found_by_the_day(database: Server) -> None:
    """Someone who knows the code recomputes every link after changing an event."""
    await fill(database)
    seal(database)
    forged = history("H-1", 1)
    second = json.loads(forged[1].change) | {"officer": "Khác"}
    forged[1] = event("H-1", 2, "started", forged[1].effective_at, second)
    connection = await asyncpg.connect(database.owner_url)
    for one, link in zip(forged, seal_all(b"", forged), strict=True):
        await connection.execute(
            f"update case_events set change = $1, hash = $2 where case_id = {H1} and seq = $3",
            *(one.change, link, one.seq),
        )
    await connection.execute(
        "update cases set head = $1, officer = 'Khác' where code = 'H-1'",
        seal_all(b"", forged)[-1],
    )
    await connection.close()
    assert (await verdict(database, "H-1"))["ok"]  # the case alone tells nothing
    assert "03/03/2026" in (await verdict(database))["first_problem"]


async def test_days_are_sealed_once_each_onto_the_one_before(database: Server) -> None:
    await fill(database)
    first = seal(database)
    again = seal(database)
    assert again == first | {"sealed": 0}


async def test_the_night_finds_a_row_that_is_not_the_fold(database: Server) -> None:
    await fill(database)

    def check() -> dict[str, Any]:
        with connect(database.night_url) as connection:
            return dict(check_fold(connection, NOW, simulated=False))

    assert check() == {"part": "1/1", "wrong": 0, "first": None}
    await bend(database, BENDINGS["a row changed"][0])
    assert check() == {"part": "1/1", "wrong": 1, "first": "H-1"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_events SET actor = 'x'",
        "DELETE FROM case_events",
        "TRUNCATE case_events",
        "DELETE FROM cases",
        "INSERT INTO case_register (codes) VALUES ('{x}')",
        "DELETE FROM case_register",
        "UPDATE case_register SET codes = '{}'",
        "UPDATE ledger_days SET events = 0",
        "DELETE FROM ledger_days",
        "UPDATE letters SET reason = 'x'",
        "DELETE FROM letters",
        "ALTER TABLE case_events DISABLE TRIGGER ALL",
        "DROP TABLE case_events",
        "ALTER TABLE cases DISABLE TRIGGER cases_registered",
    ],
)
async def test_the_application_may_only_add(connection: AsyncConnection, statement: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        await connection.exec_driver_sql(statement)


def test_python_and_sql_seal_alike(database: Server) -> None:
    """Texts with every separator of the sealed form, in every place that takes text."""
    at = START
    words = 'a1:b"\\ {} Đ\u0301ỗ 12:3:'
    received = json.loads(history("x")[0].change) | {"officer": words}
    odd = event(f"H:{words}", 1, "received", at, received)
    note = Event(
        *(odd.case_code, 2, "noted", at, at, at + timedelta(microseconds=1), words),
        *(None, json.dumps({"text": words}), "{}"),
    )

    async def write() -> dict[str, Any]:
        connection = await asyncpg.connect(database.night_url)
        await write_history(connection, [odd, note])
        await connection.close()
        return await verdict(database)

    told = asyncio.run(write())
    assert told["ok"], told
