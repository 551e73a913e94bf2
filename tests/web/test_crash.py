"""kill -9 under load, of the site and of PostgreSQL: nothing acknowledged is lost, no half act.

Two real sites over one embedded server of this module's own, which keeps its word (fsync). With
TTHC_HEAVY=1 there are more rounds.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.law.lives import make_procedure
from tests.programs import bearing, new_case, token_for
from tests.serving import free_port, named, start_site
from tests.writers import Writer
from tthc.db.embedded.cluster import NAME
from tthc.db.embedded.process import processes_in
from tthc.db.engine import connect_owner
from tthc.db.server import Server, running_server
from tthc.db.upgrade import upgrade
from tthc.settings import Settings, read_settings

ROUNDS = 10 if os.environ.get("TTHC_HEAVY") else 1
WRITERS = 8
MORE = 6 * WRITERS  # requests acknowledged before and after each blow


@dataclass
class Office:
    """Two sites over one server, and what a program needs to write to them."""

    settings: Settings
    server: Server
    secret: str
    procedure: str
    held: contextlib.ExitStack  # keeps the embedded server
    processes: dict[int, subprocess.Popen[str]]

    @property
    def log(self) -> Path:
        return self.settings.data_dir / "site.log"

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.processes]

    def start(self, port: int) -> None:
        with self.log.open("ab") as log:
            self.processes[port] = start_site(port, named(self.server), log.fileno())

    def kill_site(self, port: int) -> None:
        self.processes[port].kill()
        self.processes[port].wait()

    def kill_database(self) -> None:
        """All of PostgreSQL's processes at once, and wait until none is left."""
        folder = self.settings.data_dir / NAME
        for pid in processes_in(folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while processes_in(folder):
            time.sleep(0.01)

    def restart_database(self) -> None:
        self.held.enter_context(running_server(self.settings))


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with (
        tempfile.TemporaryDirectory(prefix="tthc-crash-") as folder,
        contextlib.ExitStack() as held,
    ):
        Path(folder).chmod(0o755)
        settings = read_settings({"TTHC_DATA_DIR": folder})
        server = held.enter_context(running_server(settings))

        async def prepare() -> tuple[str, str]:
            await upgrade(server)
            owner = connect_owner(server)
            async with owner.begin() as connection:
                procedure = await make_procedure(connection, [5, "working_day"])
            await owner.dispose()
            return await token_for(server, "crash"), procedure

        office = Office(settings, server, *asyncio.run(prepare()), held, {})
        for port in (free_port(), free_port()):
            office.start(port)
        for url in office.urls:
            wait_for(url)
        yield office
        for process in office.processes.values():
            process.terminate()
        for process in office.processes.values():
            process.wait()


def wait_for(url: str) -> None:
    for _ in range(600):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/health/ready", timeout=10).status_code == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(url)


async def test_fifty_writers_at_two_sites_one_wins_each_version(office: Office) -> None:
    limits = httpx.Limits(max_connections=50)
    headers = bearing(office.secret)
    async with httpx.AsyncClient(headers=headers, timeout=60, limits=limits) as client:
        first, second = office.urls
        made = await client.post(f"{first}/api/v1/cases", json=new_case(office.procedure))
        code = made.json()["case_code"]
        for version in range(1, 3):
            answers = await asyncio.gather(
                *(
                    client.post(
                        f"{(first, second)[number % 2]}/api/v1/cases/{code}/events",
                        json={"type": "transfer", "officer": f"cán bộ {version}.{number}"},
                        headers={"If-Match": f'"{version}"'},
                    )
                    for number in range(50)
                )
            )
            assert sorted(each.status_code for each in answers) == [200, *[409] * 49]
        told = (await client.get(f"{second}/api/v1/cases/{code}/events")).json()["events"]
        assert [each["seq"] for each in told] == [1, 2, 3]


async def test_two_receipts_of_one_code_at_two_sites_make_one_case(office: Office) -> None:
    async with httpx.AsyncClient(headers=bearing(office.secret), timeout=60) as client:
        named_case = new_case(office.procedure, case_code="H01-260302-0007")
        answers = await asyncio.gather(
            *(client.post(f"{url}/api/v1/cases", json=named_case) for url in office.urls * 6)
        )
        assert sorted(each.status_code for each in answers) == [201, *[409] * 11]
        key = {"Idempotency-Key": "hai nơi một khóa".encode().hex()}
        case = new_case(office.procedure)
        answers = await asyncio.gather(
            *(client.post(f"{url}/api/v1/cases", json=case, headers=key) for url in office.urls * 6)
        )
        assert {each.status_code for each in answers} == {201}
        assert len({each.text for each in answers}) == 1


async def test_what_was_acknowledged_outlives_every_blow(office: Office) -> None:
    before = await totals(office.server)
    assert before["fsync"] == before["synchronous_commit"] == before["full_page_writes"] == "on"
    writers = [
        Writer(office.urls[number % 2 :] + office.urls[: number % 2], *program(office))
        for number in range(WRITERS)
    ]
    writing = [asyncio.create_task(each.write()) for each in writers]
    for _ in range(ROUNDS):
        await more(writers)
        port = next(iter(office.processes))
        await asyncio.to_thread(office.kill_site, port)
        await more(writers)  # the writers go on at the other site
        office.start(port)
        await asyncio.to_thread(office.kill_database)
        await asyncio.to_thread(office.restart_database)
        await more(writers)
    for each in writers:
        each.stopping = True
    await asyncio.gather(*writing)
    after = await totals(office.server)
    kept = [each.kept for each in writers]
    assert sum(each.broken for each in kept) >= 1  # the site died with requests in its hands
    assert {status for each in kept for status in each.refusals} == {503}, failures(office)
    cases = sum(len(each.cases) for each in kept)
    acts = sum(len(each.acts) for each in kept)
    assert cases >= WRITERS * 2
    # every request was asked until it was acknowledged, and was done once, whole
    assert after["cases"] - before["cases"] == after["named"] - before["named"] == cases
    assert after["events"] - before["events"] == cases + acts
    assert after["keys"] - before["keys"] == cases + acts
    assert after["half"] == 0
    for one in kept:
        await assert_there(office.server, one.cases, one.acts)
    told = await asyncio.to_thread(verify, office.server)
    assert (told["ok"], told["events"]) == (True, after["events"])


async def more(writers: list[Writer]) -> None:
    """Let them write until so many more requests are acknowledged, however busy the machine is."""

    def done() -> int:
        return sum(len(each.kept.cases) + len(each.kept.acts) for each in writers)

    enough = done() + MORE
    async with asyncio.timeout(120):
        while done() < enough:  # noqa: ASYNC110  # nobody announces what the writers note
            await asyncio.sleep(0.01)


def program(office: Office) -> tuple[str, str]:
    return office.secret, office.procedure


def failures(office: Office) -> list[str]:
    lines = office.log.read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines if '"failure"' in line]
    return [one["exception"][-1]["exc_value"] + one["exception"][0]["exc_type"] for one in found]


