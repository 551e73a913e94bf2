"""Receipts and acts per second: through HTTP, through the bare service, as bare asyncpg's SQL.

All of it on one event loop and one database, 16 clients at once. In the HTTP run the server
is a process of its own, so client, server and PostgreSQL share the cores.
"""

import asyncio
import json
import multiprocessing
import os
import resource
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.databases import Databases
from tests.law.lives import UNIT, make_procedure
from tests.programs import token_for
from tthc.db.engine import connect_app, connect_owner
from tthc.db.server import Server, running_server
from tthc.domain.access import Actor, Scope
from tthc.service import progress, receipts
from tthc.service.acts import Asked
from tthc.service.receipts import Form
from tthc.settings import read_settings
from tthc.web.app import create_app
from tthc.web.serving import listen, site_server

CLIENTS = 16
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
Do = Callable[[int], Awaitable[Any]]


def run() -> Iterator[str]:
    """Lines of Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        settings = read_settings({"TTHC_DATA_DIR": f"{folder}/data"})
        with running_server(settings) as server:
            databases = Databases(server, Path(folder))
            asyncio.run(databases.build_template())
            own = asyncio.run(databases.copy())
            yield from _measure(own)


def _measure(server: Server) -> Iterator[str]:
    procedure = asyncio.run(_prepare(server))
    secret = asyncio.run(token_for(server, "bench"))
    yield "| What | through | per second | p50 ms | p99 ms | of asyncpg |"
    yield "|---|---|---|---|---|---|"
    for what in os.environ.get("BENCH_WHAT", "receipt act").split():
        bare = asyncio.run(_asyncpg(server, procedure, what))
        yield _line(what, "bare asyncpg, the same SQL", bare, bare)
        yield _line(what, "the service", asyncio.run(_service(server, procedure, what)), bare)
        yield _line(what, "HTTP, uvicorn", _http(server, procedure, secret, what), bare)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield ""
    yield f"Memory of this process at its most: {peak} MB."


def _line(what: str, how: str, took: list[float], bare: list[float]) -> str:
    took = sorted(took)
    rate, base = len(took) / SECONDS, len(bare) / SECONDS
    p50, p99 = took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000
    return f"| {what} | {how} | {rate:.0f} | {p50:.1f} | {p99:.1f} | {rate / base:.2f} |"


async def _prepare(server: Server) -> str:
    owner = connect_owner(server)
    async with owner.begin() as connection:
        procedure = await make_procedure(connection, [5, "working_day"])
    await owner.dispose()
    return procedure


async def _many(do: Do) -> list[float]:
    """How long each took, by as many clients as there are, for the time given."""
    took: list[float] = []
    ends = time.perf_counter() + SECONDS

    async def client(number: int) -> None:
        while (began := time.perf_counter()) < ends:
            await do(number)
            took.append(time.perf_counter() - began)

    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return took


async def _service(server: Server, procedure: str, what: str) -> list[float]:
    engine = connect_app(server, pool_size=CLIENTS)
    actor = Actor("bench", Scope(simulated=False))
    form = Form(procedure, UNIT, "counter", applicant="Nguyễn Văn A")

    async def receive(_: int) -> str:
        async with engine.begin() as connection:
            key = os.urandom(16).hex()
            made = await receipts.receive_case(connection, actor, form, Asked(key=key))
            return str(made["case_code"])

    codes = [await receive(0) for _ in range(CLIENTS)] if what == "act" else []

    async def act(number: int) -> None:
        async with engine.begin() as connection:
            to = progress.To(officer=os.urandom(4).hex())
            await progress.transfer_case(connection, actor, codes[number], to, Asked())

    try:
        return await _many(act if what == "act" else receive)
    finally:
        await engine.dispose()


async def _asyncpg(server: Server, procedure: str, what: str) -> list[float]:
    """The very statements that the service sends, recorded once, sent again with new codes."""
    sent = await _recorded(server, procedure, what)
    pool = await asyncpg.create_pool(server.app_url, min_size=CLIENTS, max_size=CLIENTS)
    like = await pool.fetchval("SELECT max(id) FROM cases WHERE NOT imported")
    read, write = sent

    async def receive(_: int) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetch(read[0], *read[1][:8], os.urandom(16).hex(), *read[1][9:])
            values = list(write[1])
            values[1] = os.urandom(16).hex()
            values[17] = f"B-{os.urandom(12).hex()}"
            await connection.fetch(write[0], *values)

    cases: list[list[Any]] = []
    if what == "act":
        codes = [f"A-{os.urandom(8).hex()}" for _ in range(CLIENTS)]
        cases = [[*(await _opened(pool, like, code)), code] for code in codes]

    async def act(number: int) -> None:
        case = cases[number]
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetch(read[0], case[2], *read[1][1:])
            values = list(write[1])
            values[5], values[9] = case[1] + 1, [case[1] + 1]
            values[17], values[18] = case[0], case[1]
            assert await connection.fetch(write[0], *values)
            case[1] += 1

    try:
        return await _many(act if what == "act" else receive)
    finally:
        await pool.close()


async def _opened(pool: Any, like: int, code: str) -> tuple[int, int]:
    """A copy of a case under another code, to be acted on."""
    names = [
        row["column_name"]
        for row in await pool.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases' "
            "AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'code')"
        )
    ]
    listed = ", ".join(names)
    made = await pool.fetchrow(
        f"INSERT INTO cases (code, {listed}) SELECT $2, {listed} FROM cases WHERE id = $1 "
        "RETURNING id, version",
        like,
        code,
    )
    return made["id"], made["version"]


async def _recorded(
    server: Server, procedure: str, what: str
) -> tuple[tuple[str, tuple[Any, ...]], tuple[str, tuple[Any, ...]]]:
    """The reading and the writing statement of one receipt or act, with their values."""
    engine = connect_app(server)
    actor = Actor("bench", Scope(simulated=False))
    form = Form(procedure, UNIT, "counter", applicant="Nguyễn Văn A")
    seen: list[tuple[str, tuple[Any, ...]]] = []
    async with engine.begin() as connection:
        made = await receipts.receive_case(connection, actor, form)
    real = AsyncConnection.exec_driver_sql

    async def note(self: AsyncConnection, sql: str, values: Any = None) -> Any:
        seen.append((sql, values))
        return await real(self, sql, values)

    async with engine.begin() as connection:
        AsyncConnection.exec_driver_sql = note  # type: ignore[method-assign, assignment]  # a spy
        try:
            if what == "act":
                to = progress.To(officer="Tám")
                await progress.transfer_case(connection, actor, made["case_code"], to, Asked())
            else:
                await receipts.receive_case(connection, actor, form, Asked(key="spy"))
        finally:
            AsyncConnection.exec_driver_sql = real  # type: ignore[method-assign]  # as it was
    await engine.dispose()
    return seen[0], seen[-1]


def _http(server: Server, procedure: str, secret: str, what: str) -> list[float]:
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    serving = multiprocessing.get_context("fork").Process(target=_serve, args=(server, listening))
    serving.start()
    try:
        return asyncio.run(_ask(port, procedure, secret, what))
    finally:
        serving.terminate()
        serving.join()
        listening.close()


def _serve(server: Server, listening: socket.socket) -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    app = create_app(read_settings({}), server)
    site_server(app).run(sockets=[listening])


async def _ask(port: int, procedure: str, secret: str, what: str) -> list[float]:
    """16 connections that are kept, each with its own requests, read as plain bytes."""
    lines = [await _connected(port) for _ in range(CLIENTS)]
    case = {"procedure_code": procedure, "receiving_unit": UNIT, "channel": "counter"}
    receipt = json.dumps(case | {"applicant": {"name": "Nguyễn Văn A"}}).encode()

    async def post(number: int, path: str, body: bytes, more: str) -> dict[str, Any]:
        reader, writer = lines[number]
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        )
        writer.write(head.encode() + body)
        top = await reader.readuntil(b"\r\n\r\n")
        length = int(top.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        content = await reader.readexactly(length)
        assert top.split()[1] in (b"200", b"201"), content
        found: dict[str, Any] = json.loads(content)
        return found

    async def receive(number: int) -> dict[str, Any]:
        key = f"Idempotency-Key: {os.urandom(16).hex()}\r\n"
        return await post(number, "/api/v1/cases", receipt, key)

    cases = [await receive(number) for number in range(CLIENTS)]

    async def act(number: int) -> None:
        asked = {"type": "transfer", "officer": os.urandom(4).hex()}
        path = f"/api/v1/cases/{cases[number]['case_code']}/events"
        version = f"If-Match: {cases[number]['version']}\r\n"
        cases[number] = await post(number, path, json.dumps(asked).encode(), version)

    found = await _many(act if what == "act" else receive)
    for _, writer in lines:
        writer.close()
    return found


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(200):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
    raise TimeoutError
