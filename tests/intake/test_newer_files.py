"""A newer file about cases that the ledger knows: adds, corrects, leaves alone."""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from tests.imports import IMPORTED, Office, profile
from tests.ledger import fold
from tthc.domain.errors import BusyError
from tthc.domain.events import Event, seal
from tthc.intake.importing import ImportReport

COLUMNS = {
    "case_code": "code",
    "receiving_unit": "unit",
    "competent_unit": "competent",
    "channel": "channel",
    "received_at": "received",
    "due_at": "due",
    "resolved_at": "resolved",
    "returned_at": "returned",
    "state": "state",
    "officer": "officer",
    "applicant_name": "applicant",
    "letter_number": "letter",
    "letter_sent_at": "sent",
    "letter_new_due_at": "new_due",
    "e_result": "electronic",
    "fee_amount": "fee",
    "fee_paid_at": "paid",
    "outcome": "outcome",
    "cause": "cause",
    "out_of_territory": "outside",
}
PROFILE = profile(COLUMNS)
FIRST = {"code": "H-1", "unit": "A", "channel": "online", "received": "2026-03-02 08:00"}
ZERO = "00:00.000000+00:00"
NEXT_DAY = IMPORTED + timedelta(days=1)


def take(office: Office, *rows: dict[str, str], at: datetime = NEXT_DAY) -> ImportReport:
    names = list(COLUMNS.values())
    lines = [names, *([{**FIRST, **row}.get(name, "") for name in names] for row in rows)]
    return office.take("".join(",".join(line) + "\n" for line in lines), PROFILE, at=at)


def counted(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.rejected


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text + "+07:00").astimezone(UTC)


def test_a_new_fact_is_a_new_act_and_the_rest_stands(office: Office) -> None:
    take(office, {"due": "2026-03-05", "officer": "an"}, at=IMPORTED)
    before = office.events("H-1")
    report = take(office, {"resolved": "2026-03-04 10:00"})
    assert counted(report) == (0, 1, 0, 0)
    after = office.events("H-1")
    assert after[:-1] == before
    assert (after[-1].type, after[-1].seq, after[-1].replaces) == ("resolved", 2, None)
    assert after[-1].occurred_at == instant("2026-03-04T10:00")
    assert after[-1].recorded_at == NEXT_DAY
    case = office.case("H-1")
    assert (case["state"], case["officer"]) == (9, "an")
    assert case["overdue_at"] == instant("2026-03-06T00:00")
    office.prove()


def test_a_changed_fact_corrects_the_act_that_decided_it(office: Office) -> None:
    take(office, {"due": "2026-03-05", "resolved": "2026-03-04 10:00"}, at=IMPORTED)
    assert counted(take(office, {"due": "2026-03-09", "resolved": "2026-03-06 11:00"})) == (
        0,
        1,
        0,
        0,
    )
    events = office.events("H-1")
    assert [(e.type, e.replaces) for e in events] == [
        *(("received", None), ("resolved", None), ("corrected", 1), ("corrected", 2))
    ]
    mended = json.loads(events[2].change)
    assert mended == {
        **json.loads(events[0].change),
        **dict.fromkeys(
            ("first_due_at", "promised_due_at", "due_at"), "2026-03-09T10:00:00.000000+00:00"
        ),
        **dict.fromkeys(("promised_overdue_at", "overdue_at"), "2026-03-09T17:00:00.000000+00:00"),
    }
    assert json.loads(events[3].change)["resolved_at"] == "2026-03-06T04:00:00.000000+00:00"
    assert "tệp 2.csv" in json.loads(events[2].payload or "")["reason"]
    assert events[3].effective_at == instant("2026-03-06T11:00")
    # what was known before the newer file is not forgotten
    then = fold(events, datetime.max.replace(tzinfo=UTC), IMPORTED)
    assert then is not None
    assert then["resolved_at"] == instant("2026-03-04T10:00")
    office.prove()


def test_blank_cells_say_nothing_and_erase_nothing(office: Office) -> None:
    full = {
        **FIRST, "due": "2026-03-05", "resolved": "2026-03-04", "returned": "2026-03-05",
        "state": "10", "officer": "an", "applicant": "Bà Tư", "letter": "1", "sent": "2026-03-03",
        "new_due": "2026-03-10", "electronic": "yes", "fee": "1000", "paid": "2026-03-02 09:00",
        "outcome": "refused", "cause": "staff", "outside": "yes", "competent": "B",
    }  # fmt: skip
    take(office, full, at=IMPORTED)
    before = office.case("H-1"), office.events("H-1")
    assert counted(take(office, dict.fromkeys(full, "") | {"code": "H-1"})) == (0, 0, 1, 0)
    assert counted(take(office, {})) == (0, 0, 1, 0)
    assert counted(take(office, full, {"code": "H-2"})) == (1, 0, 1, 0)
    assert (office.case("H-1"), office.events("H-1")) == before
    assert office.ask("SELECT name FROM applicants") == [{"name": "Bà Tư"}]


