"""Acts per second through the services with 16 tasks, against the same statements bare."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from itertools import count

import asyncpg

from tests.bench.ledgers import simulated_ledger
from tests.law.lives import UNIT
from tthc import clock
from tthc.db import acts, filing, history
from tthc.db.engine import connect_app
from tthc.db.server import Server
from tthc.domain.access import Actor, Scope
from tthc.service.acts import Asked
from tthc.service.progress import start_case
from tthc.service.receipts import Form, receive_case

TASKS = 16
ACTS = 3200
LAN = Actor("Lan", Scope(simulated=False))
PROCEDURE = "1.000236"
HEADINGS = "act|through the service /s|p99 ms|same statements by asyncpg /s|service / bare"

Act = Callable[[int], Awaitable[object]]


def run() -> Iterable[str]:
    yield f"| {HEADINGS} |"
    yield "|---" * (HEADINGS.count("|") + 1) + "|"
    with simulated_ledger(0) as server:
        yield from asyncio.run(measure(server))


async def measure(server: Server) -> list[str]:
    engine = connect_app(server, pool_size=TASKS, max_overflow=0)
    codes: list[str] = []

    async def receive(number: int) -> None:
        async with engine.begin() as connection:
            form = Form(PROCEDURE, UNIT, "counter", applicant="Nguyễn Văn A")
            made = await receive_case(connection, LAN, form, Asked(key=f"r{number}"))
            codes.append(made["case_code"])

    async def start(number: int) -> None:
        async with engine.begin() as connection:
            await start_case(connection, LAN, codes[number], Asked(version=1), officer="Bình")

    await receive(-1)
    received = await timed(receive)
    started = await timed(start)
    await engine.dispose()
    bare_receive, bare_start = await bare(server, codes)
    lines = []
    for name, (rate, p99), raw in (
        ("receive (key, applicant)", received, bare_receive),
        ("start (If-Match)", started, bare_start),
    ):
        lines.append(f"| {name} | {rate:.0f} | {p99 * 1000:.1f} | {raw:.0f} | {rate / raw:.2f} |")
    return lines


async def bare(server: Server, codes: list[str]) -> tuple[float, float]:
    """The statements that the services send, with values made beforehand."""
    pool = await asyncpg.create_pool(server.app_url, min_size=TASKS, max_size=TASKS)
    today, numbers = clock.local_date(clock.now()), count()
    async with pool.acquire() as connection:
        row = await connection.fetchrow(
            "SELECT payload, change::text AS change, hash, (SELECT to_jsonb(c)::text FROM cases c "
            "WHERE c.code = $1) AS row FROM case_events LIMIT 1",
            codes[0],
        )
    assert row
    now = clock.now()

    def written(key: str | None, seq: int) -> tuple[object, ...]:
        return (
            *("Lan", key, b"x" * 32 if key else None, row["row"] if key else None, now),
            *(seq, row["hash"], now, row["row"]),
            *([seq], ["started"], [now], [now], [None], [None], [row["change"]], [row["hash"]]),
        )

    async def receive(_: int) -> None:
        number = next(numbers)
        key = f"b{number}"
        asked = (False, UNIT, today, UNIT, today, PROCEDURE, today, "Lan", key, True)
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetchrow(filing._READ, *asked)
            new = (f"bare-{number}", False, "Nguyễn Văn A")
            await connection.fetchval(acts.OPEN, *written(key, 1), *new)

    ids = {}
    async with pool.acquire() as connection:
        for found in await connection.fetch("SELECT id, code FROM cases"):
            ids[found["code"]] = found["id"]
    read = history._READ + history.scope_condition(LAN.scope)

    async def start(number: int) -> None:
        code = codes[number]
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetchrow(read, code, "Lan", None)
            await connection.fetchval(acts.GO_ON, *written(None, 3), ids[code], 2)

    rates = (await timed(receive))[0], (await timed(start))[0]
    await pool.close()
    return rates


async def timed(act: Act) -> tuple[float, float]:
    """Acts per second of 16 tasks, and the 99th percentile of an act's seconds."""
    numbers = iter(range(ACTS))
    taken: list[float] = []

    async def work() -> None:
        for number in numbers:
            began = time.perf_counter()
            await act(number)
            taken.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(TASKS)))
    whole = time.perf_counter() - began
    return ACTS / whole, sorted(taken)[int(len(taken) * 0.99)]
