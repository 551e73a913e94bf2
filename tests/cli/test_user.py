"""`tthc user`: an account from its opening to its end."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from tthc.cli import tthc
from tthc.cli.user import ROLES
from tthc.db.server import Server
from tthc.domain.errors import InputError, TthcError
from tthc.service import accounts


def run(server: Server, *arguments: str) -> str:
    environment = {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
        "TTHC_OWNER_DATABASE_URL": "",
    }
    done = CliRunner().invoke(tthc, ["user", *arguments], env=environment)
    if isinstance(done.exception, TthcError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def document(server: Server, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(server, *arguments, "--json"))
    return found


def test_an_account_from_its_opening_to_its_end(database: Server) -> None:
    said = ("--name", "Lê Hà", "--role", "clerk", "--unit", "00004")
    first = run(database, "add", "ha.le", *said).strip()
    assert len(first) == 23
    (listed,) = document(database, "list")["accounts"]
    assert (listed["login"], listed["role"], listed["unit"]) == ("ha.le", "clerk", "00004")
    assert listed["must_change"]
    assert first not in str(listed)
    second = document(database, "password", "ha.le")["password"]
    assert second != first
    assert document(database, "sessions", "ha.le") == {"sessions": []}
    assert "0 phiên" in run(database, "revoke", "ha.le")
    run(database, "deactivate", "ha.le")
    assert "ha.le: Lê Hà, clerk, 00004, real, đã ngừng" in run(database, "list")
    for command in ("deactivate", "password"):
        with pytest.raises(TthcError, match=r"“ha\.le”"):
            run(database, command, "ha.le")
    with pytest.raises(InputError, match="Đã có tài khoản"):
        run(database, "add", "ha.le", *said)


def test_the_roles_are_the_service_s() -> None:
    assert list(ROLES) == list(accounts.ROLES)


def test_an_appraiser_is_given_blocks(database: Server) -> None:
    said = ("--name", "Lê Thu", "--role", "appraiser")
    for wrong in ((), ("--block", "xa")):
        with pytest.raises(InputError, match="ít nhất một khối trong: provinces"):
            run(database, "add", "thu.le", *said, *wrong)
    with pytest.raises(InputError, match="Chỉ vai trò thẩm định"):
        run(database, "add", "an.a", "--name", "A", "--role", "auditor", "--block", "communes")
    run(database, "add", "thu.le", *said, "--block", "departments", "--block", "communes")
    run(database, "change", "thu.le", "--role", "appraiser", "--block", "districts")
    (listed,) = document(database, "list")["accounts"]
    assert listed["blocks"] == ["districts"]
    run(database, "deactivate", "thu.le")
    with pytest.raises(TthcError, match=r"Không có tài khoản “thu\.le” đang dùng"):
        run(database, "change", "thu.le", "--role", "auditor")
