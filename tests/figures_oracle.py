"""An oracle in plain Python for every definition: metrics, sections 2 to 4b, case by case.

Written from the metrics, not from the predicates: it decides what one case counts as, and sums.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from tests.oracle import Facts, ordinal
from tthc import clock
from tthc.domain.period import Period

OWN = {"current": "", "promised": "promised_", "statutory": "statutory_"}
Counts = dict[str, tuple[bool, bool]]  # definition → is it in the denominator, in the numerator
DEFAULTS = dict.fromkeys(
    [f"on_time/{rate}" for rate in ("resolved", "burden", "due", "received")], "current"
) | {
    "letters/overdue_without": "current@exists",
    "letters/compliance": "current@exists",
    "letters/on_time": "current@sent_by_due_minus_1_day",
    "letters/second_miss": "current",
}


def figures(cases: list[Facts], as_of: datetime, period: Period) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of every variant of every definition that counts cases."""
    below: Counter[str] = Counter()
    above: Counter[str] = Counter()
    for case in cases:
        for name, (in_population, is_counted) in judge(case, as_of, period).items():
            below[name] += in_population
            above[name] += in_population and is_counted
    return {name: (above[name], below[name]) for name in below}


def judge(case: Facts, as_of: datetime, period: Period) -> Counts:
    """What one case counts as, in every variant."""
    found = others(case, as_of, period)
    for basis in OWN:
        for name, counted in by_basis(case, as_of, period, basis).items():
            plain, _, policy = name.partition("@")
            found["@".join(part for part in (plain, basis, policy) if part)] = counted
    for name, variant in DEFAULTS.items():
        found[name] = found[f"{name}@{variant}"]
    return found


class Life:
    """A case in a period, under one due basis."""

    def __init__(self, case: Facts, as_of: datetime, period: Period, basis: str) -> None:
        own = OWN[basis]
        self.case, self.period, self.as_of = case, period, as_of
        self.cut = min(as_of, clock.start_of(period.end) - timedelta(microseconds=1))
        self.due_on, self.due_at = case[f"{own}due_on"], case[f"{own}due_at"]
        self.overdue_at = case[f"{own}overdue_at"]
        self.due_ordinal = case[f"{own}due_ordinal"]
        self.counts = case["state"] not in {1, 3, 7, 8} and self.overdue_at is not None
        received, finished = case["received_on"], case["finished_on"]
        self.received = self.counts and period.start <= received < period.end
        goes_on = finished is None or finished >= period.start
        self.carried = self.counts and received < period.start and goes_on
        ended = finished is not None and period.start <= finished < period.end
        self.resolved = bool(self.counts and ended)
        self.was_late = bool(self.counts and self.is_late_at(case["resolved_at"]))
        is_open = self.counts and received < period.end
        self.open = is_open and (finished is None or finished >= period.end)
        stopped = case["suspended_at"]
        self.overdue = self.open and (
            self.is_late_at(stopped) if stopped else self.overdue_at <= self.cut
        )
        self.to_resolve = self.received or self.carried
        self.owes = (self.resolved and self.was_late) or self.overdue

    def is_late_at(self, at: datetime | None) -> bool:
        return at is not None and bool(at >= self.overdue_at)


def by_basis(case: Facts, as_of: datetime, period: Period, basis: str) -> Counts:
    """The on-time rates and the letters, which are compared by due basis."""
    life = Life(case, as_of, period, basis)
    done = case["resolved_at"] is not None
    in_time = done and life.counts and not life.was_late
    stopped = case["suspended_at"]
    due = (
        life.counts
        and life.due_on is not None
        and period.start <= life.due_on < period.end
        and life.due_at <= as_of
        and (stopped is None or life.is_late_at(stopped))
    )
    found: Counts = {
        "on_time/resolved": (life.resolved, not life.was_late),
        "on_time/burden": (life.to_resolve, not life.owes),
        "on_time/due": (due, in_time),
        "on_time/received": (life.received, in_time),
    }
    letters = {policy: has(case, life) for policy, has in POLICIES.items()}
    for policy, has in letters.items():
        found[f"letters/overdue_without@{policy}"] = (life.owes, not has)
        found[f"letters/compliance@{policy}"] = (life.owes, has)
        found[f"letters/on_time@{policy}"] = (life.owes, has)
    promised_again = life.to_resolve and case["re_promised_at"] is not None
    found["letters/second_miss"] = (promised_again, promised_again and missed_again(case, life))
    return found


