"""What a request must keep to before anything of it is looked at: a name of ours, and a pace.

The name, because links and cookies follow what the browser was told; the pace, because a body
that never ends holds a connection and what waits for it.
"""

import asyncio
import time

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, ReceiveMessage, Scope, Send

GRACE = 20.0  # seconds in which any body may begin
PACE = 16 * 1024  # bytes a second from then on: half of what a poor office line carries
ENCRYPTED = (b"strict-transport-security", b"max-age=31536000")
STRANGE = (
    "Trang này không phục vụ dưới tên đó: hãy dùng đúng địa chỉ của trang; người quản trị đặt "
    "các tên bằng TTHC_SITE_NAMES.\n"
)


class SlowBodyError(HTTPException):
    """The body came more slowly than is waited for."""

    status_code = 408


class GoneError(HTTPException):
    """Whoever asked went away before all of the body had come: nobody waits for the answer."""

    status_code = 400  # for the counts; nobody reads it


class Gate:
    """Wraps the site's ASGI application."""

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        self.app, self.names = app, frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if _name(headers.get(b"host", b"")) not in self.names:
            await _answer(send, 400, STRANGE)
            return
        body = (
            _Body(receive) if headers.keys() & {b"content-length", b"transfer-encoding"} else None
        )

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                more = [ENCRYPTED] if scope["scheme"] == "https" else []
                if body and not body.whole:  # what is still to come is not waited for
                    more.append((b"connection", b"close"))
                if more:
                    message["headers"] = [*message["headers"], *more]
            await send(message)

        await self.app(scope, body.receive if body else receive, send_on)


class _Body:
    """A body that is read at a pace."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self.whole, self._read = receive, False, 0
        self._until = time.monotonic() + GRACE

    async def receive(self) -> ReceiveMessage:
        if self.whole:
            return await self._receive()
        left = self._until + self._read / PACE - time.monotonic()
        try:
            async with asyncio.timeout(left):
                message = await self._receive()
        except TimeoutError:
            raise SlowBodyError from None
        if message["type"] == "http.request":
            self._read += len(message["body"])
            self.whole = not message["more_body"]
        elif message["type"] == "http.disconnect":
            raise GoneError
        return message


def _name(host: bytes) -> str:
    """The name of a Host header, without its port."""
    name = host.decode("latin-1").lower()
    bare, colon, port = name.rpartition(":")
    return bare if colon and port.isdecimal() else name


async def _answer(send: Send, status: int, sentence: str) -> None:
    kind = (b"content-type", b"text/plain; charset=utf-8")
    await send({"type": "http.response.start", "status": status, "headers": [kind]})
    await send({"type": "http.response.body", "body": sentence.encode(), "more_body": False})
