"""Due dates per second, against a walk from day to day."""

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

from tests.domain import naive
from tthc.clock import VIETNAM
from tthc.domain.calendar import Calendar
from tthc.domain.deadline import Term, TermUnit, promise
from tthc.domain.due import due_of
from tthc.domain.explanation import Explanation, explain
from tthc.rules.calendars import calendar

SECONDS = 1.0
TERMS = {
    "3 working days": Term(3),
    "15 working days": Term(15),
    "30 working days": Term(30),
    "400 working days": Term(400),
    "30 calendar days": Term(30, TermUnit.CALENDAR_DAY),
    "8 working hours": Term(8, TermUnit.WORKING_HOUR),
    "400 working hours": Term(400, TermUnit.WORKING_HOUR),
}


def run() -> Iterable[str]:
    chance = random.Random(2026)
    start = datetime(2012, 1, 1, tzinfo=VIETNAM)
    receipts = [start + timedelta(minutes=chance.randrange(13 * 365 * 1440)) for _ in range(2000)]
    within = calendar()
    promise(within, Term(8, TermUnit.WORKING_HOUR), receipts[0])  # lay the calendar out
    yield "| Term | due dates/s | naive walk/s | ratio | promises/s | explained/s |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, term in TERMS.items():
        ours = rate(receipts, partial(due_of, within, term))
        walk = rate(receipts, partial(naive.due, within, term))
        made = rate(receipts, partial(promise, within, term))
        told = rate(receipts, partial(explained, within, term))
        ratio = f"{ours / walk:.0f}×"
        yield f"| {name} | {ours:,.0f} | {walk:,.0f} | {ratio} | {made:,.0f} | {told:,.0f} |"


def explained(within: Calendar, term: Term, at: datetime) -> Explanation:
    return explain(promise(within, term, at))


def rate(receipts: list[datetime], compute: Callable[[datetime], object]) -> float:
    """How many a second, over about a second."""
    done, begun = 0, perf_counter()
    while (spent := perf_counter() - begun) < SECONDS:
        compute(receipts[done % len(receipts)])
        done += 1
    return done / spent
