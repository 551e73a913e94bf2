"""What row-level security costs: lists, counts, one case, the search, receipts; with and without.

*With*: the application's role, which a token of the unit has entered, under the policies.
*Without*: the owner, whom no policy binds. Both run the very same functions with the same scope,
so the query's own filter stands beside the policy, as everywhere. Aim: at most 2×.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

import asyncpg
import uvloop
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.bench.bench_intake import name_persons
from tests.bench.ledgers import HEAVY, simulated_ledger
from tests.law.lives import UNIT, make_procedure
from tests.programs import token_for
from tthc import clock
from tthc.db.engine import connect_app, connect_owner
from tthc.db.readers import standing_for, units_of
from tthc.db.server import Server
from tthc.domain.access import Actor, Role, Scope
from tthc.service.cases import list_events, open_case
from tthc.service.figures import Question, show_cases, show_partition
from tthc.service.filing import Form
from tthc.service.receipts import receive_case
from tthc.service.search import search_cases
from tthc.service.tokens import digest

CASES = 1_000_000 if HEAVY else 20_000
ROUNDS = 60 if HEAVY else 30
Work = Callable[[AsyncConnection], Awaitable[object]]
# the unit that received most: an office with much to look through; and the province above all
BUSIEST = """
SELECT c.receiving_unit_id FROM cases c JOIN units u ON u.id = c.receiving_unit_id
WHERE c.simulated AND u.level = 'commune' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"""
COUNTER = "SELECT id FROM units WHERE code = $1 AND NOT simulated AND valid_to IS NULL"
PROVINCE = "SELECT coalesce(root_id, id) FROM units WHERE id = $1"
CODE = "SELECT code FROM cases WHERE receiving_unit_id = $1 ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: the unit, its token, and what it may see."""

    name: str
    secret: str
    actor: Actor


def run() -> Iterator[str]:
    """Lines of Markdown."""
    with (
        simulated_ledger(CASES) as server,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop,
    ):
        yield f"{CASES:,} cases, {ROUNDS} rounds of each, in turn."
        yield ""
        yield "| What | whose | with p50 ms | p95 | without p50 ms | p95 | ratio |"
        yield "|---|---|---|---|---|---|---|"
        yield from loop.run(_measure(server))


async def _measure(server: Server) -> list[str]:
    await name_persons(server)
    owner = await asyncpg.connect(server.owner_url)
    await owner.execute("ANALYZE")  # as autovacuum has it where people work
    busiest = await owner.fetchval(BUSIEST)
    province = await owner.fetchval(PROVINCE, busiest)
    code = await owner.fetchval(CODE, busiest)
    counter = await owner.fetchval(COUNTER, UNIT)
    readers = [
        await _reader(server, owner, "a commune", busiest, simulated=True),
        await _reader(server, owner, "its province", province, simulated=True),
    ]
    shop = await _reader(server, owner, "a commune", counter, simulated=False)
    await owner.close()
    lines = []
    for reader in readers:
        for what, work in _reading(reader.actor, code).items():
            lines.append(await _compare(server, reader, what, work))
    preparing = connect_owner(server)
    async with preparing.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    await preparing.dispose()

    async def receive(connection: AsyncConnection) -> object:
        return await receive_case(connection, shop.actor, Form(procedure, UNIT, "counter"))

    lines.append(await _compare(server, shop, "a receipt", receive))
    return lines


def _reading(actor: Actor, code: str) -> dict[str, Work]:
    question = Question(scope=actor.scope)
    return {
        "the overdue list": lambda ledger: show_cases(ledger, "open_overdue", question),
        "all that is known, a page": lambda ledger: show_cases(ledger, "known", question),
        "the partition": lambda ledger: show_partition(ledger, question),
        "one case": lambda ledger: open_case(ledger, actor, code),
        "its events": lambda ledger: list_events(ledger, actor, code),
        "the search for a code": lambda ledger: search_cases(ledger, actor, code),
        "the search for a person": lambda ledger: search_cases(ledger, actor, "nguyen van"),
    }


async def _reader(
    server: Server, owner: asyncpg.Connection, name: str, unit: int, *, simulated: bool
) -> Reader:
    secret = await token_for(server, f"{name} {unit}", simulated=simulated)
    await owner.execute("UPDATE tokens SET unit_id = $1 WHERE hash = $2", *(unit, digest(secret)))
    engine = connect_owner(server)
    async with engine.begin() as connection:  # kept for the day, as a site's first request keeps it
        today = clock.local_date(clock.now())
        own, seen = await units_of(connection, Role.PROGRAM, unit, today, simulated=simulated)
    await engine.dispose()
    return Reader(name, secret, Actor("bench", Scope(simulated, seen), Role.PROGRAM, unit, own))


async def _compare(server: Server, reader: Reader, what: str, work: Work) -> str:
    """Both ways in turn, so that whatever else the machine does falls on both alike."""
    engines = {"with": connect_app(server), "without": connect_owner(server)}
    taken: dict[str, list[float]] = {way: [] for way in engines}
    for one_round in range(ROUNDS + 3):
        for way, engine in engines.items():
            async with _standing(engine, reader if way == "with" else None) as connection:
                began = time.perf_counter()
                await work(connection)
                if one_round >= 3:  # statements are prepared by then
                    taken[way].append((time.perf_counter() - began) * 1000)
    for engine in engines.values():
        await engine.dispose()
    told = [(median(each), sorted(each)[len(each) * 95 // 100]) for each in taken.values()]
    (with_p50, with_p95), (p50, p95) = told
    return (
        f"| {what} | {reader.name} | {with_p50:.1f} | {with_p95:.1f} | {p50:.1f} | {p95:.1f} | "
        f"{with_p50 / p50:.2f} |"
    )


@asynccontextmanager
async def _standing(engine: AsyncEngine, reader: Reader | None) -> AsyncIterator[AsyncConnection]:
    """A transaction, undone afterwards; in the name of a reader, or of the owner."""
    secret = digest(reader.secret) if reader else None
    async with engine.connect() as connection, standing_for(connection, secret, clock.now()):
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()
