"""Báo cáo giao ban: a page of prose for the weekly briefing, every number with its definition."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc import clock
from tthc.db import printing
from tthc.db.catalogue import unit_by_code
from tthc.db.json_values import checked
from tthc.db.queries.figures import count_conditions
from tthc.db.queries.units import name_units
from tthc.domain.access import Actor
from tthc.domain.errors import InputError
from tthc.domain.period import Period
from tthc.rules.conditions import read_conditions
from tthc.rules.forms import form
from tthc.rules.periods import period_before
from tthc.rules.predicates import Predicate
from tthc.service.briefing_prose import (
    COUNTED,
    OVERDUE,
    Prose,
    describe,
    digest,
    name_worst,
    propose,
)
from tthc.service.figures import Question, cut_offs, scope_of, world_of
from tthc.service.form_heads import Heading, head_form
from tthc.service.words import cut_off, days_of
from tthc.service.words import period as in_words

WORST = 3  # units named


async def prepare_briefing(
    connection: AsyncConnection, actor: Actor, period: Period, question: Question
) -> dict[str, Any]:
    """The briefing of a unit and all below it, live from the ledger, as a document.

    Raises InputError without a unit, NotFoundError for one that there is none of.
    """
    if question.unit is None:
        raise InputError("Hãy nêu mã đơn vị lập báo cáo giao ban.")
    knowledge = question.knowledge(period)
    on = clock.local_date(knowledge.as_of)
    unit = await unit_by_code(
        connection, checked(question.unit), on, simulated=actor.scope.simulated
    )
    conditions = {name: read_conditions(name)[0][0] for name in COUNTED}
    now = await _count(connection, question, period, conditions)
    before = period_before(period)
    earlier = None
    if before:
        then = replace(question, as_of=None)
        earlier = await _count(connection, then, before, conditions)
    told = cut_offs(knowledge)
    about = {"period": period.name, **told, "unit": question.unit}
    prose = Prose(about, conditions)
    describe(prose, f"{in_words(period)} ({days_of(period)})", now, earlier)
    name_worst(prose, now, await _worst(connection, question, period, conditions[OVERDUE]))
    propose(prose, now)
    authority = (await printing.read_authorities(connection, [unit.id]))[unit.id]
    head = await head_form(
        *(connection, form("briefing"), Heading(authority, clock.now())),
        simulated=actor.scope.simulated,
    )
    document = {**about, "world": world_of(question), "counts": now}
    return {
        **head,
        **document,
        "about": f"{in_words(period)}; số liệu tính đến {cut_off(knowledge.as_of)}",
        "paragraphs": prose.paragraphs,
        "notes": prose.notes,
        "digest": digest(document),
    }


async def _count(
    connection: AsyncConnection,
    question: Question,
    period: Period,
    conditions: Mapping[str, Predicate],
) -> dict[str, int]:
    """Each condition's count, in one statement."""
    knowledge = question.knowledge(period)
    scope = await scope_of(connection, question, knowledge)
    asked = {f"c{place}": each for place, each in enumerate(conditions.values())}
    (row,) = await count_conditions(scope, connection, asked, period, knowledge, ())
    return dict(zip(conditions, row.values(), strict=True))


async def _worst(
    connection: AsyncConnection, question: Question, period: Period, condition: Predicate
) -> list[tuple[str, int]]:
    """The units with the most cases that meet a condition, by name."""
    knowledge = question.knowledge(period)
    scope = await scope_of(connection, question, knowledge)
    rows = await count_conditions(
        scope, connection, {"cases": condition}, period, knowledge, ("unit_id",)
    )
    names = await name_units(connection, [row["unit_id"] for row in rows])
    found = [(names[row["unit_id"]]["name"], row["cases"]) for row in rows]
    return sorted(found, key=lambda each: (-each[1], each[0]))[:WORST]
