"""Scenario 37: after silence a case is listed as one that may be closed; nothing closes itself."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.law.lives import Life, make_procedure
from tthc import clock
from tthc.domain.access import Actor, Scope
from tthc.rules.regimes import Regime, RegimeException, regime
from tthc.service import corrections, pins, silence
from tthc.service.acts import Asked
from tthc.service.explanations import explain_period

LAN = Actor("Lan", Scope(simulated=False))


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 9, tzinfo=clock.VIETNAM)


async def asked(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch, days: list[int]
) -> list[str]:
    """Cases of the 2nd whose applicants were asked on these days of March."""
    procedure = await make_procedure(connection, [9, "working_day"])
    codes = []
    for day in days:
        life = Life(connection, monkeypatch, procedure)
        await life.play({"at": march(2), "act": "receive"})
        await life.play({"at": march(day), "act": "supplement", "content": "bản sao"})
        codes.append(life.code)
    return codes


async def listed(connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch, day: int) -> Any:
    at = datetime(2026, 3, day, 8, tzinfo=clock.VIETNAM)
    monkeypatch.setattr(clock, "now", lambda: at)
    found = await silence.list_cases_to_close(connection, LAN)
    return [(each["case_code"], each["answer_expected_by"]) for each in found]


async def test_after_fifteen_days_a_case_may_be_closed(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await asked(owner, monkeypatch, [3, 5])
    assert await listed(owner, monkeypatch, 18) == []
    assert await listed(owner, monkeypatch, 19) == [(first, "2026-03-18")]
    assert await listed(owner, monkeypatch, 25) == [(first, "2026-03-18"), (second, "2026-03-20")]


async def test_a_sector_may_have_its_own_days(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = await asked(owner, monkeypatch, [3])
    own = RegimeException("Kiểm thử", None, date(2026, 1, 1), "nd-118-2025", silence_days=5)

    def law(name: str) -> Regime:
        return replace(regime(name), exceptions=(own,))

    monkeypatch.setattr(pins, "regime", law)
    monkeypatch.setattr(silence, "regimes", lambda: (law("nd-118-2025"),))
    assert await listed(owner, monkeypatch, 8) == []
    assert await listed(owner, monkeypatch, 9) == [(code, "2026-03-08")]


async def test_a_late_case_may_be_explained(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    procedure = await make_procedure(owner, [2, "working_day"])
    life = Life(owner, monkeypatch, procedure)
    await life.play({"at": march(2), "act": "receive"})
    late = {"at": march(6), "act": "resolve", "cause": "system"}
    await life.play(late)
    said = "mất kết nối hai ngày"
    shown = await corrections.explain_case(owner, LAN, life.code, Asked(), unit="00004", text=said)
    assert shown["verdict"] == "late"
    await explain_period(owner, LAN, "month:2026-03", unit="00004", text=said)
    kept = await owner.exec_driver_sql("SELECT period, text, actor FROM explanations")
    assert kept.one() == ("month:2026-03", said, "Lan")
