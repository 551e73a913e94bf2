"""What changed since the night before: against the figures of both cut-offs, and case by case."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.service.test_publishing import MARCH, late_case, stand_at
from tests.worlds import AS_OF, random_lives
from tthc import clock
from tthc.db.facts import Knowledge
from tthc.domain.access import Scope
from tthc.domain.errors import InputError
from tthc.rules.definitions import definition
from tthc.service.changes import show_changes, usual_definitions
from tthc.service.figure_rows import answer_rows

SIMULATED = Scope(simulated=True)


async def test_a_case_that_passed_its_date_and_one_that_came(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Due on 12 March: overdue from the 13th on, without an act; received and recorded acts too."""
    life = await late_case(owner, monkeypatch)
    eve = datetime(2026, 3, 12, 20, tzinfo=clock.VIETNAM)
    stand_at(monkeypatch, eve + timedelta(days=1))
    told = await show_changes(owner, Scope(simulated=False), MARCH, since=eve)
    (item,) = told["items"]
    assert (item["case_code"], item["events"]) == (life.code, [])
    assert (item["from"], item["to"]) == (
        "Đang giải quyết, trong hạn",
        "Đang giải quyết, quá hạn",
    )
    figures = {each["definition"]: each for each in told["figures"]}
    burden = figures["on_time/burden"]
    assert [burden[name] for name in ("numerator", "denominator", "changed")] == [-1, 0, 1]
    letters = figures["letters/overdue_without"]
    assert [letters[name] for name in ("numerator", "denominator", "came")] == [1, 1, 1]
    (unit,) = told["units"]
    assert unit["figures"] == told["figures"]
    with pytest.raises(InputError, match="Mốc so sánh"):
        await show_changes(owner, Scope(simulated=False), MARCH, since=eve + timedelta(days=2))


async def test_the_difference_explains_both_figures_unit_by_unit(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At random cut-offs: figures before + what is told = figures after, in each unit."""
    from tests.ledger import write_history

    await owner.exec_driver_sql("SELECT")  # the driver begins with the first of ours
    raw = await owner.get_raw_connection()
    ledger = raw.driver_connection
    assert ledger is not None
    units = [row["id"] for row in await ledger.fetch("SELECT id FROM units ORDER BY id LIMIT 3")]
    for events in random_lives(units, 200):
        await write_history(ledger, events, simulated=True)
    dice = random.Random(7)
    moved = 0
    for _ in range(2):
        now = AS_OF - timedelta(days=dice.randrange(10))
        since = now - timedelta(days=dice.randrange(15, 40))
        stand_at(monkeypatch, now)
        told = await show_changes(owner, SIMULATED, MARCH, since=since)
        moved += told["changed"]
        assert len(told["items"]) == min(told["changed"], 100)
        by_unit = {each["unit_id"]: each["figures"] for each in told["units"]}
        for name in usual_definitions():
            sums = dict.fromkeys(units, (0, 0))
            for unit, figures in by_unit.items():
                for each in figures:
                    if each["definition"] == name:
                        sums[unit] = (each["numerator"], each["denominator"])
            then, later = [await _counts(owner, name, Knowledge(at, at)) for at in (since, now)]
            for unit in units:
                before, after = then.get(unit, (0, 0)), later.get(unit, (0, 0))
                explained = tuple(b + m for b, m in zip(before, sums[unit], strict=True))
                assert explained == after, (name, unit)
    assert moved > 5


async def _counts(
    connection: AsyncConnection, name: str, at: Knowledge
) -> dict[int, tuple[int, int]]:
    rows = await answer_rows(SIMULATED, connection, definition(name), MARCH, at, ("unit_id",))
    return {row["unit_id"]: (row["numerator"], row["denominator"]) for row in rows}
