"""The conditions of the service by name, read and checked once from `predicates.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from tthc import clock
from tthc.domain.errors import InputError, RulesFileError
from tthc.domain.period import Period
from tthc.rules.grammar import (
    BOOLEAN,
    INTEGER,
    THRESHOLDS,
    Expression,
    column,
    read_expression,
)
from tthc.rules.signals import threshold
from tthc.rules.soon import last_due_of_letters, soon_days

BASES = ("current", "promised", "statutory")
POLICIES = ("exists", "sent_by_due_minus_1_day", "sent_by_due", "sent_by_return")


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition over the facts of a case: its label on screen and its text, expanded."""

    name: str
    label: str
    text: str
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cut:
    """The instants and dates that a condition's parameters stand for.

    `ordinal`: the working days up to the cut's date, for an engine that cannot ask the database
    itself; -1 where the calendar does not hold that date. `as_of_ordinal`: those up to as_of's.
    """

    as_of: datetime
    period: Period | None = None
    ordinal: int | None = None
    as_of_ordinal: int | None = None

    @property
    def last(self) -> datetime:
        """The earlier of as_of and the period's last microsecond."""
        if self.period is None:
            return self.as_of
        return min(self.as_of, clock.start_of(self.period.end) - timedelta(microseconds=1))

    def bind(self, text: str) -> str:
        """Put typed literals in place of the parameters: the only way into a text."""
        on = clock.local_date(self.as_of)
        values = {
            f":{name}": str(threshold(name, on).value) for name in THRESHOLDS if f":{name}" in text
        } | {
            ":as_of_on": _date(on),
            ":as_of_ordinal": _ordinal(on, self.as_of_ordinal),
            ":as_of": _instant(self.as_of),
        }
        if self.period:
            values |= {
                ":cut_ordinal": _ordinal(clock.local_date(self.last), self.ordinal),
                ":cut": _instant(self.last),
                ":from": _date(self.period.start),
                ":to": _date(self.period.end),
            }
        if ":soon_ordinal" in text:
            values[":soon_ordinal"] = f"({_ordinal(on, self.as_of_ordinal)} + {soon_days(on)})"
        if ":letter_on" in text:
            tomorrow = last_due_of_letters(on + timedelta(days=1))
            values[":letter_on"] = _date(tomorrow or date.min)
        for parameter, literal in values.items():
            text = text.replace(parameter, literal)
        if not self.period and any(each in text for each in (":cut", ":from", ":to")):
            raise InputError("Điều kiện này chỉ có nghĩa trong một kỳ: hãy nêu kỳ báo cáo.")
        return text


def _ordinal(on: date, known: int | None) -> str:
    """The working days up to a date, known here or asked of the database."""
    if known is not None:
        return str(known) if known >= 0 else "(0 - 1)"
    return f"coalesce((SELECT ordinal FROM current_days WHERE day = {_date(on)}), -1)"  # noqa: S608  # a typed literal


def _instant(instant: datetime) -> str:
    return f"TIMESTAMPTZ '{instant.isoformat(timespec='microseconds')}'"


def _date(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


@cache
def document() -> dict[str, Any]:
    """`predicates.toml` as it is written."""
    text = files("tthc.rules").joinpath("predicates.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def facts() -> dict[str, str]:
    """The columns of a case's facts and their kinds."""
    return dict(document()["facts"])


@cache
def vocabulary(basis: str = "current", policy: str = "exists") -> dict[str, Expression]:
    """Every name that a condition may use, expanded under a due basis and a letter policy."""
    return read_vocabulary(document(), basis, policy)


def read_vocabulary(rules: dict[str, Any], basis: str, policy: str) -> dict[str, Expression]:
    """Check and expand the conditions of a rules document, each after those that it names.

    Raises RulesFileError naming the entry that is wrong.
    """
    try:
        swapped, letter = rules["bases"][basis], rules["policies"][policy]["text"]
    except KeyError as unknown:
        raise InputError(f"Không có cách tính hạn hoặc chính sách {unknown}.") from None
    names = {name: column(swapped.get(name, name), kind) for name, kind in rules["facts"].items()}
    names["letter"] = _condition("policies." + policy, letter, names)
    for name, entry in rules["predicates"].items():
        if name in names:
            raise RulesFileError(f"predicates.{name}: tên này đã có.")
        names[name] = _condition(f"predicates.{name}", entry["text"], names)
    missing = set(rules["partition"]["order"]) - set(rules["predicates"])
    if missing:
        raise RulesFileError(f"partition.order: không có điều kiện {', '.join(sorted(missing))}.")
    return names


@cache
def predicates(basis: str = "current", policy: str = "exists") -> dict[str, Predicate]:
    """Every condition by its name, under a due basis and a letter policy."""
    known = vocabulary(basis, policy)
    return {
        name: Predicate(name, entry["label"], known[name].text, known[name].columns)
        for name, entry in document()["predicates"].items()
    }


def read_condition(entry: str, text: str, basis: str, policy: str) -> Expression:
    """A condition written in another rules file, over the names of this one."""
    return _condition(entry, text, vocabulary(basis, policy))


def read_number(entry: str, text: str, basis: str, policy: str) -> Expression:
    """A whole number written in another rules file, over the names of this one."""
    return _read(entry, text, vocabulary(basis, policy), INTEGER, "một số nguyên")


def _condition(entry: str, text: str, names: dict[str, Expression]) -> Expression:
    return _read(entry, text, names, BOOLEAN, "một điều kiện")


def _read(
    entry: str, text: str, names: dict[str, Expression], kind: str, wanted: str
) -> Expression:
    try:
        expression = read_expression(text, names)
    except RulesFileError as wrong:
        raise RulesFileError(f"{entry}: {wrong}") from None
    if expression.kind != kind:
        raise RulesFileError(f"{entry}: phải là {wanted}, không phải {expression.kind}.")
    return expression


def partition() -> tuple[str, ...]:
    """The buckets of the partition, in the order in which they are decided."""
    return tuple(document()["partition"]["order"])


def partition_counts(basis: str = "current") -> dict[str, Predicate]:
    """What is counted with the partition: its buckets, the split by letter, and `total`."""
    order = document()["partition"]
    known = predicates(basis)
    counts = {name: known[name] for name in (*order["order"], *order["without_letter"])}
    return counts | {"total": known[order["whole"]]}


def predicate(name: str, basis: str = "current", policy: str = "exists") -> Predicate:
    """A condition by its name. Raises InputError naming those that exist."""
    found = predicates(basis, policy)
    if name not in found:
        raise InputError(f"Không có điều kiện “{name}”; các điều kiện: {', '.join(found)}.")
    return found[name]
