"""What the first page shows is what the ledger answers for the same cut-offs."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.queries.sheets import last_night, stored_counts
from tthc.domain.access import Scope
from tthc.domain.errors import InputError, NotFoundError
from tthc.rules import predicates
from tthc.rules.periods import read_period
from tthc.service.figures import Question, show_cases, show_figures, show_partition
from tthc.service.overview import Overview, View, show_overview

WORLDS = pytest.mark.parametrize(
    "scope", [Scope(simulated=False), Scope(simulated=True)], ids=["real", "simulated"]
)


def question(overview: Overview, *by: str) -> Question:
    assert overview.night
    return Question(
        Scope(overview.simulated), None, overview.night.as_of, overview.night.known_at, tuple(by)
    )


@WORLDS
async def test_every_period_of_the_night_equals_the_live_figures(
    ledger: AsyncConnection, scope: Scope
) -> None:
    night = await last_night(scope, ledger)
    assert night
    for name in {name for name, _ in night.sheets}:
        overview = await show_overview(ledger, scope, View(name))
        assert overview.letters
        for figure in [*overview.on_time, *overview.online, overview.letters]:
            live = await show_figures(
                ledger, figure.definition.id, read_period(name), question(overview)
            )
            (row,) = live["rows"]
            assert (figure.numerator, figure.denominator, figure.percent, figure.reason) == (
                row["numerator"],
                row["denominator"],
                row["percent"],
                row.get("reason"),
            ), (name, figure.definition.id)


@WORLDS
async def test_the_partition_equals_the_live_one(ledger: AsyncConnection, scope: Scope) -> None:
    overview = await show_overview(ledger, scope)
    live = await show_partition(ledger, question(overview, "channel"))
    stored = sorted(overview.channels, key=lambda row: str(row["channel"]))
    assert stored == live["rows"]
    (whole,) = (await show_partition(ledger, question(overview)))["rows"]
    assert overview.partition == whole
    assert overview.unclassified == 0


@WORLDS
async def test_units_equal_the_live_figures_by_unit(ledger: AsyncConnection, scope: Scope) -> None:
    overview = await show_overview(ledger, scope, View("all:known"))
    ask = question(overview, "unit")
    whole = read_period("all:known")
    resolved = await show_figures(ledger, "on_time/resolved", whole, ask)
    burden = await show_figures(ledger, "on_time/burden", whole, ask)
    standing = (await show_partition(ledger, ask))["rows"]
    assert {
        unit.code: (own.numerator, own.denominator)
        for unit in overview.units
        if (own := unit.figures["on_time/resolved"]).denominator
    } == {
        row["unit"]: (row["numerator"], row["denominator"])
        for row in resolved["rows"]
        if row["denominator"]
    }
    assert {unit.code: unit.to_resolve for unit in overview.units if unit.to_resolve} == {
        row["unit"]: row["denominator"] for row in burden["rows"] if row["denominator"]
    }
    late = {row["unit"]: row["open_overdue"] + row["suspended_after_due"] for row in standing}
    assert {unit.code: unit.overdue for unit in overview.units} == {
        unit.code: late[unit.code] for unit in overview.units
    }
    volumes = [unit.to_resolve for unit in overview.units]
    assert volumes == sorted(volumes, reverse=True)


async def test_the_random_world_holds_every_kind_of_case(ledger: AsyncConnection) -> None:
    overview = await show_overview(ledger, Scope(simulated=True))
    held = {name for name in predicates.partition() if overview.partition[name]}
    assert held >= {"early", "late", "open_in_time", "open_overdue", "withdrawn", "stopped"}
    assert held >= {"suspended", "suspended_after_due"}
    assert overview.partition["open_overdue_without_letter"] < overview.overdue


async def test_a_narrower_scope_sums_to_the_whole(ledger: AsyncConnection) -> None:
    night = await last_night(Scope(simulated=True), ledger)
    assert night
    sheet = night.sheets["all:known", "competent"]
    texts = {"total": predicates.partition_counts()["total"].text}

    async def total(units: tuple[int, ...] | None) -> Any:
        (row,) = await stored_counts(Scope(True, units), ledger, sheet, texts)  # noqa: FBT003  # the world
        return row["total"]

    found = await ledger.exec_driver_sql("SELECT id FROM units WHERE simulated ORDER BY id")
    units = [row.id for row in found]
    assert await total(None) == sum([await total((unit,)) for unit in units]) == 150
    assert await total(()) == 0


async def test_the_heading_names_the_least_and_the_greatest_rate(ledger: AsyncConnection) -> None:
    overview = await show_overview(ledger, Scope(simulated=False), View("month:2026-03"))
    rates = [Decimal(each.percent) for each in overview.on_time if each.percent]
    assert overview.on_time_range == (str(min(rates)), str(max(rates)))
    assert not overview.unfinished
    assert (await show_overview(ledger, Scope(simulated=False))).unfinished


async def test_a_period_that_the_night_did_not_count_is_refused(ledger: AsyncConnection) -> None:
    with pytest.raises(NotFoundError):
        await show_overview(ledger, Scope(simulated=False), View("month:2026-02"))
    with pytest.raises(InputError):
        await show_overview(ledger, Scope(simulated=False), View("tháng ba"))


@WORLDS
async def test_the_first_sentence_counts_the_cases_that_are_listed(
    ledger: AsyncConnection, scope: Scope
) -> None:
    overview = await show_overview(ledger, scope)
    ask = question(overview)
    overdue = await show_cases(ledger, "overdue", ask)
    without = await show_cases(ledger, "open_overdue_without_letter", ask)
    opened = await show_cases(ledger, "open", ask)
    assert overview.overdue == overdue["total"] > 0
    assert overview.partition["open_overdue_without_letter"] == without["total"] > 0
    assert overview.open == opened["total"]
