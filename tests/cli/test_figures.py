"""The real log through the commands, at any cut-off, against a count over the file itself."""

import csv
import gzip
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.databases import Databases
from tests.imports import Office
from tthc import clock
from tthc.cli import tthc

LOG = Path(str(files("tthc.intake"))) / "logs" / "coselog-receipt.csv.gz"
END = "2012-01-23T15:42:54.644+01:00"
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def environment(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A database that holds the log, and the settings that lead to it."""
    import asyncio

    server = asyncio.run(databases.copy())
    Office(server, tmp_path_factory.mktemp("log")).take(LOG, "coselog-receipt")
    yield {
        "TTHC_DATABASE_URL": server.app_url,
        "TTHC_NIGHT_DATABASE_URL": server.night_url,
        "TTHC_OWNER_DATABASE_URL": server.owner_url,
    }
    asyncio.run(databases.drop(server))


@pytest.fixture
def call(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return lambda *line: CliRunner().invoke(tthc, line)


@pytest.fixture
def ask(call: Callable[..., Result]) -> Run:
    def run(*line: str) -> dict[str, Any]:
        answer = call(*line, "--json")
        assert answer.exit_code == 0, answer.output + str(answer.exception)
        assert answer.stderr == ""
        document: dict[str, Any] = json.loads(answer.stdout)
        return document

    return run


def rows() -> list[dict[str, Any]]:
    """The log as it is written, in instants."""
    with gzip.open(LOG, "rt", encoding="utf-8") as file:
        return [
            {
                "received": datetime.fromisoformat(row["start"]),
                "due": datetime.fromisoformat(row["deadline"]),
                "end": datetime.fromisoformat(row["end"]) if row["end"] else None,
                "code": row["case_id"],
            }
            for row in csv.DictReader(file)
        ]


def verdict(row: dict[str, Any], as_of: datetime) -> str | None:
    if row["received"] > as_of:
        return None
    if row["end"] and max(row["end"], row["received"]) <= as_of:
        return "late" if row["end"] > row["due"] else "in time"
    return "open_overdue" if row["due"] < as_of else "open_in_time"


def test_the_log_s_end(ask: Run) -> None:
    document = ask("partition", "--as-of", END)
    (row,) = document["rows"]
    assert row["early"] + row["on_time"] == 952
    assert (row["late"], row["open_in_time"], row["open_overdue"]) == (377, 66, 39)
    assert (row["total"], document["unclassified"]) == (1434, 0)


def test_any_earlier_cut_gives_that_day_s_partition(ask: Run) -> None:
    log = rows()
    dice = random.Random(11)
    edges = [row[name] for row in log for name in ("received", "due", "end") if row[name]]
    cuts = [dice.choice(edges) + timedelta(microseconds=dice.choice((-1, 0, 1))) for _ in range(12)]
    for cut in cuts:
        expected = Counter(verdict(row, cut) for row in log)
        (row,) = ask("partition", "--as-of", cut.isoformat())["rows"]
        assert row["early"] + row["on_time"] == expected["in time"], cut
        for name in ("late", "open_in_time", "open_overdue"):
            assert row[name] == expected[name], (name, cut)


def test_before_the_import_nothing_was_known(ask: Run) -> None:
    (row,) = ask("partition", "--as-of", END, "--known-at", "2012-06-01")["rows"]
    assert row["total"] == 0


def test_the_monthly_flow(ask: Run) -> None:
    """Carried over + received = resolved + open, for 16 month-ends."""
    log = rows()
    month = date(2010, 10, 1)
    while month < date(2012, 2, 1):
        after = (month + timedelta(days=32)).replace(day=1)
        start, end = clock.start_of(month), clock.start_of(after)
        done = [max(row["end"], row["received"]) if row["end"] else None for row in log]
        received = sum(start <= row["received"] < end for row in log)
        carried = sum(
            row["received"] < start and (at is None or at >= start)
            for row, at in zip(log, done, strict=True)
        )
        resolved = sum(at is not None and start <= at < end for at in done)
        period = f"month:{month:%Y-%m}"
        last = (end - timedelta(microseconds=1)).isoformat()

        def count(where: str, period: str = period, last: str = last) -> int:
            asked = ("--period", period, "--as-of", last, "--limit", "1")
            total: int = ask("cases", "--where", where, *asked)["total"]
            return total

        assert count("received_in") == received
        assert count("carried_over") == carried
        assert count("resolved_in") == resolved
        assert count("open_at_end") == received + carried - resolved
        month = after


def test_five_rates_over_the_whole_log(ask: Run) -> None:
    def figure(name: str) -> tuple[int, int, str | None]:
        span = ("--from", "2010-01-01", "--to", "2012-02-01", "--as-of", END)
        (row,) = ask("figures", "--definition", name, *span)["rows"]
        return row["numerator"], row["denominator"], row["percent"]

    log = rows()
    end = datetime.fromisoformat(END)
    due = [row for row in log if row["due"] <= end]
    met = [row for row in due if row["end"] and row["end"] <= row["due"]]
    assert figure("on_time/resolved") == (952, 1329, "71.63")
    assert figure("on_time/burden") == (1018, 1434, "70.99")
    assert figure("on_time/766") == (1018, 1434, "70.99")
    assert figure("on_time/received") == (952, 1434, "66.39")
    assert figure("on_time/due")[:2] == (len(met), len(due))
    assert figure("letters/overdue_without") == (416, 416, "100.00")
    assert figure("online/received") == (1250, 1434, "87.17")


def test_where_a_datum_is_missing_the_reason_is_the_answer(ask: Run) -> None:
    (row,) = ask("figures", "--definition", "online/full", "--period", "year:2011")["rows"]
    assert row["percent"] is None
    assert "chưa biết mức độ trực tuyến" in row["reason"]
    (row,) = ask("figures", "--definition", "on_time/resolved", "--period", "year:2020")["rows"]
    assert (row["percent"], row["denominator"]) == (None, 0)


def test_dimensions_split_the_whole(ask: Run) -> None:
    span = ("--definition", "on_time/resolved", "--period", "year:2011")
    (whole,) = ask("figures", *span)["rows"]
    for by in ("channel", "unit", "level", "sector", "procedure", "unit,channel"):
        parts = ask("figures", *span, "--by", by)["rows"]
        assert sum(row["denominator"] for row in parts) == whole["denominator"]
        assert sum(row["numerator"] for row in parts) == whole["numerator"]
    assert {row["channel"] for row in ask("figures", *span, "--by", "channel")["rows"]} == {
        *("online", "counter", "post", "other"),
    }
    (unit,) = ask("figures", *span, "--unit", "WABO")["rows"]
    assert unit == whole


def test_pages_of_cases_hold_every_case_once(ask: Run) -> None:
    asked = ("cases", "--where", "open_overdue", "--as-of", END, "--limit", "7")
    page = ask(*asked)
    found = page["items"]
    while page["next_cursor"]:
        page = ask(*asked, "--cursor", page["next_cursor"])
        found += page["items"]
    assert page["total"] == 39
    codes = [item["case_code"] for item in found]
    expected = {
        row["code"] for row in rows() if verdict(row, datetime.fromisoformat(END)) == "open_overdue"
    }
    assert len(codes) == 39
    assert set(codes) == expected
    delays = [item["late_working_days"] for item in found]
    assert delays == sorted(delays, reverse=True)


def test_cases_that_end_before_they_start_are_signalled(ask: Run) -> None:
    found = ask("cases", "--where", "resolved_before_received")
    assert {item["case_code"] for item in found["items"]} == {"case-10862", "case-8267"}


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (
            ("figures", "--definition", "on_time/all", "--period", "year:2011"),
            1,
            "on_time/resolved",
        ),
        (
            ("figures", "--definition", "on_time/due", "--period", "month:2011-13"),
            1,
            "month:2026-03",
        ),
        (("figures", "--definition", "on_time/due", "--period", "moon:2011"), 1, "quarter"),
        (("figures", "--definition", "on_time/due"), 2, "--period"),
        (
            ("figures", "--definition", "on_time/due", "--from", "2011-02-01", "--to", "x"),
            2,
            "2026-03-05",
        ),
        (
            (
                "figures",
                "--definition",
                "on_time/due",
                "--from",
                "2011-02-01",
                "--to",
                "2011-02-01",
            ),
            1,
            "--from",
        ),
        (
            ("figures", "--definition", "on_time/766@promised", "--period", "year:2011"),
            1,
            "promised",
        ),
        (
            ("figures", "--definition", "on_time/due", "--period", "year:2011", "--by", "colour"),
            1,
            "sector",
        ),
        (("partition", "--as-of", "2011-02-30"), 1, "2026-03-05"),
        (("partition", "--as-of", "2011-02-03T10:00:00"), 1, "múi giờ"),
        (("partition", "--unit", "nowhere"), 1, "nowhere"),
        (("cases", "--where", "ugly"), 1, "open_overdue"),
        (("cases", "--where", "late; drop table cases"), 1, "open_overdue"),
        (("cases", "--where", "received_in"), 1, "kỳ"),
        (("cases", "--where", "late", "--cursor", "junk"), 1, "từ đầu"),
        (("cases", "--where", "late", "--limit", "0"), 2, "limit"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(
    call: Callable[..., Result], line: tuple[str, ...], code: int, said: str
) -> None:
    answer = call(*line)
    words = answer.output if answer.exit_code == 2 else str(answer.exception)
    assert said in words
    assert (answer.exit_code == 2) == (code == 2)


def test_tables_for_people(call: Callable[..., Result]) -> None:
    text = call("figures", "--definition", "on_time/resolved", "--period", "year:2011").stdout
    assert "70,96" in text
    assert "đã giải quyết trong kỳ" in text
    assert "1.434" in call("partition", "--as-of", END, "--by", "channel").stdout
    assert "39 hồ sơ" in call("cases", "--where", "open_overdue", "--as-of", END).stdout


def test_utc_and_vietnam_are_one_instant(ask: Run) -> None:
    at = datetime.fromisoformat(END)
    zones = [at.astimezone(UTC).isoformat(), at.astimezone(clock.VIETNAM).isoformat(), END]
    answers = [ask("partition", "--as-of", zone)["rows"] for zone in zones]
    assert answers[0] == answers[1] == answers[2]


def test_a_number_opens_its_cases_and_a_case_its_events(
    ask: Run, call: Callable[..., Result]
) -> None:
    cut = ("--as-of", END)
    (row,) = ask("partition", *cut)["rows"]
    listed = ask("cases", "--where", "open_overdue", "--limit", "100", *cut)
    assert listed["total"] == len(listed["items"]) == row["open_overdue"]
    code = listed["items"][0]["case_code"]
    case = ask("case", code)
    assert case["case_code"] == code
    assert case["due_at"] == listed["items"][0]["due_at"]
    assert [each["seq"] for each in case["events"]] == list(range(1, len(case["events"]) + 1))
    assert "applicant" not in case
    told = call("case", code).stdout
    assert f"{code}: " in told
    assert "chưa có" in told
    assert all(each["name"][:6] in told for each in case["events"])
    missing = call("case", code, "--world", "simulated")
    assert (missing.exit_code, "Không có hồ sơ" in str(missing.exception)) == (1, True)
