"""The facts at a cut-off against a fold in plain Python, over random histories."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger import event, fold, write_history
from tests.oracle import fill_dates
from tthc.db.act_facts import ACT_FACTS
from tthc.db.facts import Knowledge, facts_sql
from tthc.db.server import Server
from tthc.domain.access import Scope
from tthc.domain.events import Event
from tthc.rules import predicates

START = datetime(2026, 3, 1, tzinfo=UTC)
HOURS = st.integers(0, 14 * 24).map(lambda hours: START + timedelta(hours=hours))
ELSEWHERE = {"receiver_ended_on", *ACT_FACTS}  # of a unit, of acts
NAMES = tuple(name for name in predicates.facts() if name not in ELSEWHERE)


@st.composite
def histories(draw: st.DrawFn, code: str) -> list[Event]:
    """A receipt, then acts in any order of effect and of recording, some of them replaced."""
    received = draw(HOURS)
    due = received + timedelta(days=draw(st.integers(0, 5)))
    change = {
        **dict.fromkeys(("receiving_unit_id", "competent_unit_id", "procedure_id"), 1),
        "level": "commune",
        "channel": "online",
        "state": 2,
        "e_result": "unknown",
        **dict.fromkeys(("submitted_at", "received_at"), received),
        **dict.fromkeys(("due_at", "promised_due_at", "overdue_at", "promised_overdue_at"), due),
    }
    events = [event(code, 1, "received", received, change)]
    for _ in range(draw(st.integers(0, 4))):
        at = received + timedelta(hours=draw(st.integers(0, 14 * 24)))
        acts: list[tuple[str, dict[str, Any]]] = [
            ("suspended", {"state": 5, "suspended_at": at, "supplements": 1}),
            ("resumed", {"state": 4, "suspended_at": None, "due_at": at}),
            ("letter_issued", {"letter_issued_at": at, "letter_sent_at": at}),
            ("resolved", {"state": 9, "resolved_at": at, "outcome": "granted"}),
            ("returned", {"state": 10, "returned_at": at}),
        ]
        kind, decided = draw(st.sampled_from(acts))
        recorded = at + timedelta(hours=draw(st.sampled_from([0, 0, 1, 90])))
        events.append(event(code, len(events) + 1, kind, at, decided, recorded_at=recorded))
    for target in list(events[1:]):
        if draw(st.integers(0, 3)) == 0:
            at = received + timedelta(hours=draw(st.integers(0, 14 * 24)))
            mended = {"state": 9, "resolved_at": at} if target.type == "resolved" else {}
            events.append(
                event(
                    code,
                    len(events) + 1,
                    "corrected",
                    at,
                    mended,
                    recorded_at=target.recorded_at + timedelta(hours=draw(st.integers(1, 99))),
                    replaces=target.seq,
                )
            )
    return events


def expected(events: list[Event], as_of: datetime, known_at: datetime) -> dict[str, Any] | None:
    row = fold(events, as_of, known_at)
    if row is None:
        return None
    empty: dict[str, Any] = dict.fromkeys(NAMES)
    derived = {"out_of_territory": False, "imported": False, "yields_document": "unknown"}
    derived |= {"intake_late": False, "handover_late": False, "stepped": False}
    facts = fill_dates(empty | derived | {"supplements": 0} | row)
    return {name: facts[name] for name in NAMES}


async def try_histories(
    server: Server, tried: list[list[Event]], cuts: list[tuple[datetime, datetime]]
) -> list[list[dict[str, Any] | None]]:
    connection = await asyncpg.connect(server.night_url)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for events in tried:
            await write_history(connection, events)
        found = []
        for as_of, known_at in cuts:
            sql = facts_sql(Scope(simulated=False), (*NAMES, "code"), Knowledge(as_of, known_at))
            rows = {row["code"]: dict(row) for row in await connection.fetch(sql)}
            found.append([rows.get(events[0].case_code) for events in tried])
        return found
    finally:
        await transaction.rollback()
        await connection.close()


@given(data=st.data())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_any_cut_off_gives_the_fold_of_the_events_known_and_effective(
    server: Server, data: st.DataObject
) -> None:
    tried = [data.draw(histories(f"T-{number}")) for number in range(8)]
    cuts = data.draw(st.lists(st.tuples(HOURS, HOURS), min_size=2, max_size=4))
    found = asyncio.run(try_histories(server, tried, cuts))
    for (as_of, known_at), rows in zip(cuts, found, strict=True):
        for events, row in zip(tried, rows, strict=True):
            wanted = expected(events, as_of, known_at)
            got = row and {name: row[name] for name in NAMES}
            assert got == wanted, (events, as_of, known_at)


async def test_before_it_was_recorded_an_act_is_not_known(server: Server) -> None:
    """Scenario 14: finished on 02/04, back-dated to 28/03 by a correction recorded on 03/04."""
    due = datetime(2026, 3, 30, 17, tzinfo=UTC)
    done, mended = datetime(2026, 4, 2, 3, tzinfo=UTC), datetime(2026, 3, 28, 3, tzinfo=UTC)
    received = {
        **dict.fromkeys(("receiving_unit_id", "competent_unit_id", "procedure_id"), 1),
        "level": "commune",
        "channel": "online",
        "state": 2,
        "e_result": "unknown",
        **dict.fromkeys(("submitted_at", "received_at"), START),
        **dict.fromkeys(("due_at", "promised_due_at", "overdue_at", "promised_overdue_at"), due),
    }
    history = [
        event("T-14", 1, "received", START, received),
        event("T-14", 2, "resolved", done, {"state": 9, "resolved_at": done}),
        event(
            *("T-14", 3, "corrected", mended, {"state": 9, "resolved_at": mended}),
            recorded_at=datetime(2026, 4, 3, 3, tzinfo=UTC),
            replaces=2,
        ),
    ]
    end_of_march = datetime(2026, 3, 31, 16, 59, 59, tzinfo=UTC)
    later = datetime(2026, 5, 1, tzinfo=UTC)
    ((as_published,), (restated,), (now,)) = await try_histories(
        server, [history], [(end_of_march, end_of_march), (end_of_march, later), (later, later)]
    )
    assert as_published
    assert as_published["resolved_at"] is None
    assert restated
    assert restated["resolved_at"] == mended
    assert now
    assert now["resolved_at"] == mended  # not the finish that was corrected away


async def test_a_case_of_a_shop_that_closes_at_24_00_is_due_on_that_day(server: Server) -> None:
    """And one that is due at an instant, 00:00 itself, on the date that begins then."""
    midnight = datetime(2026, 3, 10, 17, tzinfo=UTC)  # the end of 10/03 in Vietnam
    received = {
        **dict.fromkeys(("receiving_unit_id", "competent_unit_id", "procedure_id"), 1),
        "level": "commune",
        "channel": "online",
        "state": 2,
        "e_result": "unknown",
        **dict.fromkeys(("submitted_at", "received_at"), START),
        **dict.fromkeys(("due_at", "overdue_at", "promised_due_at"), midnight),
        "promised_overdue_at": midnight + timedelta(microseconds=1),
    }
    history = [
        event("T-24", 1, "received", START, received),
        event("T-24", 2, "letter_issued", midnight, {"letter_issued_at": midnight}),
    ]
    before, later = midnight - timedelta(hours=1), midnight + timedelta(days=1)
    for (row,) in await try_histories(server, [history], [(before, before), (later, later)]):
        assert row
        assert (row["due_on"].day, row["promised_due_on"].day) == (10, 11)
