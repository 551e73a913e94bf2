"""PostgreSQL's URLs as libpq, and so ADBC and psql, reads them."""

import getpass
import os
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from tthc.domain.errors import SettingError


def read_url(url: str, variable: str) -> SplitResult:
    """The parts of a URL from a setting. Raises SettingError where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in ("postgresql", "postgres"):
        raise SettingError(
            f"{variable} phải có dạng postgresql://người_dùng:mật_khẩu@máy:cổng/cơ_sở_dữ_liệu."
        )
    return parts


def user_of(url: str) -> str:
    """The role that a URL connects as, as libpq would choose it."""
    parts = urlsplit(url)
    return (
        unquote(parts.username or "")
        or parameter(url, "user")
        or os.environ.get("PGUSER")
        or getpass.getuser()
    )


def password_of(url: str) -> str | None:
    parts = urlsplit(url)
    return (
        unquote(parts.password) if parts.password else dict(parse_qsl(parts.query)).get("password")
    )


def database_of(url: str) -> str:
    """The database that a URL names, as libpq would choose it."""
    parts = urlsplit(url)
    return (
        unquote(parts.path.removeprefix("/"))
        or parameter(url, "dbname")
        or os.environ.get("PGDATABASE")
        or user_of(url)
    )


def with_database(url: str, name: str) -> str:
    parts = urlsplit(without(url, "dbname"))
    return _join(parts._replace(path=f"/{quote(name, safe='')}"))


def as_role(url: str, role: str) -> str:
    """The same connection, working as another role from its first statement."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options = f"{query.get('options', '')} -c role={role}".strip()
    return _join(parts._replace(query=_encode(query | {"options": options})))


def without(url: str, *names: str) -> str:
    """The URL less some of its parameters."""
    parts = urlsplit(url)
    kept = {name: value for name, value in parse_qsl(parts.query) if name not in names}
    return _join(parts._replace(query=_encode(kept)))


def parameter(url: str, name: str) -> str | None:
    return dict(parse_qsl(urlsplit(url).query)).get(name)


def socket_url(user: str, database: str, folder: str) -> str:
    """A connection over the Unix socket in a folder, whatever PGHOST and PGPORT say."""
    return f"postgresql://{user}@/{database}?{_encode({'host': folder, 'port': '5432'})}"


def _encode(query: dict[str, str]) -> str:
    return urlencode(query, quote_via=quote, safe="/")


def _join(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}"
