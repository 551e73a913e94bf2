"""The door that the site is served through: a listening socket, and uvicorn behind it."""

import asyncio
import errno
import socket

import uvicorn
from litestar import Litestar
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tthc.domain.errors import SettingError

HEADERS_WITHIN = 20  # seconds from a connection, or a request's first byte, to the last header


class Punctual(HttpToolsProtocol):
    """A connection that ends where the headers of a request don't come; uvicorn waits for them
    without end. Bodies: `tthc/web/gate.py`.
    """

    patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._be_patient()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._be_patient()

    def on_headers_complete(self) -> None:
        self._have_them()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_them()
        super().connection_lost(exc)

    def _be_patient(self) -> None:
        self._have_them()
        self.patience = self.loop.call_later(HEADERS_WITHIN, self.transport.close)

    def _have_them(self) -> None:
        if self.patience:
            self.patience.cancel()
            self.patience = None


def listen(host: str, port: int) -> socket.socket:
    """A socket at this address. Raises SettingError where there can be none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise SettingError(
                f"Cổng {port} đang có chương trình khác dùng: hãy dừng chương trình ấy, "
                "hoặc đặt TTHC_PORT thành một cổng khác."
            ) from None
        raise SettingError(
            f"Không mở được địa chỉ {host}:{port} ({error}): hãy xem lại TTHC_HOST và TTHC_PORT."
        ) from None
    # Accepted connections inherit it. An event loop sets it only on sockets that it made itself;
    # without it a kept connection waits some 40 ms for each answer's body (Nagle, delayed ACK).
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def site_server(app: Litestar) -> uvicorn.Server:
    """The server of the site, to be run on a socket that listens."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http=Punctual,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the site itself believes the proxies that it is told of
            lifespan="on",
        )
    )
