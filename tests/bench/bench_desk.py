"""An official's pages over a simulated country: the whole answer against its bare statements.

With row-level security on; the bare statements are those that the page sent, sent again without
it. `TTHC_HEAVY` measures a million cases, `TTHC_HUGE` ten millions, each of them ten times.
"""

import asyncio
import html
import os
import resource
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import date

import asyncpg
import httpx
from litestar import Litestar

from jobs.night import run_night
from tests.bench.ledgers import HEAVY, UNTIL, simulated_ledger
from tests.people import signed_in
from tests.round_trips import round_trips
from tests.site import living_app
from tests.web.test_overdue import NEXT
from tthc import clock
from tthc.db.engine import connect_night
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.service.overview import show_overview

HUGE = bool(os.environ.get("TTHC_HUGE"))
CASES = 1_000_000 if HUGE or HEAVY else 20_000
COPIES = 10 if HUGE else 1
TIMES, SECONDS = 40, 6.0  # as often as that, or so long where it takes longer
FEWEST = 5
DEEP = 20  # pages before the deep one
ENDS = ("BEGIN", "COMMIT", "ROLLBACK")
EXPORT = "/so-lieu/ho-so/tep?where=to_resolve&period=month:2026-10&kind=csv"
BUSIEST = """
SELECT u.code FROM cases c JOIN units u ON u.id = c.competent_unit_id
WHERE c.simulated AND u.level = 'commune' AND u.valid_to IS NULL
GROUP BY 1 ORDER BY count(*) DESC LIMIT 1
"""
PROVINCE_OF = """
SELECT p.code FROM units u JOIN units p ON p.id = u.root_id WHERE u.simulated AND u.code = $1
"""


def run() -> Iterable[str]:
    since = date(2026, 11, 19)
    with simulated_ledger(CASES, events_since=since, country=True, times=COPIES) as server:
        if not asyncio.run(_has_night(server)):
            run_night(server.night_url, simulated=True, as_of=clock.end_of(UNTIL))
        load = os.getloadavg()[0]
        yield f"{CASES * COPIES:,} cases, load {load:.1f}, up to {TIMES} times each; milliseconds."
        yield ""
        yield "| reader | what | the first | p50 | p95 | bare p50 | bare p95 | p50 / bare |"
        yield "|---|---|---|---|---|---|---|---|"
        lines: list[str] = []

        async def measure() -> None:
            lines.extend([line async for line in _measure(server)])

        asyncio.run(measure())
        yield from lines


async def _has_night(server: Server) -> bool:
    """Whether the ledger was kept with a night that counted all that is asked of it now."""
    engine = connect_night(server)
    try:
        async with engine.connect() as connection:
            overview = await show_overview(connection, Scope(simulated=True))
            return overview.night is not None and not overview.outdated
    finally:
        await engine.dispose()


async def _measure(server: Server) -> AsyncIterator[str]:
    night = await asyncpg.connect(server.night_url)
    unit = await night.fetchval(BUSIEST)
    province = await night.fetchval(PROVINCE_OF, unit)
    async with living_app(server) as app:
        for reader, given in (
            ("a commune", {"role": "leader", "unit": unit}),
            ("its province", {"role": "leader", "unit": province}),
            ("the country", {"role": "auditor"}),
        ):
            async with signed_in(app, simulated=True, **given) as client:
                for what, address in await _addresses(client):
                    yield await _line(app, client, night, reader, what, address)
        async with signed_in(app, simulated=True) as client:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            started = time.perf_counter()
            answer = await client.get(EXPORT)
            rows = answer.content.count(b"\n") - 1
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            held = len(answer.content) / 2**20
            yield ""
            yield (
                f"Export of {rows:,} rows as CSV: {time.perf_counter() - started:.1f} s; memory "
                f"grew by {grown / 1024:.0f} MiB, of which the answer itself, which the client "
                f"holds here, is {held:.0f} MiB or twice that."
            )
    await night.close()


async def _addresses(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    deep = "/so-lieu/ho-so?where=open"
    for _ in range(DEEP):
        following = NEXT.search((await client.get(deep)).text)
        if not following:
            break
        deep = html.unescape(following[1])
    return [
        ("overdue list, first page", "/qua-han"),
        ("open cases, a deep page", deep),
        ("overdue cases counted", "/api/v1/cases?where=overdue&limit=1"),
        ("all cases, first page", "/so-lieu/ho-so?where=known"),
        ("overview", "/so-lieu?period=month:2026-11"),
    ]


async def _line(
    app: Litestar,
    client: httpx.AsyncClient,
    night: asyncpg.Connection,
    reader: str,
    what: str,
    address: str,
) -> str:
    async def ask() -> None:
        (await client.get(address)).raise_for_status()

    started = time.perf_counter()
    await ask()
    first = 1000 * (time.perf_counter() - started)  # what was counted before is kept from now on
    with round_trips(app.state.engine) as sent:
        await ask()
    asked = [one for one in sent if not one[0].startswith(ENDS) and "SET " not in one[0]]

    async def bare() -> None:
        for sql, values in asked:
            await night.fetch(sql, *values)

    whole, alone = await _time(ask), await _time(bare)
    return (
        f"| {reader} | {what} | {first:.0f} | {whole[0]:.1f} | {whole[1]:.1f} | {alone[0]:.1f} "
        f"| {alone[1]:.1f} | {whole[0] / alone[0]:.1f} |"
    )


async def _time(do: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """The median and the 95th percentile, in milliseconds."""
    taken: list[float] = []
    while len(taken) < TIMES and (len(taken) < FEWEST or sum(taken) < 1000 * SECONDS):
        started = time.perf_counter()
        await do()
        taken.append(1000 * (time.perf_counter() - started))
    taken.sort()
    return statistics.median(taken), taken[int(0.95 * len(taken))]
