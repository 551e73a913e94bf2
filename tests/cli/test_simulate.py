import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tthc.cli.simulate import simulate
from tthc.db.server import Server

ASKED = ("--cases", "150", "--year", "2025", "--until", "2025-09-30", "--seed", "3")


@pytest.fixture
def run(database: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TTHC_DATABASE_URL", database.app_url)
    monkeypatch.setenv("TTHC_NIGHT_DATABASE_URL", database.night_url)
    monkeypatch.setenv("TTHC_OWNER_DATABASE_URL", database.owner_url)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(simulate, arguments)

    return invoke


def test_it_says_what_it_wrote_and_then_that_nothing_changed(run: Any) -> None:
    first = run(*ASKED, "--json")
    assert first.exit_code == 0, first.output
    assert first.stderr == ""
    document = json.loads(first.stdout)
    assert document.pop("seconds")
    assert 500 < document.pop("events") < 1000
    assert document == {
        "cases": 150,
        "province": "15",
        "seed": 3,
        "from": "2025-01-01",
        "until": "2025-09-30T23:59:59.999999+07:00",
        "world": "simulated",
        "already_simulated": False,
        "events_since": None,
    }
    again = json.loads(run(*ASKED, "--json").stdout)
    assert (again["cases"], again["events"], again["already_simulated"]) == (0, 0, True)
    assert "không thay đổi gì" in run(*ASKED).stdout


def test_in_words_it_says_that_it_is_not_real(run: Any) -> None:
    said = run(*ASKED, "--events-since", "2025-09-01").stdout
    assert "Đã mô phỏng 150 hồ sơ" in said
    assert "không phải số liệu thật" in said
    assert "từ 01/09/2025 chỉ có dòng hồ sơ" in said


@pytest.mark.parametrize("wrong", [("--until", "30/09/2025"), ("--cases", "many")])
def test_wrong_usage(run: Any, wrong: tuple[str, ...]) -> None:
    assert run(*wrong).exit_code == 2