def verify(server: Server) -> dict[str, Any]:
    done = subprocess.run(
        [Path(sys.executable).with_name("tthc"), "verify", "--json"],
        env={**os.environ, **named(server)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


async def totals(server: Server) -> asyncpg.Record:
    """What is there, and rows whose last event is not theirs."""
    connection = await asyncpg.connect(server.owner_url)
    try:
        found = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM cases) AS cases, "
            "(SELECT count(*) FROM case_events) AS events, "
            "(SELECT count(*) FROM applicants) AS named, "
            "(SELECT count(*) FROM idempotency_keys) AS keys, "
            "(SELECT count(*) FROM cases c WHERE version IS DISTINCT FROM (SELECT max(seq) "
            "FROM case_events e WHERE e.case_id = c.id)) AS half, "
            "current_setting('fsync') AS fsync, "
            "current_setting('synchronous_commit') AS synchronous_commit, "
            "current_setting('full_page_writes') AS full_page_writes"
        )
    finally:
        await connection.close()
    assert found
    return found


async def assert_there(
    server: Server, cases: dict[str, int], acts: dict[tuple[str, int], str]
) -> None:
    """Every case at the version that was told, every act with what it said."""
    connection = await asyncpg.connect(server.owner_url)
    try:
        rows = await connection.fetch(
            "SELECT code, version FROM cases WHERE code = ANY ($1)", list(cases)
        )
        assert {row["code"]: row["version"] for row in rows} == cases
        rows = await connection.fetch(
            "SELECT code, seq, change ->> 'officer' AS officer FROM case_events "
            "JOIN cases ON cases.id = case_id WHERE code = ANY ($1) AND seq > 1",
            list(cases),
        )
        assert {(row["code"], row["seq"]): row["officer"] for row in rows} == acts
    finally:
        await connection.close()
