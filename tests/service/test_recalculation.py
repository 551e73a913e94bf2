"""Cases grouped by what the clock looks at move to where it puts each of them.

Bugs planted, and caught here or in test_calendars.py: an edge of the day that belongs to the hours
after it; a cut-off that is no edge; hours grouped like days; a suspension forgotten; the changed
day itself left out at either end; a granted extension left on a day off; the newest decision by
date instead of by order; later acts on the calendar of old; an act that doesn't say so; the chain
sealed over swapped texts.
"""

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import Life, make_procedure
from tests.lives import ACTS
from tests.summer import MINH, REAL, SWAP, now_is, vn
from tthc.domain.errors import TthcError
from tthc.domain.term import StartRule
from tthc.rules.regimes import regime_on
from tthc.service import pins
from tthc.service.calendars import apply_calendar, preview_calendar
from tthc.service.clock import explain_case
from tthc.service.integrity import verify_ledger

HOURS = ((7, 0), (9, 0), (11, 59), (12, 0), (12, 1), (15, 0), (15, 1), (17, 0), (17, 30))
LIMITS: list[list[Any]] = [
    *([n, "working_day"] for n in (0, 1, 3, 10)),
    *(["1.5", "working_day"], [12, "working_hour"], [9, "calendar_day"], [1, "month"]),
]


async def all_agree_under(connection: AsyncConnection, version: str, lives: list[Life]) -> None:
    """Every case stands where the clock alone puts it, under the new calendar."""
    for life in lives:
        await connection.execute(
            text("UPDATE cases SET calendar_version = :v WHERE code = :c"),
            {"v": version, "c": life.code},
        )
        told = await explain_case(REAL, connection, life.code)
        assert told["agrees"], told


@pytest.mark.parametrize("rule", ["receipt_day_not_counted", "next_working_day_is_day_0"])
async def test_cases_that_the_clock_tells_apart_move_apart(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    """Many receipts of one day, on the edge of every hour that a rule knows."""

    def law(day: date) -> Any:
        found = regime_on(day)
        return replace(found, policy=replace(found.policy, start_rule=StartRule(rule)))

    monkeypatch.setattr(pins, "regime_on", law)
    lives = []
    for limit in LIMITS:
        code = await make_procedure(summer, limit)
        if limit == [1, "working_day"]:
            await summer.execute(
                text("UPDATE terms SET cutoff = '15:00' WHERE procedure_code = :c"), {"c": code}
            )
        for day in (21, 22, 28):
            for hour, minute in HOURS:
                life = Life(summer, monkeypatch, code)
                await life.play({"at": vn(8, day, hour, minute), "act": "receive"})
                lives.append(life)
    now_is(monkeypatch, vn(9, 10))
    expected = (await preview_calendar(REAL, summer, SWAP))["moved"]
    done = await apply_calendar(summer, MINH, SWAP, decision="99")
    assert 0 < done["recalculated"] == expected < len(lives)
    assert (await verify_ledger(summer))["ok"]
    await all_agree_under(summer, SWAP.version, lives)


async def test_random_histories_move_to_where_the_clock_puts_them(
    summer: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(25)
    lives = []
    for number in range(40):
        limit = LIMITS[number % len(LIMITS)]
        life = Life(summer, monkeypatch, await make_procedure(summer, limit))
        if number % 2:
            life.under("shift")
        at = vn(7, 20) + timedelta(minutes=chance.randrange(50_000))
        await life.play({"at": at, "act": "receive"})
        for _ in range(6):
            at += timedelta(minutes=chance.choice([30, 240, 1440, 4321]))
            try:
                async with summer.begin_nested():
                    await life.play({"at": at, **chance.choice(ACTS)(chance, at)})
            except (TthcError, AssertionError):  # refused, or no letter yet
                continue
        lives.append(life)
    now_is(monkeypatch, vn(10, 10))
    assert (await apply_calendar(summer, MINH, SWAP, decision="99"))["recalculated"] >= 4
    assert (await verify_ledger(summer))["ok"]
    await all_agree_under(summer, SWAP.version, lives)
