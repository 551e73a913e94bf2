"""Sends the notices that wait, over SMTP, each until the mail server has taken it.

A notice is marked as sent in the transaction that holds its row. Only a crash between the mail
server's word and the commit sends it again, under the same Message-ID, by which mail programs
show it once.
"""

import smtplib
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import polars as pl
import structlog
from adbc_driver_postgresql.dbapi import connect

from tthc import clock
from tthc.settings import Mail

WAIT = 30  # seconds for the mail server to answer
TRY_AGAIN = timedelta(minutes=10)
STALE = timedelta(hours=20)  # the next night writes anew what still holds
NEXT = """
SELECT id, day, address, subject, body, written_at FROM notices
WHERE sent_at IS NULL AND written_at > $1 AND (tried_at IS NULL OR tried_at <= $2)
ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"""
TRIED = """
UPDATE notices SET tries = tries + 1, tried_at = $2, failure = nullif($3, ''),
  sent_at = CASE WHEN $3 = '' THEN $2 END
WHERE id = $1"""
log = structlog.get_logger()


def send_notices(url: str, mail: Mail | None) -> int:
    """Send what waits; returns how many the mail server took. Without one nothing is sent."""
    sent = 0
    while mail is not None and (taken := _send_next(url, mail)) is not None:
        sent += taken
    return sent


def _send_next(url: str, mail: Mail) -> bool | None:
    """Whether the next notice was taken; None where none waits."""
    now = clock.now()
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(NEXT, (now - STALE, now - TRY_AGAIN))
        found = pl.DataFrame(cursor.fetch_arrow())
        if not found.height:
            connection.rollback()
            return None
        notice = found.row(0, named=True)
        failure = _hand_over(mail, _message(mail, notice))
        cursor.execute(TRIED, (notice["id"], now, failure or ""))
        connection.commit()
    if failure:
        log.warning("notice", id=notice["id"], failed=failure)
    return failure is None


def _message(mail: Mail, notice: Mapping[str, Any]) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = mail.sender, notice["address"]
    message["Subject"] = notice["subject"]
    message["Date"] = format_datetime(notice["written_at"])
    host = mail.sender.rpartition("@")[2]
    message["Message-ID"] = f"<tthc-{notice['id']}-{notice['day']}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice["body"])
    return message


def _hand_over(mail: Mail, message: EmailMessage) -> str | None:
    """Give a message to the mail server; what failed, if it did not take it."""
    server = urlsplit(mail.url)
    kind = smtplib.SMTP_SSL if server.scheme == "smtps" else smtplib.SMTP
    try:
        with closing(kind(server.hostname or "localhost", server.port or 0, timeout=WAIT)) as post:
            post.ehlo()
            if server.scheme == "smtp" and post.has_extn("starttls"):
                post.starttls()
                post.ehlo()
            if server.username:
                post.login(unquote(server.username), unquote(server.password or ""))
            post.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        return f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
    return None