def behind(case: Facts, life: Life) -> bool:
    """Whether a step of it went over its budget before the period and the cut-off ended."""
    instants = (case["step_late_at"], case["step_overdue_at"])
    return any(each is not None and each <= life.cut for each in instants)


def exists(case: Facts, _: Life) -> bool:
    return case["letter_issued_at"] is not None


def a_day_before(case: Facts, life: Life) -> bool:
    """A term that ends on the day of receipt is met by its due date."""
    if case["letter_sent_at"] is None or life.due_on is None or case["received_on"] is None:
        return False
    days: int = (life.due_on - case["letter_sent_on"]).days
    return days >= (0 if life.due_on == case["received_on"] else 1)


def by_due(case: Facts, life: Life) -> bool:
    if case["letter_sent_at"] is None or life.due_on is None:
        return False
    return bool(case["letter_sent_on"] <= life.due_on)


def by_return(case: Facts, _: Life) -> bool:
    sent, returned = case["letter_sent_at"], case["returned_at"]
    return sent is not None and (returned is None or bool(sent <= returned))


POLICIES: dict[str, Callable[[Facts, Life], bool]] = {
    "exists": exists,
    "sent_by_due_minus_1_day": a_day_before,
    "sent_by_due": by_due,
    "sent_by_return": by_return,
}


def missed_again(case: Facts, life: Life) -> bool:
    """Whether the local date of the letter was over without a result, in a period."""
    if not life.owes:
        return False
    if life.resolved and life.was_late:
        return bool(case["resolved_on"] > case["re_promised_on"])
    if case["suspended_at"] is not None:
        return bool(case["suspended_at"] > case["re_promised_at"])
    last = min(clock.local_date(life.as_of), life.period.end - timedelta(days=1))
    return bool(case["re_promised_on"] < last)


def others(case: Facts, as_of: datetime, period: Period) -> Counts:
    """What exists under one reading only."""
    life = Life(case, as_of, period, "current")
    online = case["channel"] == "online"
    full = case["online_level"] == "full"
    submitted = period.start <= case["submitted_on"] < period.end
    with_result = case["e_result"] == "yes" or case["yields_document"] == "no"
    sent = life.received or (case["state"] == 3 and submitted)
    answered = online and submitted and (case["received_on"] is not None or case["state"] == 3)
    found: Counts = quality(case, period) | {
        "on_time/766": judge_766(case, life),
        "online/received": (life.received, online),
        "online/submitted": (sent, online),
        "online/eligible": (life.received and full, online),
        "online/full": (life.received, online and full),
        "online/766": (life.received, online and with_result),
        "online/766_unsynchronised": (life.received, online and with_result),
        "online/resolved": (life.resolved, online),
        "online_levels/3": (life.received, online and case["online_level"] == "level_3"),
        "online_levels/4": (life.received, online and case["online_level"] == "level_4"),
        "cases/out_of_territory": (life.received, case["out_of_territory"]),
        "handover_late": (life.received, case["handover_late"]),
        "intake/late": (answered, case["intake_late"]),
        "steps/late": (life.to_resolve and case["stepped"], behind(case, life)),
        "inherited": (life.owes, inherited(case, life)),
    }
    found["late_by_commitment_only"] = (life.owes, within_the_law(case, life))
    found["days/resolved"] = (
        life.resolved,
        case["received_ordinal"] is not None and case["finished_ordinal"] is not None,
    )
    known = life.due_ordinal is not None and case["finished_ordinal"] is not None
    found["days/late"] = (life.resolved and life.was_late, known)
    return (
        found
        | ageing(life)
        | days_of_scores(life)
        | by_the_law(Life(case, as_of, period, "statutory"))
    )


