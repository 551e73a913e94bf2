"""Receipts and acts per second over HTTP, by the service alone, and as bare asyncpg's SQL.

One database that keeps its word (fsync), 16 clients at once, three ways in turn, in rounds, so
that whatever else the machine does falls on all alike:

- *bare asyncpg*: this process, one uvloop, 16 connections; the very statements that one request
  sends (token, BEGIN, reading, writing, COMMIT), recorded once, with codes and keys of their own.
- *the service*: the same process and kind of loop; the functions behind the API.
- *HTTP*: `tthc serve` as a process of its own with one uvloop; 16 kept connections from this
  process, whose own share of the processor is told. Receipts also at a pace: so many a second,
  each timed from when it was due, whoever was late before it.
"""

import asyncio
import os
import subprocess
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import structlog
import uvloop

from tests.bench.bare import Bare, record
from tests.bench.clients import CASES, CLIENTS, Client, Do
from tests.bench.ledgers import simulated_ledger
from tests.law.lives import UNIT, make_procedure
from tests.programs import token_for
from tests.serving import free_port, named, start_site
from tthc.db.engine import connect_night, connect_owner
from tthc.db.server import Server
from tthc.domain.access import Actor, Scope
from tthc.service import receipts, transfers
from tthc.service.acts import Asked
from tthc.service.filing import Form

SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
WARMING = 1.0  # every connection has prepared its statements, and PostgreSQL its plans
ROUNDS = 5
PACES = (20, 100)  # receipts a second: a country's peak hour, and five of them
ACTOR = Actor("bench", Scope(simulated=False))


@dataclass(slots=True)
class Taken:
    """The seconds that each call took, the calls per second of each round."""

    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    cpu: float = 0.0  # seconds of the process whose loop does the work


def run() -> Iterator[str]:
    """Lines of Markdown."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with simulated_ledger(0) as server, asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        procedure = loop.run(_prepare(server))
        secret = loop.run(token_for(server, "bench"))
        port = free_port()
        site = start_site(port, named(server), subprocess.DEVNULL)
        try:
            loop.run(_answering(port))
            yield f"Load at the start: {os.getloadavg()[0]:.1f}."
            yield ""
            yield "| What | through | per second | p50 ms | p95 ms | p99 ms | of asyncpg | CPU ms |"
            yield "|---|---|---|---|---|---|---|---|"
            began, used = time.perf_counter(), 0.0
            for what in os.environ.get("BENCH_WHAT", "receipt act").split():
                opened = loop.run(_opened(server, procedure, secret, port, what))
                taken = {way: Taken() for way in opened}
                for one_round in range(ROUNDS):
                    for way, do in opened.items():
                        if one_round == 0:
                            loop.run(_many(do, WARMING, Taken()))
                        whose = site.pid if way == "HTTP" else os.getpid()
                        own, cpu = time.process_time(), _cpu(whose)
                        loop.run(_many(do, SECONDS, taken[way]))
                        taken[way].cpu += _cpu(whose) - cpu
                        used = time.process_time() - own  # HTTP's is the last
                yield from _lines(what, taken)
                if what == "receipt":
                    for pace in PACES:
                        paced, cpu = Taken(), _cpu(site.pid)
                        loop.run(_paced(opened["HTTP"], pace, paced))
                        paced.cpu = _cpu(site.pid) - cpu
                        yield _line(f"receipt, {pace} a second", "HTTP", paced, "")
            yield ""
            yield (
                f"The clients used {used / SECONDS:.0%} of a core; the site's process held "
                f"{_peak(site.pid)} MB at its most; {time.perf_counter() - began:.0f} s in all."
            )
        finally:
            site.terminate()
            site.wait()


def _lines(what: str, taken: dict[str, Taken]) -> Iterator[str]:
    bare = taken["bare asyncpg"].rates
    for way, told in taken.items():
        ratio = median(rate / base for rate, base in zip(told.rates, bare, strict=True))
        yield _line(what, way, told, f"{ratio:.2f}")


def _line(what: str, way: str, told: Taken, ratio: str) -> str:
    ordered = sorted(told.seconds)
    times = " | ".join(f"{ordered[len(ordered) * part // 100] * 1000:.1f}" for part in (50, 95, 99))
    rate, cpu = median(told.rates), told.cpu / len(ordered) * 1000
    return f"| {what} | {way} | {rate:.0f} | {times} | {ratio} | {cpu:.2f} |"


async def _prepare(server: Server) -> str:
    owner = connect_owner(server)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    return procedure


async def _many(do: Do, seconds: float, taken: Taken) -> None:
    """As many calls as 16 clients get answered in the time given."""
    started = time.perf_counter()
    ends, done = started + seconds, len(taken.seconds)

    async def client(number: int) -> None:
        while (began := time.perf_counter()) < ends:
            await do(number)
            taken.seconds.append(time.perf_counter() - began)

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    taken.rates.append((len(taken.seconds) - done) / (time.perf_counter() - started))


async def _paced(do: Do, pace: int, taken: Taken) -> None:
    """So many calls a second, by whichever of the 16 clients is free."""
    free: asyncio.Queue[int] = asyncio.Queue()
    for number in range(CLIENTS):
        free.put_nowait(number)
    started = time.perf_counter()

    async def call(due: float) -> None:
        await asyncio.sleep(due - time.perf_counter())
        number = await free.get()
        await do(number)
        free.put_nowait(number)
        taken.seconds.append(time.perf_counter() - due)

    calls = int(pace * SECONDS * ROUNDS)
    await asyncio.gather(*(call(started + each / pace) for each in range(calls)))
    taken.rates.append(calls / (time.perf_counter() - started))


async def _opened(
    server: Server, procedure: str, secret: str, port: int, what: str
) -> dict[str, Do]:
    """The three ways, each ready for 16 clients."""
    case, sent = await record(server, procedure, secret, what)
    bare = [Bare(server, case, sent) for _ in range(CLIENTS)]
    http = [Client(port, secret, procedure) for _ in range(CLIENTS)]
    for opening in (*(one.open() for one in bare), *(one.open() for one in http)):
        await opening
    method = "act" if what == "act" else "receive"
    return {
        "bare asyncpg": lambda number: getattr(bare[number], method)(),
        "the service": await _service(server, procedure, what),
        "HTTP": lambda number: getattr(http[number], method)(),
    }


async def _service(server: Server, procedure: str, what: str) -> Do:
    engine = connect_night(server, pool_size=CLIENTS)
    form = Form(procedure, UNIT, "counter", applicant="Nguyễn Văn A")

    async def receive(_: int) -> str:
        async with engine.begin() as connection:
            key = os.urandom(16).hex()
            made = await receipts.receive_case(connection, ACTOR, form, Asked(key=key))
            return str(made["case_code"])

    codes = deque([await receive(0) for _ in range(CASES * CLIENTS)])

    async def act(_: int) -> Any:
        codes.rotate()
        code = codes[0]
        async with engine.begin() as connection:
            to = transfers.To(officer=os.urandom(4).hex())
            await transfers.transfer_case(connection, ACTOR, code, to, Asked())

    return act if what == "act" else receive


async def _answering(port: int) -> None:
    for _ in range(400):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError


def _cpu(pid: int) -> float:
    """The seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> int:
    """The most memory that a process has held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kilobytes = status.split("VmHWM:")[1].split()[0]
    return int(kilobytes) // 1024
