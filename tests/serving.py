"""The site under the real uvicorn, for clients that speak over a socket."""

import threading
import time
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
            time.sleep(0.01)
        return self

    def __exit__(self, *error: object) -> None:
        self.uvicorn.should_exit = True
        self.thread.join()
        self.listening.close()
