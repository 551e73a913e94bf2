"""An oracle in plain Python: metrics, sections 1 to 4, for one case and one period."""

from datetime import date, datetime, timedelta
from typing import Any

from tthc import clock
from tthc.domain.period import Period

Facts = dict[str, Any]


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


def in_period(case: Facts, as_of: datetime, period: Period) -> set[str]:
    """What the case counts as in a period."""
    found: set[str] = set()
    if case["state"] in {1, 3, 7, 8} or case["overdue_at"] is None:
        return found
    cut = min(as_of, clock.start_of(period.end) - timedelta(microseconds=1))
    received, finished = case["received_on"], case["finished_on"]
    over = finished is not None and finished < period.end
    if period.start <= received < period.end:
        found.add("received")
    elif received < period.start and (finished is None or finished >= period.start):
        found.add("carried_over")
    if finished is not None and period.start <= finished < period.end:
        late = case["resolved_at"] >= case["overdue_at"]
        found |= {"resolved", "resolved_late" if late else "resolved_in_time"}
    if received < period.end and not over:
        found.add("open")
        suspended = case["suspended_at"]
        overdue = suspended >= case["overdue_at"] if suspended else case["overdue_at"] <= cut
        found.add("open_overdue" if overdue else "open_in_time")
    return found


def rates(cases: list[Facts], as_of: datetime, period: Period) -> dict[str, tuple[int, int]]:
    """D1, D2, D5 and the letters of a list of cases: numerator, denominator."""
    sets = [(case, in_period(case, as_of, period)) for case in cases]

    def count(*names: str) -> int:
        return sum(1 for _, found in sets if found & set(names))

    to_resolve = count("received", "carried_over")
    owing = count("resolved_late", "open_overdue")
    without = sum(
        1
        for case, found in sets
        if found & {"resolved_late", "open_overdue"} and case["letter_issued_at"] is None
    )
    re_promised = [
        (case, found)
        for case, found in sets
        if found & {"received", "carried_over"} and case["re_promised_at"] is not None
    ]
    received_in_time = sum(
        1
        for case, found in sets
        if "received" in found
        and case["resolved_at"] is not None
        and case["resolved_at"] < case["overdue_at"]
    )
    burdened = sum(
        1
        for _, found in sets
        if found & {"received", "carried_over"} and found & {"resolved_late", "open_overdue"}
    )
    return {
        "on_time/resolved": (count("resolved_in_time"), count("resolved")),
        "on_time/burden": (to_resolve - burdened, to_resolve),
        "on_time/received": (received_in_time, count("received")),
        "letters/overdue_without": (without, owing),
        "letters/compliance": (owing - without, owing),
        "letters/on_time": (
            sum(
                1
                for case, found in sets
                if found & {"resolved_late", "open_overdue"} and sent_a_day_before(case)
            ),
            owing,
        ),
        "letters/second_miss": (
            sum(1 for case, found in re_promised if missed_again(case, found, as_of, period)),
            len(re_promised),
        ),
    }


def sent_a_day_before(case: Facts) -> bool:
    """The decrees' policy; a term that ends on the day of receipt is met by its due date."""
    if case["letter_sent_at"] is None:
        return False
    early: timedelta = case["due_on"] - case["letter_sent_on"]
    return early.days >= (0 if case["due_on"] == case["received_on"] else 1)


def missed_again(case: Facts, found: set[str], as_of: datetime, period: Period) -> bool:
    """Whether the local date of the letter was over without a result, in a period."""
    if not found & {"resolved_late", "open_overdue"}:
        return False
    if "resolved_late" in found:
        later: bool = case["resolved_on"] > case["re_promised_on"]
        return later
    if case["suspended_at"] is not None:
        again: bool = case["suspended_at"] > case["re_promised_at"]
        return again
    last = min(clock.local_date(as_of), period.end - timedelta(days=1))
    over: bool = case["re_promised_on"] < last
    return over


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
    }
