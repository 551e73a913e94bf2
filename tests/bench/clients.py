"""Sixteen clients of the API that do as little as they can: plain bytes over kept connections."""

import asyncio
import json
import os
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from tests.law.lives import UNIT

CLIENTS = 16
CASES = 40  # of each client, acted on in turn, so that their histories stay as long as real ones
Do = Callable[[int], Awaitable[Any]]


class Client:
    """One kept connection, and the cases that its acts are done to."""

    def __init__(self, port: int, secret: str, procedure: str) -> None:
        self.port, self.secret = port, secret
        case = {"procedure_code": procedure, "receiving_unit": UNIT, "channel": "counter"}
        self.receipt = json.dumps(case | {"applicant": {"name": "Nguyễn Văn A"}}).encode()

    async def open(self) -> None:
        await self._connect()
        self.cases = deque([await self.receive() for _ in range(CASES)])

    async def _connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def post(self, path: str, body: bytes, more: str) -> dict[str, Any]:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.secret}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        )
        if self.reader.at_eof():  # the server closes what was silent for some seconds
            self.writer.close()
            await self._connect()
        self.writer.write(head.encode() + body)
        top = await self.reader.readuntil(b"\r\n\r\n")
        assert top.split()[1] in (b"200", b"201"), top
        length = int(top.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        content = await self.reader.readexactly(length)
        found: dict[str, Any] = json.loads(content)
        return found

    async def receive(self) -> dict[str, Any]:
        """A receipt with a key and an applicant."""
        key = f"Idempotency-Key: {os.urandom(16).hex()}\r\n"
        return await self.post("/api/v1/cases", self.receipt, key)

    async def act(self) -> None:
        """An act on the version that was seen last."""
        asked = {"type": "transfer", "officer": os.urandom(4).hex()}
        case = self.cases.popleft()
        path = f"/api/v1/cases/{case['case_code']}/events"
        version = f"If-Match: {case['version']}\r\n"
        self.cases.append(await self.post(path, json.dumps(asked).encode(), version))
