"""`tthc serve`: starts, says where, stops when told, leaves nothing behind."""

import signal
import socket
import time

import httpx
import pytest

from tests.serving import free_port, named, start_site
from tthc.cli.serve import url
from tthc.db.server import Server
from tthc.domain.errors import SettingError
from tthc.web.serving import listen


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_told_to_stop(server: Server, told: signal.Signals) -> None:
    port = free_port()
    site = start_site(port, named(server))
    try:
        assert site.stderr
        assert f"http://127.0.0.1:{port}" in site.stderr.readline()
        answer = httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=30)
        assert answer.status_code == 200
        assert "server" not in answer.headers
        site.send_signal(told)
        _, said = site.communicate(timeout=30)
        assert site.returncode == 0
        assert said.endswith("Đã dừng.\n")
        assert "Traceback" not in said
    finally:
        site.kill()
        site.wait()


def test_an_occupied_port_is_one_sentence(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = time.monotonic()
        site = start_site(port, named(server))
        _, said = site.communicate(timeout=30)
    assert site.returncode == 1
    assert said == (
        f"Cổng {port} đang có chương trình khác dùng: hãy dừng chương trình ấy, "
        "hoặc đặt TTHC_PORT thành một cổng khác.\n"
    )
    assert time.monotonic() - started < 20


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(SettingError, match="TTHC_HOST"):
        listen("192.0.2.1", 8000)


def test_an_answer_does_not_wait_for_its_acknowledgement() -> None:
    """Nagle's algorithm and a delayed ACK would add 40 ms to every answer of a kept connection."""
    with listen("127.0.0.1", 0) as listening:
        with socket.create_connection(listening.getsockname()[:2]):
            accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_url_is_one_that_a_browser_here_can_open() -> None:
    assert url("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert url("::1", 80) == "http://[::1]:80"
    assert url("127.0.0.1", 8000) == "http://127.0.0.1:8000"
