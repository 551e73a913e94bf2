"""The site under the real uvicorn: on a thread of the test's, or as the real command."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tthc.db.server import Server
from tthc.settings import read_settings
from tthc.web.app import create_app
from tthc.web.serving import listen, site_server


class Uvicorn:
    """The real server on a thread of its own."""

    def __init__(self, server: Server) -> None:
        self.listening = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        app = create_app(read_settings({}), server)
        self.uvicorn = site_server(app)
        self.thread = threading.Thread(
            target=self.uvicorn.run, kwargs={"sockets": [self.listening]}
        )

    def __enter__(self) -> Self:
        self.thread.start()
        while not self.uvicorn.started:
            assert self.thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        return self

    def __exit__(self, *error: object) -> None:
        self.uvicorn.should_exit = True
        self.thread.join()
        self.listening.close()


def start_site(
    port: int, environment: Mapping[str, str], log: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    """`tthc serve` as a process of its own; what it says is on its `stderr`, or goes to `log`."""
    told = {"TTHC_HOST": "127.0.0.1", "TTHC_PORT": str(port)}
    return subprocess.Popen(
        [Path(sys.executable).with_name("tthc"), "serve"],
        env={**os.environ, **told, **environment},
        stderr=log,
        text=True,
    )


def named(server: Server) -> dict[str, str]:
    """The settings of a command that works with this server."""
    return {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
        "TTHC_OWNER_DATABASE_URL": "",
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
