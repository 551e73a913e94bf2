"""Conformance vectors: an input and what must come out, run through the clock that cases use."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from tthc.domain.calendar import Calendar
from tthc.domain.deadline import (
    ClockPolicy,
    Mode,
    StartRule,
    SuspensionRule,
    Term,
    TermUnit,
    promise,
)
from tthc.domain.due import calendar_days_later
from tthc.domain.errors import InputError, TthcError
from tthc.domain.worktime import whole_micros
from tthc.rules.calendars import calendar
from tthc.service import vector_values as read

Vector = Mapping[str, Any]
Answer = date | datetime | Decimal | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A vector that does not come out as expected; where it could not be run, `got` says why."""

    id: str
    expect: object
    got: object


def read_vectors(file: Path) -> list[Any]:
    """The vectors of a JSON file `{"vectors": [...]}`, numbers kept exact."""
    try:
        document = json.loads(
            file.read_text(encoding="utf-8"), parse_float=Decimal, parse_constant=_refuse
        )
    except OSError as problem:
        raise InputError(f"Không đọc được tệp {file}: {problem.strerror}.") from None
    except (ValueError, ArithmeticError, RecursionError):
        raise InputError(f"Tệp {file} không phải JSON hợp lệ: hãy kiểm tra lại.") from None
    vectors = document.get("vectors") if isinstance(document, dict) else None
    if not isinstance(vectors, list) or not vectors:
        raise InputError(f'Tệp {file} không có vector nào: cần {{"vectors": [...]}}.')
    return vectors


def run_vectors(vectors: Iterable[Any]) -> Iterator[Failure | None]:
    """Run vectors one by one: None for each that comes out as expected."""
    calendars: dict[str, Calendar] = {}
    for number, vector in enumerate(vectors, start=1):
        if isinstance(vector, dict):
            yield _run(vector, str(vector.get("id", f"#{number}")), calendars)
        else:
            yield Failure(f"#{number}", None, "Vector phải là một đối tượng JSON.")


def _run(vector: Vector, name: str, calendars: dict[str, Calendar]) -> Failure | None:
    try:
        expect = vector["expect"]
        run, as_answer = OPERATIONS[read.one_of(vector, "op", OPERATIONS)]
        wanted = None if expect is None else as_answer(expect)
        got = run(_calendar(vector, calendars), vector)
    except KeyError as missing:
        return Failure(name, vector.get("expect"), f"Vector thiếu mục {missing}.")
    except TthcError as refusal:
        return Failure(name, vector.get("expect"), str(refusal))
    return None if got == wanted else Failure(name, expect, _written(got))


def _calendar(vector: Vector, calendars: dict[str, Calendar]) -> Calendar:
    given = vector["calendar"]
    if isinstance(given, str):
        return calendar(given)
    key = json.dumps(given, sort_keys=True, default=str)
    if key not in calendars:
        calendars[key] = read.inline_calendar(given)
    return calendars[key]


def _add_working_days(within: Calendar, vector: Vector) -> Answer:
    return within.add_working_days(read.day(vector["start"]), read.integer(vector["amount"]))


def _add_calendar_days(within: Calendar, vector: Vector) -> Answer:
    return calendar_days_later(within, read.day(vector["start"]), read.integer(vector["amount"]))


def _add_working_seconds(within: Calendar, vector: Vector) -> Answer:
    return within.add_working_seconds(
        read.instant(vector["start"]),
        read.number(vector["amount"]),
        read.pauses(vector.get("pauses") or []),
    )


def _working_seconds_between(within: Calendar, vector: Vector) -> Answer:
    return within.working_seconds_between(
        read.instant(vector["start"]),
        read.instant(vector["end"]),
        read.pauses(vector.get("pauses") or []),
    )


def _due(within: Calendar, vector: Vector) -> Answer:
    policy = ClockPolicy(
        StartRule(read.one_of(vector, "start_rule", StartRule, StartRule.RECEIPT_DAY_NOT_COUNTED)),
        Mode(read.one_of(vector, "mode", Mode, Mode.END_OF_DAY)),
        SuspensionRule(
            read.one_of(vector, "suspension_rule", SuspensionRule, SuspensionRule.RESTART)
        ),
    )
    return promise(
        within,
        _term(vector["term"], vector.get("cutoff")),
        read.instant(vector["received"]),
        policy=policy,
        suspensions=read.suspensions(vector.get("suspensions") or []),
    ).due_at


def _term(table: object, cutoff: object) -> Term:
    if not isinstance(table, dict):
        raise InputError("Mục 'term' phải là một đối tượng JSON {amount, unit}.")
    unit = TermUnit(read.one_of(table, "unit", TermUnit))
    amount = Decimal(0) if unit is TermUnit.NONE else read.number(table["amount"])
    return Term(amount, unit, None if cutoff is None else read.wall_time(cutoff))


def _to_the_microsecond(value: object) -> Decimal:
    return Decimal(whole_micros(read.number(value))) / 1_000_000


def _written(answer: Answer) -> object:
    return answer.isoformat() if isinstance(answer, date) else answer


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


# op → how it is run, and how its expected answer is read
OPERATIONS: dict[str, tuple[Callable[[Calendar, Vector], Answer], Callable[[object], Answer]]] = {
    "add_working_days": (_add_working_days, read.day),
    "add_calendar_days_then_roll_forward": (_add_calendar_days, read.day),
    "add_working_seconds": (_add_working_seconds, read.instant),
    "working_seconds_between": (_working_seconds_between, _to_the_microsecond),
    "due": (_due, read.instant),
}
