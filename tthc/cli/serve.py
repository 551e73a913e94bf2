"""`tthc serve`: the site, with the server that it needs."""

import errno
import signal
import socket
from types import FrameType

import click

from tthc.domain.errors import SettingError
from tthc.settings import Settings, read_settings


@click.command()
def serve() -> None:
    """Serve the site until stopped (TTHC_HOST, TTHC_PORT)."""
    settings = read_settings()
    signal.signal(signal.SIGTERM, _stop)  # so that what was started is ended in order
    try:
        with listen(settings.host, settings.port) as listening:
            _serve(settings, listening)
    except KeyboardInterrupt:
        pass  # uvicorn has ended what it served and hands the signal on
    click.echo("Đã dừng.", err=True)


def _serve(settings: Settings, listening: socket.socket) -> None:
    import uvicorn

    from tthc.db.server import running_server
    from tthc.log import write_logs
    from tthc.web.app import create_app

    write_logs()
    with running_server(settings) as server:
        app = create_app(settings, server)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, lifespan="on"
        )
        site = url(settings.host, settings.port)
        click.echo(f"Trang số liệu: {site} (Ctrl-C để dừng)", err=True)
        if not settings.only_this_machine:
            click.echo(
                "Chưa có đăng nhập: ai tới được địa chỉ này cũng xem được số liệu tổng hợp.",
                err=True,
            )
        uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """A socket at this address. Raises SettingError where there can be none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise SettingError(
                f"Cổng {port} đang có chương trình khác dùng: hãy dừng chương trình ấy, "
                "hoặc đặt TTHC_PORT thành một cổng khác."
            ) from None
        raise SettingError(
            f"Không mở được địa chỉ {host}:{port} ({error}): hãy xem lại TTHC_HOST và TTHC_PORT."
        ) from None


def url(host: str, port: int) -> str:
    """Where to point a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104  # the name of "everywhere"
    return f"http://{shown or (f'[{host}]' if ':' in host else host)}:{port}"


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
