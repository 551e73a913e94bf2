"""The PostgreSQL server that a command works with: the one named, or the embedded one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tthc.db import urls
from tthc.db.embedded.cluster import SUPERUSER
from tthc.db.embedded.share import share_server
from tthc.domain.errors import SettingError
from tthc.settings import Settings

OWNER = "tthc_owner"
APP = "tthc_app"
NIGHT = "tthc_night"
DATABASE = "tthc"
POOLED = "pgbouncer"  # …?pgbouncer=true: transactions share connections


@dataclass(frozen=True)
class Server:
    """Where the database is, as URLs that libpq (ADBC, psql) and `tthc.db.engine` read.

    The application's role owns nothing and sees the cases of those who have entered; the night's
    owns nothing either and sees whole worlds: jobs and the command line work as it. `admin_url` is
    the embedded server's superuser. `pooled` and `night_pooled`: PgBouncer stands before it.
    """

    owner_url: str
    app_url: str
    night_url: str
    admin_url: str | None = None
    pooled: bool = False
    night_pooled: bool = False

    def on(self, database: str) -> "Server":
        """Another database of the same server."""
        return replace(
            self,
            owner_url=urls.with_database(self.owner_url, database),
            app_url=urls.with_database(self.app_url, database),
            night_url=urls.with_database(self.night_url, database),
        )


@contextmanager
def running_server(settings: Settings) -> Iterator[Server]:
    """A server that answers for as long as the caller needs it.

    With `TTHC_DATABASE_URL` nothing is started. Raises SettingError in one sentence where there
    can be none, BusyError where the embedded one neither starts nor stops.
    """
    if settings.database_url:
        yield _named_server(settings)
        return
    if settings.owner_database_url:
        raise SettingError(
            "Có TTHC_OWNER_DATABASE_URL mà thiếu TTHC_DATABASE_URL: hãy đặt cả hai, hoặc bỏ cả hai "
            "để dùng máy chủ nhúng."
        )
    with share_server(settings.data_dir, settings.pg_bin) as folder:
        yield Server(
            owner_url=urls.socket_url(OWNER, DATABASE, str(folder)),
            app_url=urls.socket_url(APP, DATABASE, str(folder)),
            night_url=urls.socket_url(NIGHT, DATABASE, str(folder)),
            admin_url=urls.socket_url(SUPERUSER, "postgres", str(folder)),
        )


def _named_server(settings: Settings) -> Server:
    app, night = settings.database_url or "", settings.night_database_url
    owner = settings.owner_database_url or app
    urls.read_url(app, "TTHC_DATABASE_URL")
    urls.read_url(owner, "TTHC_OWNER_DATABASE_URL")
    urls.read_url(night or app, "TTHC_NIGHT_DATABASE_URL")
    app_url, owner_url = (urls.without(url, POOLED) for url in (app, owner))
    night_url = urls.without(night, POOLED) if night else urls.as_role(owner_url, NIGHT)
    pooled, night_pooled = _is_pooled(app), _is_pooled(night or "")
    if _is_pooled(owner) and owner != app:
        raise SettingError(
            "TTHC_OWNER_DATABASE_URL phải nối thẳng tới PostgreSQL, không qua PgBouncer: nâng cấp "
            "cần một phiên riêng. Hãy bỏ ?pgbouncer=true và ghi cổng của PostgreSQL."
        )
    if urls.user_of(app_url) == urls.user_of(owner_url):
        if pooled:
            raise SettingError(
                "Qua PgBouncer, vai trò của ứng dụng phải khác vai trò sở hữu: hãy đặt "
                f"TTHC_DATABASE_URL với người dùng {APP} và TTHC_OWNER_DATABASE_URL nối thẳng."
            )
        app_url = urls.as_role(app_url, APP)
    return Server(
        owner_url=owner_url,
        app_url=app_url,
        night_url=night_url,
        pooled=pooled,
        night_pooled=night_pooled,
    )


def _is_pooled(url: str) -> bool:
    return (urls.parameter(url, POOLED) or "").lower() in ("true", "1", "on", "yes")
