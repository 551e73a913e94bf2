"""1,434 real cases, counted by two independent programs before ours."""

import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.imports import IMPORTED, Office
from tests.ledger import fold

LOG = Path(str(files("tthc.intake"))) / "logs" / "coselog-receipt.csv.gz"
AS_OF = datetime.fromisoformat("2012-01-23T15:42:54.644+01:00")
# on time, late, open in time, open overdue
TRUTH = {
    "online": (835, 313, 64, 38),
    "counter": (68, 39, 1, 1),
    "post": (35, 17, 1, 0),
    "other": (14, 8, 0, 0),
}


def verdict(case: dict[str, Any]) -> int:
    if case["resolved_at"] is not None:
        return int(case["resolved_at"] >= case["overdue_at"])
    return 2 + int(case["overdue_at"] <= AS_OF)


def counted(cases: list[dict[str, Any]]) -> dict[str, tuple[int, ...]]:
    return {
        channel: tuple(
            Counter(verdict(case) for case in cases if case["channel"] == channel)[n]
            for n in range(4)
        )
        for channel in TRUTH
    }


@pytest.fixture
def log(office: Office) -> Office:
    report = office.take(LOG, "coselog-receipt")
    assert (report.rows, report.created, report.rejected) == (1434, 1434, 0)
    return office


def test_every_case_is_counted_as_the_truth_counts_it(log: Office) -> None:
    assert counted(list(log.cases().values())) == TRUTH


def test_dates_in_place_of_instants_would_count_309_late(log: Office) -> None:
    (late,) = log.ask("SELECT count(*) FROM cases WHERE resolved_on > due_on")
    assert late["count"] == 309


def test_cases_that_end_before_they_start_are_there_and_fold_to_their_end(log: Office) -> None:
    odd = {code: case for code, case in log.cases().items() if started_late(case)}
    assert sorted(odd) == ["case-10862", "case-8267"]
    for code, case in odd.items():
        received, resolved = log.events(code)
        assert resolved.occurred_at < received.occurred_at == resolved.effective_at
        assert case["state"] == 9


def started_late(case: dict[str, Any]) -> bool:
    return case["resolved_at"] is not None and case["resolved_at"] < case["received_at"]


def test_an_earlier_cut_off_gives_that_day_s_rows(log: Office) -> None:
    cut, history = datetime(2011, 6, 1, tzinfo=UTC), log.history()
    for code, case in log.cases().items():
        row = fold(history[code], cut, IMPORTED)
        if case["received_at"] > cut:
            assert row is None
        else:
            assert row is not None
            ready = case["resolved_at"] if (case["resolved_at"] or IMPORTED) <= cut else None
            assert (row.get("resolved_at"), row["due_at"]) == (ready, case["due_at"])


def test_rows_are_the_fold_of_events_that_are_chained(log: Office) -> None:
    log.prove()


def test_the_same_file_again_changes_nothing_and_says_so(log: Office) -> None:
    again = log.take(LOG, "coselog-receipt", at=IMPORTED + timedelta(days=1))
    assert again.already_imported
    assert (again.rows, again.created, again.rejected) == (1434, 1434, 0)
    assert log.ask("SELECT count(*) FROM imports") == [{"count": 1}]


def test_the_same_rows_in_another_file_are_unchanged(log: Office) -> None:
    plain = log.file(gzip.decompress(LOG.read_bytes()))
    report = log.take(plain, "coselog-receipt")
    assert (report.unchanged, report.created, report.updated) == (1434, 0, 0)
    assert not report.already_imported


def test_units_and_procedures_of_the_log_hang_under_a_root_of_their_own(log: Office) -> None:
    unit, root = log.ask(
        "SELECT code, kind, level, parent_id, root_id, valid_from, valid_to, id FROM units "
        "WHERE kind = 'imported' ORDER BY parent_id"
    )
    assert (unit["code"], unit["level"], unit["parent_id"]) == ("WABO", "commune", root["id"])
    assert unit["root_id"] == root["root_id"] == root["id"]
    assert (unit["valid_from"], unit["valid_to"], root["parent_id"]) == (None, None, None)
    (procedure,) = log.ask(
        "SELECT p.*, s.name AS sector FROM procedures p JOIN sectors s "
        "ON s.id = sector_id WHERE imported"
    )
    assert (procedure["code"], procedure["levels"]) == ("coselog-receipt", ["commune"])
    assert procedure["sector"] == "Chưa phân lĩnh vực"