def test_a_name_changes_without_an_event(office: Office) -> None:
    take(office, {}, {"code": "H-2", "applicant": "Ông Năm"}, at=IMPORTED)
    before = office.history()
    report = take(office, {"applicant": "Bà Tư"}, {"code": "H-2", "applicant": "Ông Sáu"})
    assert counted(report) == (0, 2, 0, 0)
    assert office.history() == before
    names = office.ask("SELECT name FROM applicants ORDER BY case_id")
    assert [row["name"] for row in names] == ["Bà Tư", "Ông Sáu"]


def test_a_later_receipt_takes_along_what_took_effect_with_it(office: Office) -> None:
    take(office, {"state": "4", "letter": "1"}, at=IMPORTED)
    take(office, {"state": "4", "received": "2026-03-09 08:00"})
    case = office.case("H-1")
    assert (case["state"], case["received_at"]) == (4, instant("2026-03-09T08:00"))
    assert case["submitted_at"] == case["received_at"]
    office.prove()


@pytest.mark.parametrize(
    ("earlier", "later", "state", "suspended"),
    [
        ({"state": "5"}, {"state": "4"}, 4, False),
        ({"state": "5"}, {"state": "2"}, 2, False),
        ({"state": "4"}, {"state": "5"}, 5, True),
        ({"state": "5"}, {"state": "6"}, 6, True),
        ({"state": "5"}, {"state": "9", "resolved": "2026-03-04"}, 9, False),
        ({"state": "5"}, {"resolved": "2026-03-04"}, 9, False),
        ({"state": "1"}, {"state": "2", "due": "2026-03-05"}, 2, False),
        ({"state": "1"}, {"state": "3"}, 3, False),
        ({"state": "3"}, {"state": "2"}, 2, False),
        ({"state": "7"}, {"state": "4"}, 4, False),
        ({"state": "8"}, {"state": "9", "resolved": "2026-03-04"}, 9, False),
        ({"resolved": "2026-03-04"}, {"state": "8"}, 8, False),
        ({"resolved": "2026-03-04"}, {"state": "10"}, 10, False),
        ({"resolved": "2026-03-04"}, {"state": "4"}, 9, False),
        ({"state": "10", "resolved": "2026-03-04"}, {"state": "9"}, 9, False),
        ({"returned": "2026-03-06"}, {"resolved": "2026-03-04"}, 10, False),
        ({"returned": "2026-03-06"}, {"returned": "2026-03-07"}, 10, False),
        ({"new_due": "2026-03-06"}, {"letter": "1"}, 2, False),
    ],
)
def test_states_that_a_newer_file_tells(
    office: Office,
    earlier: dict[str, str],
    later: dict[str, str],
    state: int,
    suspended: bool,  # noqa: FBT001  # pytest passes parameters by name
) -> None:
    take(office, earlier, at=IMPORTED)
    report = take(office, later)
    assert report.rejected == 0
    case = office.case("H-1")
    assert (case["state"], case["suspended_at"] is not None) == (state, suspended)
    if "returned" in earlier:
        ready = "2026-03-04" if "resolved" in later else "2026-03-07"
        assert case["resolved_at"] == instant(f"{ready}T00:00")
    office.prove()
    assert counted(take(office, {**later, "applicant": "x"}))[0] == 0
    assert office.case("H-1") == case


def test_required_cells_may_be_blank_only_for_a_known_case(office: Office) -> None:
    take(office, {}, at=IMPORTED)
    unsaid = {"unit": "", "channel": "", "received": ""}
    report = take(office, {**unsaid, "officer": "an"}, {**unsaid, "code": "H-2"})
    assert counted(report) == (0, 1, 0, 1)
    (row,) = office.ask("SELECT reasons FROM import_rejects")
    assert len(row["reasons"]) == 3
    assert office.case("H-1")["officer"] == "an"


def add_acts(office: Office, *changes: tuple[str, dict[str, Any]]) -> None:
    """What clerks did in the system since, as the application writes it."""

    async def write() -> None:
        connection = await asyncpg.connect(office.server.owner_url)
        case = office.case("H-1")
        events, head = office.events("H-1"), case["head"]
        for kind, change in changes:
            at = events[-1].effective_at + timedelta(hours=1)
            text = json.dumps(change)
            event = Event("H-1", len(events) + 1, kind, at, at, at, "an", None, None, text)
            head = seal(head, event)
            await connection.execute(
                "INSERT INTO case_events (case_id, seq, type, occurred_at, effective_at, "
                "recorded_at, actor, change, hash) VALUES ($1,$2,$3,$4,$4,$4,$5,$6,$7)",
                *(case["id"], event.seq, kind, at, "an", text, head),
            )
            sets = ", ".join(f"{name} = '{value}'" for name, value in change.items())
            await connection.execute(
                f"UPDATE cases SET {sets}, version = $1, head = $2, last_effective_at = $3, "
                "last_recorded_at = greatest(last_recorded_at, $3) WHERE code = 'H-1'",
                *(event.seq, head, at),
            )
            events.append(event)
        await connection.close()

    asyncio.run(write())


