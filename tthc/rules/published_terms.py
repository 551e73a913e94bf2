"""Reading a term as it was published: an amount and a unit, or why it promises nothing."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from tthc.rules.catalogue import TermFact

UNITS = {
    "ngày làm việc": "working_day",
    "ngày": "calendar_day",
    "giờ": "working_hour",
    "giờ làm việc": "working_hour",
    "tháng": "month",
    "không quy định": "none",
    "working_day": "working_day",
    "calendar_day": "calendar_day",
    "working_hour": "working_hour",
    "month": "month",
    "none": "none",
}
WHOLE = frozenset({"calendar_day", "month"})  # their clock knows no fraction (rules 3.5)
AMOUNT = re.compile(r"\d{1,5}(?:[.,]\d{1,2})?")


class ReadTerm(NamedTuple):
    """Either amount and unit, or a problem in words; `none` is a term without an amount."""

    amount: Decimal | None
    unit: str | None
    problem: str | None


def read_term(amount: str, unit: str) -> ReadTerm:
    """What a published amount and unit mean; nothing is guessed."""
    amount, unit = amount.strip(), " ".join(unit.split())
    read = UNITS.get(unit.lower())
    problem = _problem(amount, unit, read)
    if problem is not None:
        return ReadTerm(None, None, problem)
    return ReadTerm(Decimal(amount.replace(",", ".")) if amount else None, read, None)


def read_time(published: str) -> ReadTerm:
    """A time that is published as one text, such as `0,5 ngày làm việc`."""
    amount, unit = "", published.strip()
    if number := AMOUNT.match(unit):
        amount, unit = number[0], unit[number.end() :]
    return read_term(amount, unit)


def published_text(amount: str, unit: str) -> str:
    """The term in the words of its publication."""
    return " ".join(f"{amount} {unit}".split())


def _problem(amount: str, unit: str, read: str | None) -> str | None:
    problem = None
    if read == "none":
        if amount:
            problem = f"Ghi “{unit}” nhưng lại có số “{amount}”."
    elif not amount:
        problem = "Thời hạn để trống."
    elif not (amount.isascii() and AMOUNT.fullmatch(amount)):
        problem = f"Không đọc được thời hạn “{amount}”."
    elif not unit:
        problem = f"Thời hạn “{amount}” không có đơn vị (ngày, ngày làm việc, giờ hay tháng)."
    elif read is None:
        problem = f"Không hiểu đơn vị thời hạn “{unit}”."
    elif read in WHOLE and Decimal(amount.replace(",", ".")) % 1:
        problem = f"Thời hạn tính theo {unit} phải là số nguyên, không phải “{amount}”."
    return problem


class ChannelTerm(NamedTuple):
    """The one term of a procedure for a way of filing; `rows` is how often it was published."""

    procedure_code: str
    channel: str
    read: ReadTerm
    published: str
    rows: int


def channel_terms(facts: Iterable[TermFact]) -> list[ChannelTerm]:
    """Doubled rows become one term: identical ones count once, others contradict each other."""
    by_key: dict[tuple[str, str], list[TermFact]] = {}
    for fact in facts:
        by_key.setdefault((fact.procedure_code, fact.channel), []).append(fact)
    return [_one_term(*key, same_key) for key, same_key in by_key.items()]


def _one_term(code: str, channel: str, facts: list[TermFact]) -> ChannelTerm:
    texts = list(dict.fromkeys(published_text(fact.amount, fact.unit) for fact in facts))
    if len(texts) > 1:
        read = ReadTerm(
            None, None, f"Công bố nhiều thời hạn cho cùng hình thức nộp: {'; '.join(texts)}."
        )
    else:
        read = read_term(facts[0].amount, facts[0].unit)
    return ChannelTerm(code, channel, read, " | ".join(texts), len(facts))