def judge_766(case: Facts, life: Life) -> tuple[bool, bool]:
    """Decision 766: its own end, its own due date, and everybody who was accepted."""
    over = case["overdue_at"] or case["statutory_overdue_at"]
    received, period = case["received_on"], life.period
    ended_on = case["end_766_on"]
    if over is None or received is None or received >= period.end:
        return False, False
    if received < period.start and ended_on is not None and ended_on < period.start:
        return False, False
    last_act = case["active_until"]
    if last_act is not None and last_act < period.start:
        return False, False
    stopped = case["suspended_at"]
    if ended_on is not None and ended_on < period.end:
        late = case["end_766_at"] >= over
    elif stopped is not None:
        second = case["state"] == 5 and case["supplements"] >= 2
        late = second or stopped >= over
    else:
        late = over <= life.cut
    return True, not late


def inherited(case: Facts, life: Life) -> bool:
    """Whether the unit that received it is no more, and ended before the case did."""
    ended = case["receiver_ended_on"]
    if ended is None or ended >= life.period.end or ended > clock.local_date(life.as_of):
        return False
    return case["resolved_on"] is None or bool(case["resolved_on"] >= ended)


def within_the_law(case: Facts, life: Life) -> bool:
    over = case["statutory_overdue_at"]
    if over is None:
        return False
    if life.resolved and life.was_late:
        return bool(case["resolved_at"] < over)
    return bool((case["suspended_at"] or life.cut) < over)


def days_of_scores(life: Life) -> Counts:
    """By how many calendar days a result came before or after its due date."""
    done = life.resolved and life.case["resolved_on"] is not None and life.due_on is not None
    days = (life.case["resolved_on"] - life.due_on).days if done else 0
    early = done and not life.was_late
    late = done and life.was_late
    burden = life.to_resolve and life.case["channel"] == "online"
    return {
        "late/online": (burden, life.owes),
        "days/early_7": (life.resolved, done and days <= -7),
        "days/early_3": (life.resolved, done and -7 < days <= -3),
        "days/early_1": (life.resolved, done and -3 < days < 0),
        "days/on_the_day": (life.resolved, early and days >= 0),
        "days/late_1": (life.resolved, late and days <= 2),
        "days/late_3": (life.resolved, late and 2 < days <= 7),
        "days/late_8": (life.resolved, late and days > 7),
    }


def by_the_law(life: Life) -> Counts:
    """Against the law's own term."""
    early = life.resolved and not life.was_late and life.case["resolved_on"] < life.due_on
    return {
        "term/shorter": (life.resolved, early),
        "term/equal": (life.resolved, not life.was_late and not early),
        "term/longer": (life.resolved, life.was_late),
    }


def quality(case: Facts, period: Period) -> Counts:
    """Whether the dates of a case on hand are all there, each after what it has to follow."""
    until = case["active_until"]
    on_hand = case["submitted_on"] < period.end and (until is None or until >= period.start)
    undated = case["state"] not in {1, 3, 7, 8} and case["due_at"] is None
    order = [
        ("submitted_at", "received_at"),
        ("received_at", "due_at"),
        ("received_at", "resolved_at"),
        ("resolved_at", "returned_at"),
        ("letter_issued_at", "letter_sent_at"),
    ]
    backwards = any(
        case[first] and case[then] and case[then] < case[first] for first, then in order
    )
    done = case["resolved_at"]
    no_result = (
        case["state"] in {9, 10}
        if done is None
        else (case["imported"] and case["returned_at"] == done)
    )
    return {"quality/dates": (on_hand, not (undated or backwards or no_result))}


def ageing(life: Life) -> Counts:
    """How many working days an open case is overdue, in four bands."""
    today = ordinal(clock.local_date(life.cut))
    days = None if life.due_ordinal is None or today is None else today - life.due_ordinal
    bands = {"1_5": (None, 5), "6_10": (5, 10), "11_30": (10, 30), "over_30": (30, None)}
    return {
        f"ageing/{name}": (
            life.overdue,
            days is not None and (low is None or days > low) and (high is None or days <= high),
        )
        for name, (low, high) in bands.items()
    }
