"""What surrounds every answer, whatever made it: headers that keep the browser strict, and the log.

Outermost, so that answers of the framework itself have them too. A line of the log tells the
pattern of an address, never the address: a case's code is half of what its look-up asks for, and
people write anything into an address.
"""

import time
from collections.abc import Callable

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    # our own files only: no inline script or style, nothing from elsewhere, no frame
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
RAW = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
log = structlog.get_logger()


class Shell:
    """Wraps the site's ASGI application."""

    def __init__(self, app: ASGIApp, count: Callable[[str, int, int], None]) -> None:
        self.app, self.count = app, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        method, started = scope["method"], time.monotonic_ns()

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                ours = (each for each in RAW if each[0] not in given)
                message["headers"] = [*message["headers"], *ours]
                status = message["status"]
                milliseconds = (time.monotonic_ns() - started) // 1_000_000
                self.count(method, status, milliseconds)
                log.info(
                    "request",
                    method=method,
                    route=scope.get("path_template", ""),  # nothing where no route fits
                    status=status,
                    milliseconds=milliseconds,
                )
            await send(message)

        await self.app(scope, receive, send_on)
