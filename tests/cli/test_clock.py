"""`tthc clock` and `tthc calendar` as a person calls them."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.law.lives import UNIT, make_procedure
from tthc import clock
from tthc.cli import tthc
from tthc.db.engine import connect_owner
from tthc.db.server import Server
from tthc.domain.access import Actor, Scope
from tthc.domain.errors import NotFoundError, RuleError
from tthc.service.filing import Form
from tthc.service.receipts import receive_case

LAN = Actor("Lan", Scope(simulated=False))


def call(server: Server, *arguments: str) -> Result:
    urls = {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
        "TTHC_OWNER_DATABASE_URL": server.owner_url,
        "COLUMNS": "200",
    }
    result = CliRunner().invoke(tthc, arguments, env=urls)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(server: Server, *arguments: str) -> dict[str, Any]:
    document = json.loads(call(server, *arguments, "--json").stdout)
    assert isinstance(document, dict)
    return document


@pytest.fixture(autouse=True)
def _a_morning_in_march(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=clock.VIETNAM)
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def case(database: Server) -> dict[str, Any]:
    """A case of thirty working days, received just now."""

    async def receive() -> dict[str, Any]:
        engine = connect_owner(database)
        try:
            async with engine.begin() as connection:
                procedure = await make_procedure(connection, [30, "working_day"])
                return await receive_case(connection, LAN, Form(procedure, UNIT, "counter"))
        finally:
            await engine.dispose()

    return asyncio.run(receive())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A decision that takes three days of the week after next."""
    days = "".join(f'2026-03-{day} = "Nghỉ bão"\n' for day in (16, 17, 18))
    found = tmp_path / "2026-bao.toml"
    text = f'title = "Nghỉ tránh bão"\ndecided_on = 2026-03-02\n[days_off]\n{days}'
    found.write_text(text, encoding="utf-8")
    return found


def test_a_case_explains_itself(database: Server, case: dict[str, Any]) -> None:
    code = case["case_code"]
    told = answer(database, "clock", code)
    assert (told["due_at"], told["agrees"]) == (case["due_at"], True)
    assert told["sentences"] == call(database, "clock", code).stdout.splitlines()
    assert "30 ngày làm việc" in told["sentences"][1]
    with pytest.raises(NotFoundError, match="Không có hồ sơ"):
        call(database, "clock", code, "--world", "simulated")


def test_preview_then_apply(database: Server, case: dict[str, Any], file: Path) -> None:
    seen = answer(database, "calendar", "preview", str(file))
    assert (seen["moved"], seen["open_cases"], len(seen["days_changed"])) == (1, 1, 3)
    assert seen["items"][0]["case_code"] == case["case_code"]
    said = call(database, "calendar", "preview", str(file)).stdout
    assert "Xem trước, chưa ghi gì. Trong 1 hồ sơ thật đang giải quyết: 1 hồ sơ đổi" in said
    assert case["case_code"] in said

    person = ("--decision", "7/QĐ-TTg", "--by", "Minh")
    done = answer(database, "calendar", "apply", str(file), *person)
    assert (done["recalculated"], done["real"]["later"]) == (1, 1)
    told = answer(database, "clock", case["case_code"])
    assert told["due_at"] > case["due_at"]
    assert told["first_due_at"] == case["first_due_at"]
    assert any("7/QĐ-TTg" in one for one in told["sentences"])
    with pytest.raises(RuleError, match="đã được áp dụng"):
        call(database, "calendar", "apply", str(file), *person)
    assert answer(database, "verify")["ok"]


def test_words_of_an_apply(database: Server, case: dict[str, Any], file: Path) -> None:
    person = ("--decision", "7/QĐ-TTg", "--by", "Minh")
    said = call(database, "calendar", "apply", str(file), *person).stdout
    assert "Đã áp dụng lịch 2026-bao theo 7/QĐ-TTg, người áp dụng: Minh." in said
    assert "Hồ sơ thật: 1 hồ sơ đổi ngày hẹn trả, 1 lùi lại" in said
    assert case["due_at"]


def test_usage(database: Server, file: Path) -> None:
    assert call(database, "calendar", "apply", str(file), "--by", "Minh").exit_code == 2
    assert call(database, "calendar", "preview").exit_code == 2
