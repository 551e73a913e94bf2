"""Everything that the environment may say, in one place.

| Variable | Meaning | Default |
|---|---|---|
| `TTHC_DATABASE_URL` | PostgreSQL, for the role that owns nothing | the embedded server |
| `TTHC_OWNER_DATABASE_URL` | the owner's role, for migrations | `TTHC_DATABASE_URL` |
| `TTHC_DATA_DIR` | the embedded server's files and other artefacts | `.data` in the checkout |
| `TTHC_PG_BIN` | folder of PostgreSQL programs to embed (≥ 15) | found: `tthc.db.server` |
| `TTHC_HOST`, `TTHC_PORT` | where the site listens | `127.0.0.1`, `8000` |

A URL is libpq's, `postgresql://user:password@host:port/database`. Behind PgBouncer in transaction
mode the application's ends in `?pgbouncer=true`, and the owner's is another and direct.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from tthc.domain.errors import SettingError

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    database_url: str | None
    owner_database_url: str | None
    data_dir: Path
    pg_bin: Path | None
    host: str
    port: int

    @property
    def only_this_machine(self) -> bool:
        """Whether the site can be reached from this machine alone."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    An empty variable counts as unset. Raises SettingError on a port that is none.
    """
    port = env.get("TTHC_PORT") or "8000"
    if not (port.isascii() and port.isdecimal()) or not 0 < int(port) < 65536:  # noqa: PLR2004  # the range of TCP ports
        raise SettingError(f"TTHC_PORT phải là số cổng từ 1 đến 65535, không phải “{port}”.")
    pg_bin = env.get("TTHC_PG_BIN")
    return Settings(
        database_url=env.get("TTHC_DATABASE_URL") or None,
        owner_database_url=env.get("TTHC_OWNER_DATABASE_URL")
        or env.get("TTHC_DATABASE_URL")
        or None,
        data_dir=Path(env.get("TTHC_DATA_DIR") or CHECKOUT / ".data").absolute(),
        pg_bin=Path(pg_bin) if pg_bin else None,
        host=env.get("TTHC_HOST") or "127.0.0.1",
        port=int(port),
    )
