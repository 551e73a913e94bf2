"""`tthc serve`: the site, with the server that it needs."""

import gc
import signal
import socket
from types import FrameType

import click

from tthc.settings import Settings, read_settings


@click.command()
def serve() -> None:
    """Serve the site until stopped (TTHC_HOST, TTHC_PORT)."""
    from tthc.web.serving import listen

    settings = read_settings()
    signal.signal(signal.SIGTERM, _stop)  # so that what was started is ended in order
    try:
        with listen(settings.host, settings.port) as listening:
            _serve(settings, listening)
    except KeyboardInterrupt:
        pass  # uvicorn has ended what it served and hands the signal on
    click.echo("Đã dừng.", err=True)


def _serve(settings: Settings, listening: socket.socket) -> None:
    from tthc.db.server import running_server
    from tthc.log import write_logs
    from tthc.web.app import create_app
    from tthc.web.serving import site_server

    write_logs()
    with running_server(settings) as server:
        app = create_app(settings, server)
        site = url(settings.host, settings.port)
        click.echo(f"Trang số liệu: {site} (Ctrl-C để dừng)", err=True)
        if not settings.only_this_machine and not settings.proxies:
            click.echo(
                "Trang mở ra ngoài máy này mà không có HTTPS: mật khẩu đi trên mạng ai cũng đọc "
                "được. Hãy đặt trang sau một proxy HTTPS và cho biết proxy ấy bằng TTHC_PROXIES.",
                err=True,
            )
        gc.collect()
        gc.freeze()  # what lives as long as the site is not looked through again, 0.1 s each time
        site_server(app).run(sockets=[listening])


def url(host: str, port: int) -> str:
    """Where to point a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104  # the name of "everywhere"
    return f"http://{shown or (f'[{host}]' if ':' in host else host)}:{port}"


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
