"""`tthc catalogue` as a person calls it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tthc.cli.catalogue import catalogue
from tthc.db.server import Server
from tthc.domain.errors import InputError

BIRTH = "1.001193"
DECISION = ("--decision", "12/QĐ-UBND", "--date", "2026-10-01")


@pytest.fixture
def annex(tmp_path: Path) -> Path:
    file = tmp_path / "annex.csv"
    file.write_text(
        "procedure_code,channel,amount,unit\n"
        f"{BIRTH},counter,1,Ngày làm việc\n{BIRTH},online,1,\n9.999999,,5,Ngày\n",
        encoding="utf-8",
    )
    return file


def call(server: Server, *arguments: str) -> Result:
    urls = {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
        "TTHC_OWNER_DATABASE_URL": server.owner_url,
        "COLUMNS": "200",
    }
    result = CliRunner().invoke(catalogue, arguments, env=urls)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(server: Server, *arguments: str) -> dict[str, Any]:
    document = json.loads(call(server, *arguments, "--json").stdout)
    assert isinstance(document, dict)
    return document


def test_import_then_show(database: Server, annex: Path) -> None:
    tried = answer(database, "import", "terms", str(annex), *DECISION, "--dry-run")
    done = answer(database, "import", "terms", str(annex), *DECISION)
    keys = ("added", "changed", "ended", "unconfirmed", "rejected")
    assert [done[key] for key in keys] == [tried[key] for key in keys] == [0, 1, 0, 0, 1]
    assert (tried["dry_run"], done["unchanged"], done["rejects"][0]["line"]) == (True, 1, 4)

    shown = answer(database, "show", "procedure", BIRTH, "--on", "2026-10-01")
    terms = {term["channel"]: term for term in shown["terms"]}
    assert (terms["counter"]["confirmed"], terms["counter"]["valid_from"]) == (True, "2026-10-01")
    assert terms["counter"]["source"] == "Quyết định 12/QĐ-UBND ngày 01/10/2026"
    assert (terms["online"]["confirmed"], terms["online"]["valid_from"]) == (False, None)

    before = answer(database, "show", "procedure", BIRTH, "--on", "2026-09-30")
    assert not any(term["confirmed"] for term in before["terms"])

    again = answer(database, "import", "terms", str(annex), *DECISION)
    assert (again["changed"], again["unchanged"]) == (0, 2)


def test_words_for_people(server: Server, annex: Path) -> None:
    said = call(server, "import", "terms", str(annex), *DECISION, "--dry-run").stdout
    assert "Chạy thử, chưa ghi gì: thêm 0, đổi 1" in said
    assert "Dòng 4 bị loại: thủ tục 9.999999: không có thủ tục mã này" in said
    shown = call(server, "show", "procedure", BIRTH, "--on", "2026-09-30").stdout
    assert "Chưa xác nhận" in shown
    assert "(không rõ)" in shown


def test_steps_of_a_procedure_that_the_catalogue_does_not_list(server: Server) -> None:
    shown = answer(server, "show", "procedure", "1.003999")
    assert (shown["name"], shown["terms"]) == (None, [])
    [workflow] = shown["workflows"]
    assert (workflow["number"], len(workflow["steps"])) == ("2028/QĐ-UBND", 7)
    said = call(server, "show", "procedure", "1.003999").stdout
    assert "0,5 ngày làm việc" in said
    assert "các bước cộng lại 9,5 ngày làm việc nhưng thời hạn ghi 10,5 ngày làm việc" in said


def test_steps_that_do_not_add_up_are_listed(server: Server) -> None:
    found = answer(server, "check")
    assert [one["procedure_code"] for one in found["mismatches"]] == ["1.003999"]
    assert found["workflows"] == 58
    said = call(server, "check").stdout
    assert "1.003999" in said
    assert f"đối chiếu được {found['compared']}, lệch 1" in said


def test_file_that_is_not_there(server: Server) -> None:
    with pytest.raises(InputError, match=r"Không có tệp none\.csv"):
        call(server, "import", "terms", "none.csv", *DECISION)


def test_usage(server: Server) -> None:
    assert call(server, "import", "terms", "x.csv", "--decision", "1").exit_code == 2
    assert call(server, "import", "people", "x.csv", *DECISION).exit_code == 2
    wrong = ("--decision", "1", "--date", "2026-02-30")
    assert call(server, "import", "terms", "x.csv", *wrong).exit_code == 2
