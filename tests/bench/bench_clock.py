"""Due dates per second, against a walk from day to day."""

import csv
import gzip
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import cycle, islice
from time import process_time

from tests.domain import naive
from tthc.clock import VIETNAM
from tthc.domain.deadline import Term, TermUnit, promise
from tthc.domain.due import due_of
from tthc.domain.explanation import explain
from tthc.rules.calendars import calendar
from tthc.rules.files import RULES
from tthc.rules.published_terms import read_term

SECONDS = 1.0
REFERENCE = RULES / "reference"
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
    published = published_terms()
    chance.shuffle(published)
    every = {name: [term] for name, term in TERMS.items()} | {"as published": published}
    for name, terms in every.items():
        asked = list(islice(zip(receipts, cycle(terms), strict=False), len(receipts)))
        ours = rate(asked, lambda at, term: due_of(within, term, at))
        walk = rate(asked, lambda at, term: naive.due(within, term, at))
        made = rate(asked, lambda at, term: promise(within, term, at))
        told = rate(asked, lambda at, term: explain(promise(within, term, at)))
        ratio = f"{ours / walk:.0f}×"
        yield f"| {name} | {ours:,.0f} | {walk:,.0f} | {ratio} | {made:,.0f} | {told:,.0f} |"


def published_terms() -> list[Term]:
    """The terms of the packaged procedures, as often as they are published."""
    with gzip.open(str(REFERENCE / "terms.csv.gz"), "rt", encoding="utf-8") as file:
        read = [read_term(row["amount"], row["unit"]) for row in csv.DictReader(file)]
    terms = [Term(one.amount, TermUnit(one.unit)) for one in read if one.amount and one.unit]
    return [term for term in terms if not term.fraction]  # the walk knows no parts of days


def rate(asked: list[tuple[datetime, Term]], compute: Callable[[datetime, Term], object]) -> float:
    """How many a second of the processor's time, whoever else works; each receipt with its term."""
    for at, term in asked:
        compute(at, term)
    done, begun = 0, process_time()
    while (spent := process_time() - begun) < SECONDS:
        for at, term in asked:
            compute(at, term)
        done += len(asked)
    return done / spent
