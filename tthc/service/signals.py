"""Signals: how many cases of a period should be looked at again, by unit, and how far the data
behind the figures can be relied on. Nothing here is an accusation, and nothing changes a figure.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.queries.figures import count_conditions
from tthc.db.queries.signals import stored_signals
from tthc.db.queries.units import name_units
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.definitions import definition
from tthc.rules.periods import schemes
from tthc.rules.predicates import Predicate, predicate
from tthc.rules.signals import Signal, signals, threshold
from tthc.rules.sources import source
from tthc.service.figure_rows import figure_row
from tthc.service.figures import Question, cut_offs, scope_of, show_cases, world_of

Document = dict[str, Any]
ON_HAND, GOOD_DATA = "on_hand", "good_data"
QUALITY = "quality/dates"
NIGHTLY = "month"  # the scheme whose open period a night looks at


def usual_period(on: date) -> Period:
    """The period that is looked at unless another is asked for: the month of a date."""
    period = schemes()[NIGHTLY].containing(on)
    assert period is not None  # every date is in a month
    return period


async def show_signals(
    connection: AsyncConnection, question: Question, period: Period | None = None
) -> Document:
    """Every signal with its cases in a period, and the units that have any, most cases first."""
    on = clock.local_date(question.as_of or clock.now())
    period = period or usual_period(on)
    knowledge = question.knowledge(period)
    scope = await scope_of(connection, question, knowledge)
    rows = await count_signals(scope, connection, period, knowledge)
    names = await name_units(connection, [row["unit_id"] for row in rows])
    on = clock.local_date(knowledge.as_of)
    return {
        "period": {"name": period.name, "from": str(period.start), "to": str(period.end)},
        **cut_offs(knowledge),
        "world": world_of(question),
        "signals": [
            describe_signal(each, on) | {"cases": sum(row[each.id] for row in rows)}
            for each in signals().values()
        ],
        "quality": quality_of(rows),
        "units": sorted(
            (_unit(row, names[row["unit_id"]]) for row in rows),
            key=lambda unit: (-sum(unit["signals"].values()), unit["name"]),
        ),
    }


async def show_signal(
    connection: AsyncConnection,
    each: Signal,
    question: Question,
    period: Period | None = None,
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> Document:
    """A signal in words, with its cases in a period."""
    on = clock.local_date(question.as_of or clock.now())
    period = period or usual_period(on)
    listed = await show_cases(
        *(connection, each.predicate, question), period=period, limit=limit, cursor=cursor
    )
    told = {"period": {"name": period.name, "from": str(period.start), "to": str(period.end)}}
    return {"signal": describe_signal(each, on), **told, **listed}


async def show_stored(connection: AsyncConnection, scope: Scope) -> Document | None:
    """What the last night counted: by signal, for the units that the reader sees."""
    rows = await stored_signals(scope, connection)
    if not rows:
        return None
    counts = dict.fromkeys((*signals(), ON_HAND, GOOD_DATA), 0)
    for row in rows:
        counts[row["signal"]] = counts.get(row["signal"], 0) + row["cases"]
    return {
        "period": rows[0]["period"],
        "as_of": rows[0]["as_of"].astimezone(clock.VIETNAM).isoformat(),
        "signals": {name: counts[name] for name in signals()},
        "quality": quality_of([counts]),
    }


async def count_signals(
    scope: Scope, connection: AsyncConnection, period: Period, knowledge: Knowledge
) -> list[dict[str, Any]]:
    """By `unit_id` of the competent unit: the cases of each signal, those on hand in the period,
    and those of them whose dates are whole.
    """
    return await count_conditions(scope, connection, conditions(), period, knowledge, ("unit_id",))


def conditions() -> dict[str, Predicate]:
    """What is counted for each unit."""
    counted = {each.id: predicate(each.predicate) for each in signals().values()}
    return counted | {ON_HAND: predicate("on_hand_in"), GOOD_DATA: predicate("good_data_in")}


def describe_signal(each: Signal, on: date) -> Document:
    """A signal in words, with the thresholds that held on a date and where they come from."""
    return {
        "id": each.id,
        "title": each.title,
        "explanation": each.explanation,
        "look": each.look,
        "where": each.predicate,
        "thresholds": [
            {
                "name": found.name,
                "value": found.value,
                "words": found.said,
                "source": found.source,
                "confirmed": source(found.source).confirmed,
            }
            for found in (threshold(name, on) for name in each.thresholds)
        ],
    }


def quality_of(rows: list[Mapping[str, Any]] | list[dict[str, Any]]) -> Document:
    """The share of cases whose dates are whole, over some rows."""
    counts = {
        "numerator": sum(row[GOOD_DATA] for row in rows),
        "denominator": sum(row[ON_HAND] for row in rows),
    }
    return {"definition": QUALITY} | figure_row(definition(QUALITY), counts, ())


def _unit(row: dict[str, Any], unit: dict[str, Any]) -> Document:
    return {
        "unit": unit["address"],
        "unit_id": row["unit_id"],
        "name": unit["name"],
        "on_hand": row[ON_HAND],
        "quality": quality_of([row]),
        "signals": {name: row[name] for name in signals()},
    }
