"""Notices to units, through the night and a real mail server: once each, and none by default."""

import asyncio
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from jobs import night
from jobs.night import run_night
from jobs.post import send_notices
from tests.jobs.test_night import fill
from tests.simulated import rows_of
from tthc import clock
from tthc.db.server import Server
from tthc.domain.errors import InputError
from tthc.reports.notice import SHOWN, NoticeCase, write_notice
from tthc.service.notices import _read_address
from tthc.settings import Mail, Settings, read_settings

DAY = date(2026, 3, 12)
MORNING = clock.start_of(DAY + timedelta(days=1)) + timedelta(minutes=30)
SENDER = "tthc@mot-cua.example"


class Post:
    """A mail server that keeps what it takes, and refuses the first few."""

    def __init__(self, refusals: int) -> None:
        self.taken: list[EmailMessage] = []
        self.refusals = refusals

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # named by the library
        del server, session
        if self.refusals:
            self.refusals -= 1
            return "451 Please try again later"
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"


@contextmanager
def mail_server(refusals: int = 0) -> Iterator[tuple[Post, Mail]]:
    post = Post(refusals)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield post, Mail(f"smtp://127.0.0.1:{port}", SENDER)
    finally:
        controller.stop()


def sending(monkeypatch: pytest.MonkeyPatch, mail: Mail, at: datetime = MORNING) -> None:
    def settings() -> Settings:
        return read_settings({"TTHC_SMTP_URL": mail.url, "TTHC_MAIL_FROM": mail.sender})

    monkeypatch.setattr(night, "read_settings", settings)
    monkeypatch.setattr(clock, "now", lambda: at)


def with_cases(server: Server, *addresses: str) -> str:
    """Cases of three provinces that ended, and addresses of the heir of the first."""
    asyncio.run(fill(server.night_url, 300))
    code = str(rows_of(server, "SELECT code FROM units WHERE id = 1")[0][0][0])
    for address in addresses:
        answer = run_tthc(server, "notice", "add", code, address)
        assert answer == 0
    return code


def run_tthc(server: Server, *line: str) -> int:
    from click.testing import CliRunner

    from tthc.cli import tthc

    environment = {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_OWNER_DATABASE_URL": server.owner_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
    }
    return CliRunner().invoke(tthc, line, env=environment, catch_exceptions=False).exit_code


def of_the_night(server: Server) -> Any:
    return run_night(server.night_url, simulated=False, as_of=clock.end_of(DAY))