def test_what_was_done_in_the_system_is_not_undone(office: Office) -> None:
    take(office, {"officer": "an", "due": "2026-03-05"}, at=IMPORTED)
    suspended = "2026-03-03T00:00:00+00:00"
    add_acts(
        office,
        ("transferred", {"officer": "bình"}),
        ("suspended", {"state": 5, "suspended_at": suspended, "supplements": 1}),
    )
    assert counted(take(office, {"due": "2026-03-05"})) == (0, 0, 1, 0)
    before = office.case("H-1")
    report = take(office, {"state": "4"})
    assert counted(report) == (0, 0, 0, 1)
    assert office.case("H-1") == before
    # a fact beside it is taken, and a new officer corrects the act that named the last one
    assert counted(take(office, {"officer": "chi", "electronic": "yes"})) == (0, 1, 0, 0)
    case = office.case("H-1")
    assert (case["officer"], case["state"], case["e_result"]) == ("chi", 5, "yes")
    corrections = {e.replaces for e in office.events("H-1") if e.type == "corrected"}
    assert 2 in corrections
    office.prove()


BLANK = {"unit": "", "channel": "", "received": ""}
SAID = {
    "due": ["2026-03-05", "2026-03-06 09:00", "2026-03-01"],
    "received": ["2026-03-02 08:00", "2026-03-03", "2026-03-10"],
    "resolved": ["2026-03-02 08:00", "2026-03-04", "2026-02-20"],
    "returned": ["2026-03-05", "2026-03-04", "2026-02-21"],
    "state": [*map(str, range(1, 9))],
    "officer": ["an", "bình"],
    "letter": ["1", "2"],
    "sent": ["2026-03-03", "2026-03-11"],
    "new_due": ["2026-03-08", "2026-03-09"],
    "electronic": ["yes", "no", "unknown"],
    "fee": ["1000", "1000.5"],
    "paid": ["2026-03-02", "2026-03-12"],
    "outcome": ["granted", "refused"],
    "cause": ["staff", "system"],
    "outside": ["yes", "no"],
    "competent": ["A", "B"],
    "unit": ["A", "C"],
    "channel": ["online", "post"],
}


@pytest.mark.parametrize("number", range(60 if os.environ.get("TTHC_HEAVY") else 3))
def test_any_files_one_after_another_fold_to_what_they_say(office: Office, number: int) -> None:
    """Forty cases, three files: the row is the fold, and says what the files said last."""
    seed, codes = Random(number), [f"H-{n}" for n in range(40)]
    said: dict[str, dict[str, str]] = {code: {} for code in codes}
    for at in range(3):
        rows = [{**invented(seed, first=not at), "code": code} for code in codes]
        report = take(office, *rows, at=IMPORTED + timedelta(days=at))
        assert report.rejected == 0
        again = take(office, *rows, {"code": f"{codes[0]}-{at}"}, at=NEXT_DAY)
        assert counted(again) == (1, 0, 40, 0)
        for row in rows:
            said[row["code"]] |= {name: value for name, value in row.items() if value}
    office.prove()
    cases = office.cases()
    for code, row in said.items():
        case = cases[code]
        assert case["officer"] == row.get("officer")
        assert case["cause"] == row.get("cause")
        assert case["e_result"] == row.get("electronic", "unknown")
        assert case["channel"] == row.get("channel", "online")
        assert case["letter_number"] == row.get("letter")
        assert (case["fee_paid_at"] is None) == ("paid" not in row)
        assert (case["re_promised_at"] is None) == ("new_due" not in row)
        assert (case["state"] in (3, 7, 8)) == (row.get("state") in ("3", "7", "8"))


def invented(seed: Random, *, first: bool) -> dict[str, str]:
    """A row that says some things and leaves others blank."""
    kept = {name: seed.choice(values) for name, values in SAID.items() if seed.random() < 0.4}
    return {**({} if first else BLANK), **kept}


def test_a_case_that_someone_writes_meanwhile_stops_the_import(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(office, {}, at=IMPORTED)
    from tthc.intake import updating

    hold = updating._hold

    def late(*args: Any) -> None:
        add_acts(office, ("transferred", {"officer": "bình"}))
        hold(*args)

    monkeypatch.setattr(updating, "_hold", late)
    with pytest.raises(BusyError, match="nhập lại"):
        take(office, {"officer": "an"})
    assert office.case("H-1")["officer"] == "bình"
    office.prove()
