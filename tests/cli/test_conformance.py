import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tthc.cli.conformance import conformance

VECTORS = sorted((Path(__file__).parents[1] / "conformance").glob("*.json"))
DUE = {
    "id": "a",
    "op": "due",
    "calendar": "vn",
    "received": "2026-03-02T09:00:00+07:00",
    "term": {"amount": 3, "unit": "working_day"},
    "expect": "2026-03-05T17:00:00+07:00",
}
HOURS = {
    "id": "h",
    "op": "add_working_seconds",
    "calendar": {"tz": "UTC", "weekly": {"mon": [["08:00", "24:00"]]}},
    "start": "2026-03-02T23:59:59Z",
    "amount": 0.5,
    "expect": "2026-03-02T23:59:59.5Z",
}
DAYS = HOURS | {"op": "add_working_days", "start": "2026-03-02", "expect": "2026-03-09"}


def run(folder: Path, text: str) -> Result:
    file = folder / "vectors.json"
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(conformance, [str(file), "--json"])
    assert result.exception is None or isinstance(result.exception, Exception | SystemExit)
    return result


def check(folder: Path, *vectors: object) -> dict[str, Any]:
    answer = json.loads(run(folder, json.dumps({"vectors": vectors})).stdout)
    assert isinstance(answer, dict)
    return answer


def test_every_vector_passes_without_database_or_settings() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tthc", "conformance", *map(str, VECTORS), "--json"],
        capture_output=True,
        text=True,
        check=True,
        env={"TTHC_DATABASE_URL": "postgresql://nowhere.invalid/none"},
    )
    assert json.loads(done.stdout) == {"passed": 309, "failed": 0, "failures": []}


def test_a_wrong_answer_fails_and_says_what_came_out(tmp_path: Path) -> None:
    expect = "2026-03-06T17:00:00+07:00"
    result = run(tmp_path, json.dumps({"vectors": [DUE | {"expect": expect}, DUE]}))
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "passed": 1,
        "failed": 1,
        "failures": [{"id": "a", "expect": expect, "got": "2026-03-05T17:00:00+07:00"}],
    }


def test_instants_compare_as_instants_and_fractions_of_seconds_count(tmp_path: Path) -> None:
    elsewhere = DUE | {"expect": "2026-03-05T10:00:00Z"}
    assert check(tmp_path, elsewhere, HOURS) == {"passed": 2, "failed": 0, "failures": []}


def test_a_case_still_suspended_has_no_due_date(tmp_path: Path) -> None:
    asked = {"from": "2026-03-03T09:00:00+07:00"}
    for suspension in (asked, asked | {"to": None}):
        vector = DUE | {"suspensions": [suspension], "suspension_rule": "shift", "expect": None}
        assert check(tmp_path, vector)["passed"] == 1


@pytest.mark.parametrize(
    ("vector", "said"),
    [
        (17, "đối tượng JSON"),
        ({}, "thiếu mục 'expect'"),
        (DUE | {"op": "guess"}, "'op' là 'guess'"),
        (DUE | {"calendar": "fr"}, "Không có lịch 'fr'"),
        (DUE | {"calendar": 3}, "'calendar'"),
        (DUE | {"calendar": {"tz": "Asia/Nowhere", "weekly": {"mon": []}}}, "múi giờ"),
        (DUE | {"calendar": {"tz": "UTC", "weekly": {"mon": []}}}, "không có giờ làm việc"),
        (DUE | {"calendar": {"tz": "UTC", "weekly": {"mon": [["17:00", "08:00"]]}}}, "mở trước"),
        (DUE | {"calendar": {"tz": "UTC", "weekly": {"mon": [["08:00"]]}}}, "Khung giờ"),
        (DUE | {"calendar": {"tz": "UTC", "weekly": {"thứ hai": []}}}, "Ngày trong tuần"),
        (DUE | {"received": "2026-03-02T09:00:00"}, "thiếu múi giờ"),
        (DUE | {"received": "hôm nay"}, "thời điểm ISO 8601"),
        (DUE | {"term": 3}, "'term'"),
        (DUE | {"term": {"amount": "3", "unit": "working_day"}}, "không phải một số"),
        (DUE | {"term": {"amount": -1, "unit": "working_day"}}, "không âm"),
        (DUE | {"term": {"amount": 1.5, "unit": "month"}}, "số nguyên"),
        (DUE | {"term": {"unit": "working_day"}}, "thiếu mục 'amount'"),
        (DUE | {"mode": "noon"}, "'mode' là 'noon'"),
        (DUE | {"cutoff": "ba giờ"}, "không phải một giờ"),
        (DUE | {"suspensions": [["a", "b"]]}, "'suspensions'"),
        (DUE | {"suspensions": [{"from": None}]}, "thời điểm ISO 8601"),
        (DUE | {"received": "2031-03-02T09:00:00+07:00"}, "chưa có năm 2031"),
        (HOURS | {"amount": -1}, "không được âm"),
        (HOURS | {"amount": True}, "không phải một số"),
        (HOURS | {"pauses": [["2026-03-02T00:00:00Z"]]}, "một cặp"),
        (HOURS | {"pauses": [["2026-03-02T00:00:00Z", None]]}, "đang tạm dừng"),
        (
            HOURS | {"pauses": [["2026-03-02T09:00:00Z", "2026-03-02T08:00:00Z"]]},
            "không được trước",
        ),
        (HOURS | {"amount": 10**30}, "chưa có năm"),
        (HOURS | {"start": "9999-12-31T23:59:59Z"}, "chưa có năm 9999"),
        (DAYS | {"amount": 1.5}, "số nguyên"),
        (DAYS | {"start": "2026-02-30"}, "không phải một ngày"),
    ],
)
def test_what_cannot_be_run_fails_with_a_sentence(
    vector: object, said: str, tmp_path: Path
) -> None:
    answer = check(tmp_path, vector)
    assert (answer["passed"], answer["failed"]) == (0, 1)
    assert said in answer["failures"][0]["got"]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"vectors": []}', '{"vectors": [NaN]}'])
def test_a_file_that_holds_no_vectors_is_refused(text: str, tmp_path: Path) -> None:
    result = run(tmp_path, text)
    assert result.exit_code == 1
    assert "vectors.json" in str(result.exception)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(conformance, [str(tmp_path / "none.json")])
    assert "none.json" in str(result.exception)
