"""The night on a real database: what it stores, when it runs, and what a crash leaves behind."""

import asyncio
import random
import threading
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import asyncpg
import polars as pl
import pytest
from adbc_driver_postgresql.dbapi import Connection, connect

from jobs.night import run_night
from jobs.runner import Outcome, Step, run_step
from tests.ledger import event, write_history
from tthc import clock
from tthc.db.engine import connect_night
from tthc.db.queries.sheets import last_night, stored_counts
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.rules.definitions import variants
from tthc.rules.periods import read_period
from tthc.service.figures import Question, show_figures

DAY = date(2026, 3, 12)
AS_OF = clock.end_of(DAY)


def random_history(code: str, dice: random.Random) -> list[Any]:
    received = AS_OF - timedelta(hours=dice.randrange(1, 24 * 120))
    due = received + timedelta(days=dice.randrange(1, 30))
    units = {"receiving_unit_id": dice.randrange(1, 4), "competent_unit_id": dice.randrange(1, 4)}
    change = {
        **units,
        "procedure_id": dice.randrange(1, 5),
        "e_result": dice.choice(["yes", "unknown"]),
        "level": "commune",
        "channel": dice.choice(["online", "counter"]),
        "state": 2,
        "online_level": dice.choice([None, "full"]),
        **dict.fromkeys(("submitted_at", "received_at"), received),
        **dict.fromkeys(("due_at", "overdue_at", "promised_due_at", "promised_overdue_at"), due),
    }
    events = [event(code, 1, "received", received, change)]
    if dice.random() < 0.8:
        done = received + timedelta(hours=dice.randrange(1, 24 * 40))
        events.append(event(code, 2, "resolved", done, {"state": 9, "resolved_at": done}))
    if dice.random() < 0.3:
        sent = due - timedelta(hours=dice.randrange(-60, 60))
        letter = {"letter_issued_at": sent, "letter_sent_at": sent}
        events.append(event(code, len(events) + 1, "letter_sent", sent, letter))
    return events


async def fill(url: str, cases: int) -> None:
    dice = random.Random(7)
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            for number in range(cases):
                await write_history(connection, random_history(f"N-{number}", dice))
    finally:
        await connection.close()


def stored(url: str) -> pl.DataFrame:
    """The rows of the last night's sheets."""
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.period, s.definitions, f.* FROM figures f "
            "JOIN figure_sheets s ON s.id = f.sheet_id WHERE s.layer_id IS NULL "
            "AND s.run_id = (SELECT max(run_id) FROM figure_sheets)"
        )
        return pl.DataFrame(cursor.fetch_arrow()).drop("sheet_id").sort(pl.all())


async def compare(server: Server) -> int:
    """Hold every variant in every period of the night against the ledger; how many there were."""
    engine = connect_night(server)
    tried = 0
    try:
        async with engine.connect() as connection:
            night = await last_night(Scope(simulated=False), connection)
            assert night
            question = Question(as_of=night.as_of, known_at=night.known_at)
            for (name, axis), sheet in night.sheets.items():
                asked = [each for each in variants().values() if each.texts and each.axis == axis]
                texts = {f"t{place}": text for place, text in enumerate(sheet.slots)}
                (row,) = await stored_counts(Scope(simulated=False), connection, sheet, texts)
                for each in asked:
                    live = await show_figures(connection, each.id, read_period(name), question)
                    counts = [
                        row[f"t{sheet.slots.index(text)}"]
                        for text in (each.counted, each.population)
                    ]
                    found = live["rows"][0]
                    assert counts == [found["numerator"], found["denominator"]], (each.id, name)
                    tried += 1
            return tried
    finally:
        await engine.dispose()


def test_what_the_night_stores_is_what_the_ledger_answers(database: Server) -> None:
    asyncio.run(fill(database.night_url, 300))
    assert run_night(database.night_url, simulated=False, as_of=AS_OF).ran
    assert asyncio.run(compare(database)) > 800


def test_a_night_runs_once_and_again_gives_the_same(database: Server) -> None:
    asyncio.run(fill(database.night_url, 60))
    assert run_night(database.night_url, simulated=False, as_of=AS_OF).ran
    first = stored(database.night_url)
    second = run_night(database.night_url, simulated=False, as_of=AS_OF)
    assert not second.ran
    assert second.reason == "sổ công việc đã có"
    assert run_night(database.night_url, simulated=False, as_of=AS_OF, again=True).ran
    assert stored(database.night_url).equals(first)


def test_the_worlds_never_share_a_figure(database: Server) -> None:
    asyncio.run(fill(database.night_url, 30))
    outcome = run_night(database.night_url, simulated=True, as_of=AS_OF)
    assert outcome.ran
    assert outcome.result["figures"] == 0


def attempt(server: Server, step: Step) -> Outcome:
    with connect(server.night_url) as connection:
        return run_step(connection, step, simulated=False, as_of=AS_OF, known_at=AS_OF, again=False)


def test_a_night_that_breaks_did_not_happen(database: Server) -> None:
    def break_down(connection: Connection, run_id: int) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO definition_sets (digest, slots) VALUES ($1, '{}'::json)",
                (str(run_id),),
            )
        raise RuntimeError("mất điện")

    step = Step("figures", "x", break_down)
    with pytest.raises(RuntimeError):
        attempt(database, step)
    assert slots_count(database.night_url) == 0
    fine = attempt(database, Step("figures", "x", lambda *_: {}))
    assert fine.ran


def slots_count(url: str) -> int:
    with closing(connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM definition_sets")
        return int(pl.DataFrame(cursor.fetch_arrow()).item())


def test_of_two_schedulers_one_works(database: Server) -> None:
    holding, release = threading.Event(), threading.Event()

    def wait(connection: Connection, run_id: int) -> dict[str, Any]:
        del connection, run_id
        holding.set()
        release.wait(30)
        return {}

    outcomes = []
    first = threading.Thread(
        target=lambda: outcomes.append(attempt(database, Step("figures", "x", wait)))
    )
    first.start()
    assert holding.wait(30)
    second = attempt(database, Step("figures", "x", lambda *_: {}))
    release.set()
    first.join(30)
    assert (outcomes[0].ran, second.ran) == (True, False)
    assert second.reason == "một tiến trình khác đang chạy"
