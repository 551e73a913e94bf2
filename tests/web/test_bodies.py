"""Bodies that are too large or too slow, against the real server over a socket."""

import socket
import time
from collections.abc import Iterator
from typing import Self

import pytest

from tests.serving import Uvicorn
from tthc.db.server import Server
from tthc.web import gate
from tthc.web.desk.sign_in import SMALL

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def living(server: Server) -> Iterator[Uvicorn]:
    with Uvicorn(server) as living:
        yield living


class Line:
    """A connection on which a client says what it likes."""

    def __init__(self, living: Uvicorn) -> None:
        self.socket = socket.create_connection(living.listening.getsockname(), timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def begin(self, path: str, *headers: str) -> None:
        lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {FORM}", *headers]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())

    def answer(self) -> tuple[int, str]:
        """The status and all that comes until the server closes the connection."""
        said = b""
        while part := self.socket.recv(65536):
            said += part
        return int(said.split(b" ", 2)[1]), said.decode()


def test_a_body_that_announces_too_much_is_not_read(living: Uvicorn) -> None:
    with Line(living) as line:
        line.begin("/dang-nhap", f"Content-Length: {SMALL + 1}")
        status, said = line.answer()  # nothing of the body was sent, and the connection is closed
        assert status == 413
        assert "quá lớn" in said
        assert "connection: close" in said.lower()


def test_a_body_that_grows_too_large_is_cut_off(living: Uvicorn) -> None:
    with Line(living) as line:
        line.begin("/dang-nhap", "Transfer-Encoding: chunked")
        piece = b"a" * 4096
        sent = 0
        try:
            while sent < 4096 * SMALL:
                line.socket.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
                sent += len(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert sent < 4096 * SMALL  # beyond what buffers hold: nobody listens any longer


@pytest.mark.parametrize("path", ["/dang-nhap", "/api/v1/cases"])
def test_a_body_that_hardly_comes_is_not_waited_for(
    living: Uvicorn, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(gate, "GRACE", 0.5)
    with Line(living) as line:
        line.begin(path, "Content-Length: 1000")
        started = time.monotonic()
        if path == "/dang-nhap":
            for _ in range(4):
                line.socket.sendall(b"a")
                time.sleep(0.1)
        status, said = line.answer()
        assert time.monotonic() - started < 5
        # a call is refused for want of a token before any of its body is waited for
        assert (status, "quá chậm" in said) in ((408, True), (401, False))
        assert (status == 408) is (path == "/dang-nhap")


def test_a_body_at_a_fair_pace_is_read_however_long_it_takes(
    living: Uvicorn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "GRACE", 0.5)
    monkeypatch.setattr(gate, "PACE", 1000)
    with Line(living) as line:
        line.begin("/dang-nhap", "Content-Length: 2000", "Connection: close")
        for _ in range(8):
            line.socket.sendall(b"a" * 250)
            time.sleep(0.12)
        assert line.answer()[0] == 403  # read to its end, and refused for what it says