def test_a_unit_s_morning_comes_once(database: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with_cases(database, "mot.cua@xa.example", "chu.tich@xa.example")
    with mail_server() as (post, mail):
        sending(monkeypatch, mail)
        of_the_night(database)
        assert send_notices(database.night_url, mail) == 2
        assert send_notices(database.night_url, mail) == 0
        run_night(database.night_url, simulated=False, as_of=clock.end_of(DAY), again=True)
        assert send_notices(database.night_url, mail) == 0
    assert {str(each["To"]) for each in post.taken} == {"mot.cua@xa.example", "chu.tich@xa.example"}
    message = post.taken[0]
    counted = rows_of(
        database,
        "SELECT result ->> 'overdue' FROM job_runs WHERE step = 'episodes' ORDER BY id LIMIT 1",
        "SELECT count(*) FROM cases WHERE competent_unit_id = 1 "
        f"AND (resolved_at IS NULL OR resolved_at > '{clock.end_of(DAY)}') "
        f"AND overdue_at <= '{clock.end_of(DAY)}'",
    )
    assert int(counted[0][0][0]) >= counted[1][0][0] > 0
    assert f"{counted[1][0][0]} quá hạn" in str(message["Subject"])
    assert "Đến hạn ngày 13/03/2026" in message.get_content()
    assert message["Message-ID"].endswith("@mot-cua.example>")


def test_a_mail_server_that_refuses_gets_it_again_later(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cases(database, "mot.cua@xa.example")
    with mail_server(refusals=1) as (post, mail):
        sending(monkeypatch, mail)
        of_the_night(database)
        assert send_notices(database.night_url, mail) == 0
        assert send_notices(database.night_url, mail) == 0  # not before a while
        sending(monkeypatch, mail, MORNING + timedelta(minutes=11))
        assert send_notices(database.night_url, mail) == 1
    assert len(post.taken) == 1
    assert rows_of(database, "SELECT tries, failure FROM notices")[0] == [(2, None)]


def test_a_mail_server_that_is_gone_stops_nothing_and_old_news_is_not_sent(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cases(database, "mot.cua@xa.example")
    with mail_server() as (_, gone):
        pass
    sending(monkeypatch, gone)
    of_the_night(database)
    assert send_notices(database.night_url, gone) == 0
    with mail_server() as (post, mail):
        sending(monkeypatch, mail, MORNING + timedelta(hours=21))
        assert send_notices(database.night_url, mail) == 0
    assert post.taken == []


def test_two_senders_send_each_once(database: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with_cases(database, *(f"n{number}@xa.example" for number in range(6)))
    with mail_server() as (post, mail):
        sending(monkeypatch, mail)
        of_the_night(database)

        async def both() -> list[int]:
            return await asyncio.gather(
                *(asyncio.to_thread(send_notices, database.night_url, mail) for _ in range(2))
            )

        assert sum(asyncio.run(both())) == 6
    assert len({str(each["To"]) for each in post.taken}) == len(post.taken) == 6


def test_off_by_default_and_nothing_for_days_that_are_over(
    database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_cases(database, "mot.cua@xa.example")
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    of_the_night(database)
    with mail_server() as (post, mail):
        sending(monkeypatch, mail, MORNING + timedelta(days=2))
        run_night(database.night_url, simulated=False, as_of=clock.end_of(DAY), again=True)
        noon = clock.end_of(DAY + timedelta(days=1)) - timedelta(hours=12)
        run_night(database.night_url, simulated=False, as_of=noon)
        assert send_notices(database.night_url, mail) == 0
    assert send_notices(database.night_url, None) == 0
    assert rows_of(database, "SELECT count(*) FROM notices")[0] == [(0,)]
    assert post.taken == []


def test_an_address_may_be_ended_and_nonsense_is_refused(database: Server) -> None:
    code = with_cases(database, "mot.cua@xa.example")
    assert run_tthc(database, "notice", "remove", code, "MOT.CUA@xa.example") == 0
    ended = "SELECT ended_at IS NOT NULL FROM notice_addresses"
    assert rows_of(database, ended)[0] == [(True,)]
    for text in ("", "a", "@", "a@", "một@xa.example", "a@b\r\nBcc: c@d", "a b@c.d", "<a@b.c>"):
        with pytest.raises(InputError, match="thư điện tử"):
            _read_address(text)


def test_a_long_list_ends_in_a_number() -> None:
    dice = random.Random(1)
    cases = [NoticeCase(f"H-{n}", DAY, with_letter=dice.random() < 0.5) for n in range(SHOWN + 7)]
    subject, body = write_notice("Xã Thử", DAY, [], cases, [])
    assert f"{SHOWN + 7} quá hạn" in subject
    assert "… và 7 hồ sơ khác" in body
    assert body.count("H-") == SHOWN


def test_a_letter_is_missed_only_where_it_is_owed() -> None:
    def case(code: str, *, with_letter: bool) -> NoticeCase:
        return NoticeCase(code, DAY, with_letter)

    due = [case("D-1", with_letter=False), case("D-2", with_letter=True)]
    overdue = [case("Q-1", with_letter=False), case("Q-2", with_letter=True)]
    _, body = write_notice("Xã Thử", DAY, due, overdue, due[:1])
    lines = {line.split()[0]: line for line in body.splitlines() if line.startswith("   ")}
    has = {code for code, line in lines.items() if "đã có văn bản xin lỗi" in line}
    lacks = {code for code, line in lines.items() if "chưa có văn bản xin lỗi" in line}
    assert (has, lacks) == ({"D-2", "Q-2"}, {"Q-1"})
