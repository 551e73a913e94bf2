"""The summer of 2026, before and after a swap of working days was decided."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import Life, make_procedure
from tthc import clock
from tthc.domain.access import Actor, Scope
from tthc.rules.calendars import DecisionText
from tthc.service.clock import explain_case
from tthc.service.integrity import verify_ledger

REAL = Scope(simulated=False)
MINH = Actor("Minh", REAL)
# the real calendar has this swap already; so first it is taken back, then decided anew
BEFORE = DecisionText(
    "2026-truoc",
    """
title = "Chưa hoán đổi"
decided_on = 2026-01-05
[days_worked]
2026-08-31 = "chưa nghỉ"
[days_off]
2026-08-22 = "chưa làm bù"
""",
)
SWAP = DecisionText(
    "2026-08-hoan-doi",
    """
title = "Hoán đổi ngày làm việc dịp Quốc khánh 2026"
decided_on = 2026-08-10
[days_off]
2026-08-31 = "Nghỉ hoán đổi dịp Quốc khánh"
[days_worked]
2026-08-22 = "Làm bù cho ngày 31/08/2026"
""",
)


def vn(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=clock.VIETNAM)


def now_is(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: at)


async def live(
    connection: AsyncConnection,
    monkeypatch: pytest.MonkeyPatch,
    term: list[Any],
    *acts: dict[str, Any],
    rule: str | None = None,
) -> Life:
    life = Life(connection, monkeypatch, await make_procedure(connection, term))
    if rule:
        life.under(rule)
    for act in acts:
        await life.play(act)
    return life


async def due_of(connection: AsyncConnection, life: Life) -> datetime:
    told = await explain_case(REAL, connection, life.code)
    assert told["agrees"], told
    assert (await verify_ledger(connection, life.code))["ok"]
    return datetime.fromisoformat(told["due_at"])
