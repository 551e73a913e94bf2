"""An oracle in plain Python: metrics, sections 1 to 4, for one case and one period."""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from typing import Any

from tthc import clock
from tthc.rules.calendars import calendar

Facts = dict[str, Any]
CALENDAR = calendar()
WORKED = CALENDAR.working_days()


def bucket(case: Facts, as_of: datetime) -> str:
    """The bucket of the partition, decided in the order of metrics, section 1."""
    before = {3: "refused_at_desk", 7: "withdrawn", 8: "stopped", 1: "awaiting_acceptance"}
    if case["state"] in before:
        return before[case["state"]]
    if case["overdue_at"] is None:
        return "no_due_date"
    if case["resolved_at"] is not None:
        if case["resolved_at"] >= case["overdue_at"]:
            return "late"
        return "early" if case["resolved_on"] < case["due_on"] else "on_time"
    if case["suspended_at"] is not None:
        after = case["suspended_at"] >= case["overdue_at"]
        return "suspended_after_due" if after else "suspended"
    return "open_overdue" if as_of >= case["overdue_at"] else "open_in_time"


def fill_dates(case: Facts) -> Facts:
    """The generated columns of a case's facts."""

    def on(*names: str) -> date | None:
        instants = [case[name] for name in names if case[name] is not None]
        return clock.local_date(max(instants)) if instants else None

    def last_in_time(overdue: str) -> date | None:
        at = case[overdue]
        return clock.local_date(at - timedelta(microseconds=1)) if at else None

    ends = [case[name] for name in ("resolved_at", "returned_at", "ended_at") if case[name]]
    first_end = min(ends) if ends else None
    later = [each for each in (first_end, case["received_at"]) if each]
    last = [
        case[name]
        for name in ("resolved_at", "ended_at", "submitted_at", "received_at")
        if case[name]
    ]
    over = case["resolved_at"] is not None or case["state"] in {3, 7, 8}
    return case | {
        "submitted_on": on("submitted_at"),
        "received_on": on("received_at"),
        **{
            f"{basis}due_on": last_in_time(f"{basis}overdue_at")
            for basis in ("promised_", "", "statutory_")
        },
        "resolved_on": on("resolved_at"),
        "letter_sent_on": on("letter_sent_at"),
        "re_promised_on": on("re_promised_at"),
        "finished_on": on("resolved_at", "received_at") if case["resolved_at"] else None,
        "end_766_at": first_end,
        "end_766_on": clock.local_date(max(later)) if first_end else None,
        "active_until": clock.local_date(max(last)) if over else None,
        "received_ordinal": ordinal(on("received_at")),
        "finished_ordinal": ordinal(
            on("resolved_at", "received_at") if case["resolved_at"] else None
        ),
        "due_ordinal": ordinal(last_in_time("overdue_at")),
        "promised_due_ordinal": ordinal(last_in_time("promised_overdue_at")),
        "statutory_due_ordinal": ordinal(last_in_time("statutory_overdue_at")),
    }


def ordinal(day: date | None) -> int | None:
    """How many working days the packaged calendar has up to and on a date."""
    if day is None or not CALENDAR.years or day.year not in CALENDAR.years:
        return None
    return bisect_right(WORKED, day)
