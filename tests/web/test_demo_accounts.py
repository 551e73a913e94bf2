"""The accounts that `make demo` offers: one a role, made once, and they open the site."""

from pathlib import Path

import pytest
from litestar import Litestar

from jobs.demo_accounts import ACCOUNTS, PASSWORD_FILE, offer_accounts
from tests.people import enter
from tests.site import client_of
from tthc.db.server import Server
from tthc.domain.access import Role
from tthc.settings import read_settings

BEGINS = dict.fromkeys((Role.CLERK, Role.OFFICER, Role.LEADER), "/ban-lam-viec")
BEGINS |= {Role.AUDITOR: "/nhat-ky", Role.APPRAISER: "/cham-diem", Role.ADMIN: "/tai-khoan"}


@pytest.fixture
def offered(
    worlds: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> tuple[Path, str, str]:
    """The password's file, and what was printed the first time and the second."""
    monkeypatch.setenv("TTHC_DATABASE_URL", worlds.app_url)
    monkeypatch.setenv("TTHC_OWNER_DATABASE_URL", worlds.owner_url)
    monkeypatch.setenv("TTHC_DATA_DIR", str(tmp_path))
    printed = []
    for _ in range(2):
        offer_accounts(read_settings())
        printed.append(capsys.readouterr().out)
    first, second = printed
    return tmp_path / PASSWORD_FILE, first, second


async def test_one_a_role_that_opens_the_site(
    app: Litestar, offered: tuple[Path, str, str]
) -> None:
    file, first, second = offered
    assert first == second
    assert file.stat().st_mode & 0o777 == 0o600
    password = file.read_text(encoding="utf-8")
    assert password in first
    assert {role for role, _, _ in ACCOUNTS.values()} == {*Role} - {Role.PROGRAM}
    for login, (role, _, simulated) in ACCOUNTS.items():
        async with client_of(app) as client:
            answer = await enter(client, login, password)
            assert answer.headers["location"] == BEGINS.get(role, "/"), login
            page = await client.get("/so-lieu")
            assert page.status_code == 200
            assert "Tài khoản thử" in page.text
            assert ("SỐ LIỆU MÔ PHỎNG" in page.text) is simulated
