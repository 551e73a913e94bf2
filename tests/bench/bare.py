"""The statements of one request, recorded on their way out, sent again by bare asyncpg."""

import os
from collections import deque
from typing import Any

import asyncpg

from tests.bench.clients import CASES
from tests.law.lives import UNIT
from tests.programs import act, bearing, new_case
from tests.round_trips import Sent, round_trips
from tests.site import client_of, living_app
from tthc.db.server import Server


async def record(server: Server, procedure: str, secret: str, what: str) -> tuple[Any, list[Sent]]:
    """What the site sends for one receipt or act, warm, and the case's id, code and version."""
    async with living_app(server) as app, client_of(app) as site:
        site.headers.update(bearing(secret))
        asked = new_case(procedure, receiving_unit=UNIT, applicant={"name": "Nguyễn Văn A"})
        case = (await site.post("/api/v1/cases", json=asked)).json()
        with round_trips(app.state.engine) as sent:
            if what == "act":
                await act(site, case, "transfer", officer="Tám")
            else:
                key = {"Idempotency-Key": os.urandom(16).hex()}
                made = await site.post("/api/v1/cases", json=asked, headers=key)
                case = made.json() | {"key": key["Idempotency-Key"]}
    return case, sent


class Bare:
    """One connection that says what a request says, with codes, keys and versions of its own."""

    def __init__(self, server: Server, case: dict[str, Any], sent: list[Sent]) -> None:
        self.server, self.recorded, self.sent = server, case, sent

    async def open(self) -> None:
        self.connection = await asyncpg.connect(self.server.app_url)
        night = await asyncpg.connect(self.server.night_url)  # sees cases without entering
        try:
            await self._copy_cases(night)
        finally:
            await night.close()

    async def _copy_cases(self, night: asyncpg.Connection) -> None:
        """Cases like the recorded one, to act on."""
        code = self.recorded["case_code"]
        like = await night.fetchrow("SELECT id, version FROM cases WHERE code = $1", code)
        assert like
        self.like, self.after = like["id"], like["version"]
        columns, of_events = await _columns(night, "cases"), await _columns(night, "case_events")
        made = await night.fetch(
            f"INSERT INTO cases (code, {columns}) SELECT 'A-' || gen_random_uuid(), {columns} "
            "FROM cases, generate_series(1, $2) WHERE code = $1 RETURNING id, code, version",
            *(code, CASES),
        )
        await night.execute(
            f"INSERT INTO case_events (case_id, {of_events}) SELECT n, {of_events} "
            "FROM case_events, unnest($2::bigint[]) AS n WHERE case_id = $1",
            *(self.like, [row["id"] for row in made]),
        )
        self.cases = deque((row["id"], row["code"], row["version"]) for row in made)

    async def receive(self) -> None:
        fresh = {
            self.recorded["key"]: os.urandom(16).hex(),
            self.recorded["case_code"]: f"B-{os.urandom(12).hex()}",
        }
        await self._send(fresh)

    async def act(self) -> None:
        """On the version that the row has: the recorded act made the one after `before`."""
        before, (number, code, version) = self.recorded["version"], self.cases.popleft()
        assert self.after == before + 1
        fresh = {
            self.recorded["case_code"]: code,
            self.like: number,
            before: version,
            self.after: version + 1,
        }
        await self._send(fresh)
        self.cases.append((number, code, version + 1))

    async def _send(self, fresh: dict[Any, Any]) -> None:
        for sql, values in self.sent:
            if values:
                rows = await self.connection.fetch(sql, *(_other(one, fresh) for one in values))
                assert rows
            else:
                await self.connection.execute(sql)


async def _columns(night: asyncpg.Connection, table: str) -> str:
    """The columns that a copy takes over."""
    rows = await night.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1 "
        "AND is_generated = 'NEVER' AND is_identity = 'NO' "
        "AND column_name NOT IN ('id', 'code', 'case_id')",
        table,
    )
    return ", ".join(row["column_name"] for row in rows)


def _other(value: Any, fresh: dict[Any, Any]) -> Any:
    """The value, or what stands for it in another request."""
    if isinstance(value, list):
        return [_other(one, fresh) for one in value]
    if isinstance(value, str | int) and not isinstance(value, bool):
        return fresh.get(value, value)
    return value
