"""The bars of a period and of earlier ones: parts of the whole, each as many as its list."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge
from tthc.db.queries.figures import count_conditions
from tthc.domain.access import Scope
from tthc.rules import predicates
from tthc.service.outcomes import Outcome
from tthc.service.overview import View, show_overview
from tthc.web.desk.bar import OUTCOMES, WIDTH, draw_outcome

SIMULATED = Scope(simulated=True)


@pytest.mark.parametrize("asked", ["month:2026-03", "quarter:2026-Q1", "year:2026", "all:known"])
async def test_parts_are_what_their_conditions_count(ledger: AsyncConnection, asked: str) -> None:
    """The stored counts' differences against the conditions themselves, asked of every case."""
    overview = await show_overview(ledger, SIMULATED, View(asked))
    assert overview.outcomes
    for each in overview.outcomes:
        assert await counted(ledger, each) == each.parts | {"to_resolve": each.whole}
        assert sum(each.parts.values()) == each.whole
    assert sum(map(bool, overview.outcomes[0].parts.values())) > 2


async def counted(ledger: AsyncConnection, each: Outcome) -> dict[str, int]:
    known = predicates.predicates()
    asked = {name: known[name] for name in (*each.parts, "to_resolve")}
    knowledge = Knowledge(each.tally.as_of, each.tally.known_at)
    (row,) = await count_conditions(SIMULATED, ledger, asked, each.tally.period, knowledge, ())
    return {name: row[name] for name in asked}


def test_a_periods_bar_is_whole_and_opens_its_own_conditions() -> None:
    pieces = draw_outcome({"resolved_early_in": 10, "resolved_late_in": 0, "overdue_at_end": 1})
    assert [(piece.name, piece.where) for piece in pieces] == [
        ("early", "resolved_early_in"),
        ("open_overdue", "overdue_at_end"),
    ]
    assert sum(piece.width for piece in pieces) == WIDTH
    assert set(OUTCOMES) <= set(predicates.predicates())
