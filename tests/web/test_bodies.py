"""Bodies and headers that are too large or too slow, against the real server over a socket."""

import socket
import time
from collections.abc import Iterator
from typing import Self

import pytest

from tests.serving import Uvicorn
from tthc.db.server import Server
from tthc.web import gate, serving
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


@pytest.mark.parametrize("before", [0, 1])
def test_headers_that_hardly_come_are_not_waited_for(
    server: Server, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    """On a fresh connection and on one that was used; a silent one is closed as well."""
    monkeypatch.setattr(serving, "HEADERS_WITHIN", 0.4)
    with Uvicorn(server) as site, Line(site) as line, Line(site) as silent:
        for _ in range(before):
            line.socket.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            said = b""
            while not said.endswith(b"}"):  # the head and the body may come apart
                said += line.socket.recv(65536)
            assert b" 200 " in said
            time.sleep(0.6)  # a kept connection may rest longer than headers may take
        began = time.monotonic()
        line.socket.sendall(b"GET / HTTP/1.1\r\n")
        try:
            while time.monotonic() - began < 5:
                line.socket.sendall(b"X")
                line.socket.settimeout(0.05)
                try:
                    assert line.socket.recv(1) == b""
                    break
                except TimeoutError:
                    continue
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert 0.3 < time.monotonic() - began < 4
        assert silent.socket.recv(1) == b""
