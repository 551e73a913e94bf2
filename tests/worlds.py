"""Two small worlds: the worked example as the real one, random lives as the simulated one."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from jobs.night import run_night
from tests.ledger import event, write_history
from tthc import clock
from tthc.db.server import Server
from tthc.domain.events import Event
from tthc.rules.periods import read_period

MARCH = read_period("month:2026-03")
AS_OF = clock.end_of(MARCH.end - timedelta(days=1))
RECEIVED_BY = AS_OF - timedelta(days=1)


def fill_worlds(server: Server) -> None:
    """Write the cases of both worlds and run the night of 31/03/2026 over each."""
    asyncio.run(_write(server))
    for simulated in (False, True):
        assert run_night(server.night_url, simulated=simulated, as_of=AS_OF).ran


async def _write(server: Server) -> None:
    owner = await asyncpg.connect(server.owner_url)
    real = [
        row["id"]
        for row in await owner.fetch(
            "SELECT id FROM units WHERE level = 'commune' AND valid_to IS NULL ORDER BY id LIMIT 2"
        )
    ]
    province = await owner.fetchval(
        "INSERT INTO units (simulated, code, name, kind, level) "
        "VALUES (true, 'MP', 'Tỉnh Thử', 'area', 'province') RETURNING id"
    )
    simulated = [
        await owner.fetchval(
            "INSERT INTO units (simulated, code, name, kind, level, parent_id) "
            "VALUES (true, $1, $2, 'area', 'commune', $3) RETURNING id",
            *(*each, province),
        )
        for each in [("MP-1", "Xã Thử Một"), ("MP-2", "Xã Thử Hai"), ("MP-3", "Xã <b>Ba</b>")]
    ]
    await owner.close()
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for events in worked_example(real):
            await write_history(connection, events)
        for events in random_lives(simulated, 150):
            await write_history(connection, events, simulated=True)
    await connection.close()


def worked_example(units: list[int]) -> list[list[Event]]:
    """Metrics, section 2: 450 to resolve = 315 online + 105 otherwise + 30 carried over."""
    due = clock.start_of(MARCH.start + timedelta(days=20)) + timedelta(hours=17)
    kinds = {"early": 240, "on_time": 145, "late": 5, "open": 58, "open_overdue": 2}
    histories: list[list[Event]] = []
    for kind, count in kinds.items():
        for _ in range(count):
            number = len(histories)
            day = MARCH.start + timedelta(days=3 if number >= 30 else -3)
            received = clock.start_of(day) + timedelta(hours=9)
            due_at = due + timedelta(days=20 if kind == "open" else 0)
            change = received_change(
                units[number % 2], received, due_at, "online" if 30 <= number < 345 else "counter"
            )
            events = [event(f"R-{number}", 1, "received", received, change)]
            days = {"early": -1, "on_time": 0, "late": 1}.get(kind)
            if days is not None:
                done = due_at + timedelta(days=days, hours=-1)
                decided = {"state": 9, "resolved_at": done, "outcome": "granted"}
                events.append(event(f"R-{number}", 2, "resolved", done, decided))
            histories.append(events)
    return histories


def received_change(
    unit: int, received: datetime, due_at: datetime, channel: str
) -> dict[str, Any]:
    overdue_at = clock.start_of(clock.local_date(due_at) + timedelta(days=1))
    return {
        **dict.fromkeys(("receiving_unit_id", "competent_unit_id"), unit),
        "procedure_id": 1,
        "level": "commune",
        "channel": channel,
        "state": 2,
        "e_result": "unknown",
        **dict.fromkeys(("submitted_at", "received_at"), received),
        **dict.fromkeys(("due_at", "promised_due_at"), due_at),
        **dict.fromkeys(("overdue_at", "promised_overdue_at"), overdue_at),
    }


def random_lives(units: list[int], count: int) -> list[list[Event]]:
    """Cases of two years in every state, some acts after the cut-off; always the same."""
    chance = random.Random(3)
    histories = []
    for number in range(count):
        code = f"S-{number}"
        received = RECEIVED_BY - timedelta(hours=chance.randrange(1, 24 * 700))
        due_at = received + timedelta(days=chance.choice([1, 5, 10, 40]))
        channel = chance.choice(["counter", "online", "online", "post", "other"])
        change = received_change(chance.choice(units), received, due_at, channel)
        events = [event(code, 1, "received", received, change)]
        later = received + timedelta(days=chance.choice([1, 4, 12, 60]))
        acts: list[tuple[str, dict[str, Any]]] = [
            ("letter_issued", {"letter_issued_at": later, "letter_number": "1/XL"}),
            ("suspended", {"state": 5, "suspended_at": later, "supplements": 1}),
            ("resolved", {"state": 9, "resolved_at": later, "outcome": "granted"}),
            ("resolved", {"state": 9, "resolved_at": later, "outcome": "refused"}),
            ("withdrawn", {"state": 7, "ended_at": later}),
            ("stopped", {"state": 8, "ended_at": later}),
        ]
        for kind, decided in chance.sample(acts, chance.choice([0, 1, 1])):
            events.append(event(code, 2, kind, later, decided))
        histories.append(events)
    return histories
