"""Programs that write without pause and remember what was acknowledged, whatever dies meanwhile."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.programs import bearing, new_case

PATIENCE = 60.0
AGAIN = (500, 502, 503)  # not acknowledged: asked again with the same key, and counted


@dataclass(slots=True)
class Acknowledged:
    """What was answered with success: the versions of cases, and of each act its officer."""

    cases: dict[str, int] = field(default_factory=dict)
    acts: dict[tuple[str, int], str] = field(default_factory=dict)
    refusals: list[int] = field(default_factory=list)  # statuses of requests asked again
    broken: int = 0  # connections that ended without an answer


class Writer:
    """Receives cases and starts them, each request with a key, until told to stop.

    A request that is not answered is sent again, with its key, to the next of the sites.
    """

    def __init__(self, sites: Sequence[str], secret: str, procedure: str) -> None:
        self.sites, self.secret, self.procedure = list(sites), secret, procedure
        self.kept = Acknowledged()
        self.stopping = False

    async def write(self) -> None:
        async with httpx.AsyncClient(headers=bearing(self.secret), timeout=PATIENCE) as client:
            while not self.stopping:
                asked = new_case(self.procedure, applicant={"name": "Nguyễn Văn A"})
                case = await self._ask(client, "/api/v1/cases", asked, {})
                code, version = case["case_code"], case["version"]
                self.kept.cases[code] = version
                for _ in range(2):
                    officer = os.urandom(4).hex()
                    case = await self._ask(
                        client,
                        f"/api/v1/cases/{code}/events",
                        {"type": "transfer", "officer": officer},
                        {"If-Match": str(version)},
                    )
                    version = case["version"]
                    self.kept.cases[code] = version
                    self.kept.acts[code, version] = officer

    async def _ask(
        self, client: httpx.AsyncClient, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> dict[str, Any]:
        key = {"Idempotency-Key": os.urandom(16).hex()}
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            try:
                answer = await client.post(self.sites[0] + path, json=body, headers=headers | key)
            except httpx.TransportError:
                self.kept.broken += 1
            else:
                if answer.status_code not in AGAIN:
                    assert answer.status_code in (200, 201), answer.text
                    case: dict[str, Any] = answer.json()
                    return case
                self.kept.refusals.append(answer.status_code)
            self.sites.append(self.sites.pop(0))
            await asyncio.sleep(0.05)
        raise TimeoutError(path)
