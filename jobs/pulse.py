"""The scheduler says that it lives, and tells a watching service of each good night."""

from datetime import datetime
from urllib.error import URLError
from urllib.request import urlopen

import structlog
from adbc_driver_postgresql.dbapi import connect

from tthc import clock
from tthc.db.queries.nights import BEAT

WAIT = 10  # seconds for the watching service to answer
log = structlog.get_logger()


def beat(url: str, started_at: datetime) -> None:
    """Note that the scheduler which began then lives now."""
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(BEAT, (started_at, clock.now()))
        connection.commit()


def ping(url: str | None) -> None:
    """Ask the address of TTHC_PING_URL; its failure is told in the log and stops nothing."""
    if url is None:
        return
    try:
        with urlopen(url, timeout=WAIT):  # noqa: S310  # settings let only http and https in
            pass
    except (URLError, OSError) as error:
        log.warning("ping", failed=type(error).__name__)
