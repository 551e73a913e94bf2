"""Whatever becomes known after publishing: published figures never move, and the difference case by
case explains exactly what was published and what is known now.
"""

import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.ledger import event, write_history
from tests.service.test_publishing import FIRST_OF_APRIL, LEADER, MARCH, stand_at
from tests.worlds import received_change
from tthc import clock
from tthc.db.facts import Knowledge
from tthc.db.publications import read_publications
from tthc.domain.access import Scope
from tthc.domain.events import Event
from tthc.rules.definitions import PROCEDURES, definitions
from tthc.service.figure_rows import answer_rows
from tthc.service.publishing import publish_period, verify_publication
from tthc.service.restatements import show_restatements

REAL = Scope(simulated=False)
MUCH_LATER = datetime(2026, 6, 1, tzinfo=UTC)
CASES = 120


def draw_history(luck: random.Random, code: str, units: list[int]) -> list[Event]:
    """A case of March or before whose acts are recorded at once, weeks later, or corrected later:
    results, letters, suspensions, withdrawals and moves.
    """
    received = datetime(2026, 3, 1, 2, tzinfo=UTC) + timedelta(hours=luck.randrange(-400, 700))
    due_at = received + timedelta(days=luck.choice([1, 4, 9]))
    change = received_change(luck.choice(units), received, due_at, luck.choice(["online", "post"]))
    entered = received + timedelta(days=luck.choice([0, 0, 0, 50]))
    events = [event(code, 1, "received", received, change, recorded_at=entered)]
    for _ in range(luck.randrange(4)):
        at = received + timedelta(hours=luck.randrange(1, 700))
        acts: list[tuple[str, dict[str, Any]]] = [
            ("resolved", {"state": 9, "resolved_at": at, "outcome": "granted"}),
            ("letter_issued", {"letter_issued_at": at, "letter_sent_at": at}),
            ("suspended", {"state": 5, "suspended_at": at, "supplements": 1}),
            ("withdrawn", {"state": 7, "ended_at": at}),
            ("transferred", {"competent_unit_id": luck.choice(units)}),
        ]
        kind, decided = luck.choice(acts)
        recorded = max(at, entered) + timedelta(days=luck.choice([0, 0, 3, 40]))
        events.append(event(code, len(events) + 1, kind, at, decided, recorded_at=recorded))
    if len(events) > 1 and luck.random() < 0.3:
        wrong = events[1]
        at = wrong.effective_at + timedelta(hours=luck.randrange(-300, 300))
        recorded = max(wrong.recorded_at, at) + timedelta(days=luck.randrange(1, 40))
        events.append(
            event(
                *(code, len(events) + 1, "corrected", at, {}),
                recorded_at=recorded,
                replaces=wrong.seq,
            )
        )
    return events


@pytest.mark.parametrize("seed", range(1, 9 if os.environ.get("TTHC_HEAVY") else 2))
async def test_the_difference_explains_published_and_now(
    owner: AsyncConnection, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    luck = random.Random(seed)
    await owner.exec_driver_sql("SELECT")  # the driver begins with the first of ours
    raw = (await owner.get_raw_connection()).driver_connection
    assert raw is not None
    units = [row["id"] for row in await raw.fetch("SELECT id FROM units ORDER BY id LIMIT 3")]
    histories = [draw_history(luck, f"P-{number}", units) for number in range(CASES)]
    later = [each for each in histories if each[0].recorded_at > FIRST_OF_APRIL]
    for events in histories:
        if events not in later:
            await write_history(raw, events)
    stand_at(monkeypatch, FIRST_OF_APRIL)
    await publish_period(owner, LEADER, MARCH)
    (kept,) = await read_publications(owner, simulated=False, period=MARCH.name)
    before = await figures(owner, kept.knowledge, published=kept)
    for events in later:
        await write_history(raw, events)
    stand_at(monkeypatch, MUCH_LATER)
    told = (await show_restatements(owner, REAL, MARCH, limit=CASES))["since"]
    assert told["changed"] == len(told["items"]) > 10
    assert await figures(owner, kept.knowledge, published=kept) == before
    assert await figures(owner, kept.knowledge) == before, "the ledger as it was known then"
    assert (await verify_publication(owner, MARCH, simulated=False))["ok"]
    now = await figures(owner, Knowledge(kept.as_of, clock.now()))
    moved = {each["definition"]: each for each in told["figures"]}
    for name, (above, below) in before.items():
        move = moved.get(name, {"numerator": 0, "denominator": 0})
        assert now[name] == (above + move["numerator"], below + move["denominator"]), name
        items = [one for item in told["items"] for one in item["definitions"] if one["id"] == name]
        came = sum((one["to"] != "outside") - (one["from"] != "outside") for one in items)
        assert came == move["denominator"], name
    assert any(before[name] != now[name] for name in ("on_time/resolved", "on_time/burden"))


async def figures(
    owner: AsyncConnection, at: Knowledge, published: Any = None
) -> dict[str, tuple[int, int]]:
    found = {}
    for name, each in definitions().items():
        if each.of != PROCEDURES:
            (row,) = await answer_rows(REAL, owner, each, MARCH, at, (), published)
            found[name] = (row["numerator"], row["denominator"])
    return found
