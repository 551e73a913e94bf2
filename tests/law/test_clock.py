"""The situations of clock.toml: rows that a legal officer can read, check and add to."""

import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tthc.domain.amendment import CalendarDecision, amended
from tthc.domain.calendar import VIETNAM, Calendar
from tthc.domain.deadline import (
    ClockPolicy,
    Extension,
    Mode,
    Promise,
    StartRule,
    Suspension,
    SuspensionRule,
    Term,
    TermUnit,
    delay,
    promise,
)
from tthc.domain.errors import RuleError
from tthc.domain.hours import WEEKDAYS, week
from tthc.rules.calendars import calendar

FILE = Path(__file__).with_name("clock.toml")
CASES = tomllib.loads(FILE.read_text(encoding="utf-8"), parse_float=Decimal)["case"]
KNOWN = {
    *("id", "situation", "received", "term", "cutoff", "mode", "start_rule", "suspension_rule"),
    *("suspended", "extension", "statutory_term", "hours", "calendar", "first", "promised", "due"),
    *("statutory", "verdicts", "overdue", "is_suspended", "after_due", "target", "net_days"),
    "refused",
}


def local(value: str | datetime) -> datetime:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    return read.replace(tzinfo=VIETNAM)


def calendar_of(case: dict[str, Any]) -> Calendar:
    made = calendar()
    if "hours" in case:
        made = made.overlaid(week=week(dict.fromkeys(WEEKDAYS[:5], case["hours"])))
    if case.get("calendar") == "before 2026-08-10":
        undone = CalendarDecision(
            "before",
            "Chưa hoán đổi",
            "",
            days_worked={date(2026, 8, 31): ""},
            days_off={date(2026, 8, 22): ""},
        )
        made = amended(made, undone)
    return made


def term_of(case: dict[str, Any], key: str) -> Term | None:
    if key not in case:
        return None
    amount, unit = case[key]
    return Term(amount, TermUnit(unit), case.get("cutoff"))


def promise_of(case: dict[str, Any]) -> Promise:
    extension = case.get("extension")
    term = term_of(case, "term")
    assert term
    return promise(
        calendar_of(case),
        term,
        local(case["received"]),
        policy=ClockPolicy(
            StartRule(case.get("start_rule", "receipt_day_not_counted")),
            Mode(case.get("mode", "end_of_day")),
            SuspensionRule(case.get("suspension_rule", "restart")),
        ),
        suspensions=suspensions_of(case),
        statutory=term_of(case, "statutory_term"),
        extension=Extension(
            local(extension["at"]),
            Term(extension["by"][0], TermUnit(extension["by"][1])),
            extension["letter"],
            local(extension["issued"]),
        )
        if extension
        else None,
    )


def suspensions_of(case: dict[str, Any]) -> list[Suspension]:
    return [
        Suspension(local(begin), local(end) if end else None)
        for begin, end in case.get("suspended", [])
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_must_come_out(case: dict[str, Any]) -> None:
    assert set(case) <= KNOWN
    if "refused" in case:
        with pytest.raises(RuleError, match=case["refused"]):
            promise_of(case)
        return
    made = promise_of(case)
    assert made.due_at == (local(case["due"]) if "due" in case else None)
    for basis in ("first", "promised", "statutory"):
        if basis in case:
            due = getattr(made, basis)
            assert due
            assert due.due_at == local(case[basis])
    assert made.is_suspended == case.get("is_suspended", False)
    assert made.is_suspended_after_due == case.get("after_due", False)
    target = made.working_target
    assert (target and target.due_at) == (local(case["target"]) if "target" in case else None)
    for instant, overdue in case.get("overdue", {}).items():
        assert made.current
        assert made.current.is_over(local(instant)) is overdue


@pytest.mark.parametrize(
    ("case", "row"),
    [(case, row) for case in CASES for row in case.get("verdicts", [])],
    ids=[f"{case['id']} {row[0]}" for case in CASES for row in case.get("verdicts", [])],
)
def test_the_verdict(case: dict[str, Any], row: list[Any]) -> None:
    result_at, basis, verdict, days = row
    made = promise_of(case)
    due = getattr(made, basis)
    assert due.verdict(local(result_at)) == verdict
    late = delay(made.calendar, due, local(result_at), suspensions_of(case))
    assert late.gross_days == days
    if "net_days" in case:
        assert late.net_days == case["net_days"]
