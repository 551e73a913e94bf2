"""Everything that the environment may say, in one place.

| Variable | Meaning | Default |
|---|---|---|
| `TTHC_DATABASE_URL` | PostgreSQL, for the role that owns nothing | the embedded server |
| `TTHC_OWNER_DATABASE_URL` | the owner's role, for migrations | `TTHC_DATABASE_URL` |
| `TTHC_NIGHT_DATABASE_URL` | the role of jobs and commands, which sees whole worlds | the owner's |
| `TTHC_DATA_DIR` | the embedded server's files and other artefacts | `.data` in the checkout |
| `TTHC_PG_BIN` | folder of PostgreSQL programs to embed (≥ 15) | found: `tthc.db.server` |
| `TTHC_HOST`, `TTHC_PORT` | where the site listens | `127.0.0.1`, `8000` |
| `TTHC_PING_URL` | asked (GET) after each good night, so that a silence is noticed | none |
| `TTHC_SMTP_URL`, `TTHC_MAIL_FROM` | mail server and sender of notices to units | no notices |
| `TTHC_SITE_NAMES` | host names by which browsers reach it | `localhost` and its addresses |
| `TTHC_PROXIES` | addresses or networks of the proxies before it | none is believed |
| `TTHC_IDLE_MINUTES` | a session unused so long ends | `30` |
| `TTHC_SESSION_HOURS` | any session ends after | `12` |
| `TTHC_SIGN_IN_TRIES` | tries of one login in 15 minutes | `10` |
| `TTHC_SIGN_IN_TRIES_FROM_ADDRESS` | tries from one address in 15 minutes | `100` |
| `TTHC_KEY_DAYS` | the night forgets an `Idempotency-Key` and its answer after | `7` |
| `TTHC_SHEET_DAYS` | the night forgets sheets of figures, but each period's last, after | `400` |

A URL is libpq's, `postgresql://user:password@host:port/database`. Behind PgBouncer in transaction
mode the application's and the night's end in `?pgbouncer=true`; the owner's is another and direct.
A step of the night holds one connection while it reads on another, so its pool has at least two.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from tthc.domain.errors import SettingError

CHECKOUT = Path(__file__).resolve().parent.parent
HERE = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How often a password may be tried, and how long a session lives."""

    tries: int = 10
    tries_from_address: int = 100  # an office of many people may share one
    window: timedelta = timedelta(minutes=15)
    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Mail:
    """The mail server, as smtp://user:password@host:port (STARTTLS where it offers it) or
    smtps://, and the address that notices come from.
    """

    url: str
    sender: str


@dataclass(frozen=True)
class Settings:
    database_url: str | None
    owner_database_url: str | None
    night_database_url: str | None
    data_dir: Path
    pg_bin: Path | None
    host: str
    port: int
    site_names: tuple[str, ...]
    proxies: tuple[str, ...]
    sign_in: SignInLimits
    ping_url: str | None
    keys_kept: timedelta
    sheets_kept: timedelta
    mail: Mail | None

    @property
    def only_this_machine(self) -> bool:
        """Whether the site can be reached from this machine alone."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    An empty variable counts as unset. Raises SettingError on a value that is none.
    """
    pg_bin = env.get("TTHC_PG_BIN")
    return Settings(
        database_url=env.get("TTHC_DATABASE_URL") or None,
        owner_database_url=env.get("TTHC_OWNER_DATABASE_URL")
        or env.get("TTHC_DATABASE_URL")
        or None,
        night_database_url=env.get("TTHC_NIGHT_DATABASE_URL") or None,
        data_dir=Path(env.get("TTHC_DATA_DIR") or CHECKOUT / ".data").absolute(),
        pg_bin=Path(pg_bin) if pg_bin else None,
        host=env.get("TTHC_HOST") or "127.0.0.1",
        port=_number(env, "TTHC_PORT", 8000, 65535),
        site_names=_listed(env, "TTHC_SITE_NAMES") or HERE,
        proxies=_networks(env),
        sign_in=SignInLimits(
            tries=_number(env, "TTHC_SIGN_IN_TRIES", 10, 100),
            tries_from_address=_number(env, "TTHC_SIGN_IN_TRIES_FROM_ADDRESS", 100, 10_000),
            idle=timedelta(minutes=_number(env, "TTHC_IDLE_MINUTES", 30, 24 * 60)),
            longest=timedelta(hours=_number(env, "TTHC_SESSION_HOURS", 12, 7 * 24)),
        ),
        ping_url=_address(env, "TTHC_PING_URL", "http", "https"),
        keys_kept=timedelta(days=_number(env, "TTHC_KEY_DAYS", 7, 366)),
        sheets_kept=timedelta(days=_number(env, "TTHC_SHEET_DAYS", 400, 36_500)),
        mail=_mail(env),
    )


def _address(env: Mapping[str, str], name: str, *schemes: str) -> str | None:
    text = env.get(name) or None
    if text and not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise SettingError(f"{name} phải là địa chỉ bắt đầu bằng {' hoặc '.join(schemes)}://.")
    return text


def _mail(env: Mapping[str, str]) -> Mail | None:
    url, sender = _address(env, "TTHC_SMTP_URL", "smtp", "smtps"), env.get("TTHC_MAIL_FROM", "")
    if url is None:
        return None
    if "@" not in sender:
        raise SettingError(
            "TTHC_SMTP_URL cần TTHC_MAIL_FROM: hãy đặt địa chỉ gửi thư của hệ thống."
        )
    return Mail(url, sender)


def _number(env: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = env.get(name) or str(usual)
    if not (text.isascii() and text.isdecimal()) or not 0 < int(text) <= most:
        raise SettingError(f"{name} phải là số từ 1 đến {most}, không phải “{text}”.")
    return int(text)


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(each.strip().lower() for each in env.get(name, "").split(",") if each.strip())


def _networks(env: Mapping[str, str]) -> tuple[str, ...]:
    found = _listed(env, "TTHC_PROXIES")
    for each in found:
        try:
            ip_network(each)
        except ValueError:
            raise SettingError(
                f"TTHC_PROXIES phải là địa chỉ hoặc dải mạng, không phải “{each}”."
            ) from None
    return found
