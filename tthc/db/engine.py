"""Connections for SQLAlchemy, in the role that the work calls for."""

from typing import Any
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tthc.db import urls
from tthc.db.readers import ReaderConnection
from tthc.db.server import Server

# What libpq knows and asyncpg would hand to the server as settings of its own.
LIBPQ_ONLY = (
    *("channel_binding", "client_encoding", "fallback_application_name", "gssencmode"),
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
    *("connect_timeout", "load_balance_hosts", "requiressl", "sslcompression", "tcp_user_timeout"),
)


def connect_app(server: Server, **options: Any) -> AsyncEngine:  # noqa: ANN401  # SQLAlchemy's own
    """An engine for the application: a role that owns nothing and can't alter events.

    The options are those of `create_async_engine`.
    """
    return connect(server.app_url, pooled=server.pooled, **options)


def connect_night(server: Server, **options: Any) -> AsyncEngine:  # noqa: ANN401  # SQLAlchemy's own
    """An engine for jobs and commands: a role that owns nothing and sees whole worlds."""
    return connect(server.night_url, pooled=server.night_pooled, **options)


def connect_owner(server: Server, **options: Any) -> AsyncEngine:  # noqa: ANN401  # SQLAlchemy's own
    """An engine for migrations: the role that owns every table."""
    return connect(server.owner_url, **options)


def connect(url: str, *, pooled: bool = False, **options: Any) -> AsyncEngine:  # noqa: ANN401  # SQLAlchemy's own
    """An engine for a libpq URL; `pooled` if PgBouncer shares connections by transaction.

    asyncpg reads the URL itself, so that sockets, several hosts and escapes mean what they mean to
    libpq; and the engine, when printed, shows no password.
    """
    settings = {"timezone": "UTC"}  # one of the few that PgBouncer lets through
    connection: dict[str, Any] = {
        "dsn": urls.without(url, *LIBPQ_ONLY),
        "connection_class": ReaderConnection,
    }
    seconds = urls.parameter(url, "connect_timeout") or ""
    if seconds.isdecimal() and int(seconds):
        connection["timeout"] = int(seconds)
    if pooled:
        connection |= {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": lambda: f"__tthc_{uuid4()}__",
        }
    return create_async_engine(
        "postgresql+asyncpg://",
        connect_args=connection | {"server_settings": settings},
        hide_parameters=True,  # an error's text is logged, and values may name a person
        **options,
    )
