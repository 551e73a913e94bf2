"""The counter's two waits through its pages: the save of a receipt, and the search for a person.

A simulated province whose every case has a named person with a telephone; the site as a process of
its own; a clerk of its busiest commune, one request after another, as one clerk sends them.
"""

import asyncio
import os
import random
import re
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator

import asyncpg
import httpx

from tests.bench.ledgers import HEAVY, simulated_ledger
from tests.forms import filled
from tests.people import enter, open_account
from tests.serving import free_port, named, start_site
from tthc.db.server import Server

CASES = int(os.environ.get("BENCH_CASES") or (1_000_000 if HEAVY else 20_000))
TIMES = 200
FAMILIES = (
    ["Nguyễn"] * 38 + ["Trần"] * 12 + ["Lê"] * 10 + ["Phạm", "Hoàng", "Phan", "Vũ", "Đặng"] * 6
)
MIDDLES = ["Thị"] * 6 + ["Văn"] * 5 + ["Đức", "Minh", "Thanh", "Ngọc", "Quang", "Hữu"]
GIVEN = [
    *("An", "Anh", "Bình", "Dũng", "Đạt", "Giang", "Hà", "Hải", "Hương", "Khánh", "Lan", "Linh"),
    *("Mai", "Nam", "Nga", "Phúc", "Quý", "Sơn", "Thảo", "Trang", "Tuấn", "Vân", "Yến"),
]
_BUSIEST = """
SELECT u.code FROM cases c JOIN units u ON u.id = c.receiving_unit_id WHERE u.level = 'commune'
GROUP BY u.code ORDER BY count(*) DESC LIMIT 1"""
_SCANS = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'applicants'"
_NAME = """
INSERT INTO applicants (case_id, name, phone)
SELECT id, concat_ws(' ', ($1::text[])[1 + id * 7919 % cardinality($1::text[])],
  ($2::text[])[1 + id * 104729 % cardinality($2::text[])],
  ($3::text[])[1 + id * 1299709 % cardinality($3::text[])]),
  '09' || lpad((id * 7919 % 100000000)::text, 8, '0')
FROM cases ON CONFLICT DO NOTHING"""


def run() -> Iterator[str]:
    """Lines of Markdown."""
    with simulated_ledger(CASES) as server:
        unit, seconds = asyncio.run(name_persons(server))
        yield f"{CASES:,} cases, each with a person (named in {seconds:.0f} s); load {_load()}."
        yield ""
        yield "| What a clerk waits for | times | p50 ms | p95 ms | load |"
        yield "|---|---|---|---|---|"
        for role, who in (("clerk", unit), ("auditor", None)):
            login = asyncio.run(open_account(server, role=role, unit=who, simulated=True))
            scanned = asyncio.run(_scans(server))
            port = free_port()
            site = start_site(port, named(server), subprocess.DEVNULL)
            try:
                told = asyncio.run(_measure(f"http://127.0.0.1:{port}", login, role))
            finally:
                site.terminate()
                site.wait()
            for what, taken in told.items():
                ordered = sorted(taken)
                p50, p95 = (ordered[len(ordered) * part // 100] * 1000 for part in (50, 95))
                yield f"| {what} | {len(taken)} | {p50:.1f} | {p95:.1f} | {_load()} |"
            more = asyncio.run(_scans(server)) - scanned
            yield f"| times that all persons were read, {role} | {more} | | | |"


def _load() -> str:
    return f"{os.getloadavg()[0]:.0f}"


async def name_persons(server: Server) -> tuple[str, float]:
    """Give every case a person; the busiest unit, and how long that took."""
    owner = await asyncpg.connect(server.owner_url)
    began = time.perf_counter()
    await owner.execute(_NAME, FAMILIES, MIDDLES, GIVEN, timeout=3600)
    seconds = time.perf_counter() - began
    await owner.execute("VACUUM ANALYZE applicants", timeout=3600)
    unit = str(await owner.fetchval(_BUSIEST))
    await owner.close()
    return unit, seconds


async def _scans(server: Server) -> int:
    """How often the persons were read from end to end, once the site has gone and has told."""
    owner = await asyncpg.connect(server.owner_url)
    try:
        return int(await owner.fetchval(_SCANS))
    finally:
        await owner.close()


async def _measure(url: str, login: str, role: str) -> dict[str, list[float]]:
    limits = httpx.Timeout(60)
    async with httpx.AsyncClient(base_url=url, timeout=limits) as client:
        await _answering(client)
        await enter(client, login)
        key = filled((await client.get("/tim")).text, "/tim")["form_key"]
        who = {"clerk": "a commune's clerk", "auditor": "an auditor of the province"}[role]
        told: dict[str, list[float]] = {}

        async def search(asked: str) -> None:
            answer = await client.post("/tim", data={"form_key": key, "q": asked})
            assert answer.status_code == 200, answer.text

        if role == "clerk":
            told["the save of a receipt"] = await _take(await _saving(client))
        told[f"a whole name, {who}"] = await _take(lambda _: search(_person()))
        told[f"a family name, {who}"] = await _take(lambda _: search(random.choice(FAMILIES)))
        told[f"four digits of a telephone, {who}"] = await _take(
            lambda _: search(f"{random.randrange(10_000):04}")
        )
        return told


async def _saving(client: httpx.AsyncClient) -> Callable[[int], Awaitable[None]]:
    """Saves the form of the procedure that the shop received last."""
    found = re.search(r"thu_tuc=([^\"&]+)", (await client.get("/tiep-nhan")).text)
    assert found
    page = await client.get("/tiep-nhan", params={"thu_tuc": found[1]})
    data = filled(page.text, "/tiep-nhan") | {"do": "save"}
    kinds = re.findall(r'<option value="([^"]+)"', page.text.partition('id="truong_hop"')[2])
    if "truong_hop" in data:
        data["truong_hop"] = kinds[0]

    async def save(number: int) -> None:
        typed = {"once": f"bench-{number}", "name": _person(), "phone": f"09{number:08}"}
        answer = await client.post("/tiep-nhan", data=data | typed)
        assert answer.status_code == 303, answer.text

    return save


def _person() -> str:
    return " ".join(random.choice(each) for each in (FAMILIES, MIDDLES, GIVEN))


async def _take(do: Callable[[int], Awaitable[None]]) -> list[float]:
    """The seconds of each time, once the site's plans are made."""
    taken = []
    for number in range(10 + TIMES):
        began = time.perf_counter()
        await do(number)
        taken.append(time.perf_counter() - began)
    return taken[10:]


async def _answering(client: httpx.AsyncClient) -> None:
    for _ in range(200):
        try:
            await client.get("/health/live")
        except httpx.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    raise TimeoutError
