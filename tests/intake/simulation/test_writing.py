from datetime import date, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from tests.databases import Databases
from tests.simulated import (
    NOW,
    REAL,
    Simulated,
    asked,
    one,
    prepared,
    rows_of,
)
from tthc.db.engine import connect_night
from tthc.domain.access import Scope
from tthc.domain.errors import BusyError, NotFoundError
from tthc.domain.events import Event, seal_all
from tthc.intake.simulation.setting import Setting
from tthc.intake.simulation.writing import write
from tthc.service.clock import explain_case

GENERATED = (
    "SELECT attname FROM pg_attribute WHERE attrelid = 'cases'::regclass AND attnum > 0 "
    "AND NOT attisdropped AND attgenerated = ''"
)
# what is not decided by an act: `passed_on_by` follows from several
KEPT = {
    "passed_on_by",
    "id",
    "code",
    "simulated",
    "imported",
    "version",
    "head",
    "last_effective_at",
    "last_recorded_at",
}

DATED = """
SELECT code FROM (SELECT code, row_number() OVER (
    PARTITION BY supplements, state, due_at = promised_due_at, statutory_due_at = promised_due_at
    ORDER BY id) AS n
  FROM cases WHERE simulated AND received_at IS NOT NULL) AS c WHERE n <= 2
"""


def test_every_row_is_the_fold_of_its_events(simulated: Simulated) -> None:
    columns = [name for (name,) in rows_of(simulated.server, GENERATED)[0] if name not in KEPT]
    assert len(columns) > 35
    differing = " OR ".join(f"c.{name} IS DISTINCT FROM f.{name}" for name in columns)
    defaults = (
        """'{"supplements": 0, "e_result": "unknown", "intake_late": false, """
        """"handover_late": false}'::jsonb"""
    )
    checked, wrong = rows_of(
        simulated.server,
        f"""
        WITH folded AS (
          SELECT case_id, jsonb_populate_record(NULL::cases, {defaults} ||
            fold_changes(change::jsonb ORDER BY effective_at, seq)) AS r
          FROM case_events GROUP BY case_id)
        SELECT count(*), count(*) FILTER (WHERE {differing.replace("f.", "(f.r).")})
        FROM cases c LEFT JOIN folded f ON f.case_id = c.id
        """,
    )[0][0]
    assert checked == simulated.written.cases
    assert wrong == 0


def test_a_row_that_is_not_the_fold_would_be_found(simulated: Simulated) -> None:
    """The comparison above sees a change of any one column."""
    altered = one(
        simulated.server,
        """
        SELECT count(*) FROM cases c JOIN LATERAL (
          SELECT jsonb_populate_record(NULL::cases,
            fold_changes(change::jsonb ORDER BY effective_at, seq)) AS r
          FROM case_events e WHERE e.case_id = c.id) f ON true
        WHERE c.resolved_at + interval '1 microsecond' IS NOT DISTINCT FROM (f.r).resolved_at
        """,
    )
    # open cases alone have none to move
    assert altered == one(simulated.server, "SELECT count(*) FROM cases WHERE resolved_at IS NULL")


def test_the_chain_of_each_case_holds(simulated: Simulated) -> None:
    events = rows_of(
        simulated.server,
        "SELECT c.code, e.seq, e.type, e.occurred_at, e.effective_at, e.recorded_at, e.actor, "
        "e.replaces, e.payload::text, e.change::text, e.hash, c.head, c.version, c.id "
        "FROM cases c JOIN case_events e ON e.case_id = c.id WHERE c.id % 10 = 0 "
        "ORDER BY c.id, e.seq",
    )[0]
    by_case: dict[str, list[tuple[Any, ...]]] = {}
    for row in events:
        by_case.setdefault(row[0], []).append(row)
    assert len(by_case) == simulated.written.cases // 10
    for rows in by_case.values():
        links = seal_all(b"", [Event(*row[:10]) for row in rows])
        assert links == [row[10] for row in rows]
        assert (links[-1], len(links)) == rows[-1][11:13]


def test_acts_come_in_their_order_and_are_recorded_soon(simulated: Simulated) -> None:
    wrong = one(
        simulated.server,
        """
        SELECT count(*) FROM (
          SELECT seq, row_number() OVER w AS place, occurred_at, effective_at, recorded_at,
            lag(occurred_at) OVER w AS before, lag(recorded_at) OVER w AS recorded_before,
            submitted_at, c.last_effective_at, c.last_recorded_at
          FROM case_events e JOIN cases c ON c.id = e.case_id
          WINDOW w AS (PARTITION BY case_id ORDER BY seq)) e
        WHERE seq <> place OR occurred_at < before OR effective_at <> occurred_at
          OR recorded_at < recorded_before OR recorded_at <= occurred_at
          OR occurred_at < submitted_at OR occurred_at > last_effective_at
          OR recorded_at > last_recorded_at
        """,
    )
    assert wrong == 0
    latest: datetime = one(simulated.server, "SELECT max(recorded_at) FROM case_events")
    assert latest <= NOW


def test_everything_is_labelled_and_in_its_own_world(simulated: Simulated) -> None:
    unlabelled, foreign, real, codes, persons, offices = (
        rows[0][0]
        for rows in rows_of(
            simulated.server,
            "SELECT count(*) FROM units WHERE simulated AND name NOT LIKE '%(mô phỏng)'",
            "SELECT count(*) FROM units u JOIN units r ON r.id = u.root_id "
            "WHERE u.simulated AND NOT r.simulated",
            "SELECT count(*) FROM cases c JOIN units u ON u.id IN (receiving_unit_id, "
            "competent_unit_id) WHERE NOT u.simulated OR NOT c.simulated",
            "SELECT count(*) FROM cases WHERE code NOT LIKE 'MP%'",
            "SELECT count(*) FROM applicants",
            "SELECT count(*) FROM case_events WHERE actor !~ '^(can-bo-|cong-dvc)'",
        )
    )
    assert (unlabelled, foreign, real, codes, persons, offices) == (0, 0, 0, 0, 0, 0)


def test_the_real_world_is_untouched(simulated: Simulated) -> None:
    assert [rows[0] for rows in rows_of(simulated.server, *REAL)] == simulated.real_before
    assert simulated.real_before[1][0] > 14_000


def test_units_are_those_of_the_day(simulated: Simulated) -> None:
    """Received and solved by units that were valid then; none but successors take over."""
    strangers = one(
        simulated.server,
        """
        SELECT count(*) FROM cases c JOIN case_events e ON e.case_id = c.id AND e.seq = 1
        JOIN units u ON u.id IN ((e.change->>'receiving_unit_id')::int,
                                 (e.change->>'competent_unit_id')::int)
        WHERE c.submitted_on < u.valid_from OR c.submitted_on >= u.valid_to
        """,
    )
    assert strangers == 0
    handed_on = rows_of(
        simulated.server,
        """
        SELECT count(*), count(*) FILTER (WHERE s.successor_id IS NULL) FROM case_events t
        JOIN case_events e ON e.case_id = t.case_id AND e.seq = 1
        JOIN units u ON u.id = (e.change->>'competent_unit_id')::int AND u.valid_to IS NOT NULL
        LEFT JOIN unit_successors s ON s.predecessor_id = u.id
          AND s.successor_id = (t.change->>'competent_unit_id')::int
        WHERE t.type = 'transferred'
        """,
    )[0][0]
    assert handed_on[0] > 20
    assert handed_on[1] == 0


def test_the_centre_serves_the_departments(simulated: Simulated) -> None:
    served = one(
        simulated.server,
        "SELECT count(DISTINCT u.id) FROM unit_serves s JOIN units u ON u.id = s.unit_id "
        "AND u.kind = 'department' JOIN units c ON c.id = s.centre_id "
        "AND c.kind = 'one_stop_centre' AND c.root_id = u.root_id",
    )
    assert served == one(simulated.server, "SELECT count(*) FROM units WHERE kind = 'department'")
    assert served == 3 * len(simulated.setting.mix["departments"])  # two provinces became one


def test_given_again_it_changes_nothing(simulated: Simulated) -> None:
    prepared(simulated.server)
    before = rows_of(simulated.server, "SELECT count(*) FROM units", "SELECT count(*) FROM cases")
    again = write(simulated.setting, simulated.server.night_url, lambda _: None)
    after = rows_of(simulated.server, "SELECT count(*) FROM units", "SELECT count(*) FROM cases")
    assert (again.already, again.cases, again.events) == (True, 0, 0)
    assert before == after


def test_two_databases_get_the_same_ledger(simulated: Simulated, databases: Databases) -> None:
    import asyncio

    other = asyncio.run(databases.copy())
    try:
        write(Setting(asked(), prepared(other)), other.night_url, lambda _: None)
        heads = "SELECT code, encode(head, 'hex'), version FROM cases ORDER BY code"
        assert rows_of(other, heads) == rows_of(simulated.server, heads)
    finally:
        asyncio.run(databases.drop(other))


def test_events_can_be_left_out_of_what_is_settled(database: Any) -> None:
    since = date(2025, 10, 1)
    reference = prepared(database)
    setting = Setting(asked(cases=600, events_since=since), reference)
    written = write(setting, database.night_url, lambda _: None)
    told, untold, stray = rows_of(
        database,
        """
        SELECT count(*) FILTER (WHERE e.n = version), count(*) FILTER (WHERE e.n = 0),
          count(*) FILTER (WHERE e.n = version AND last_effective_at < '2025-10-01 00:00+07'
            OR e.n = 0 AND last_effective_at >= '2025-10-01 00:00+07')
        FROM cases c, LATERAL (SELECT count(*) AS n FROM case_events WHERE case_id = c.id) e
        """,
    )[0][0]
    assert told + untold == written.cases == 600
    assert told > 50
    assert untold > 300
    assert stray == 0


def test_a_second_simulation_adds_to_the_first(database: Any) -> None:
    reference = prepared(database)
    for seed in (1, 2):
        write(Setting(asked(cases=200, seed=seed), reference), database.night_url, lambda _: None)
    assert one(database, "SELECT count(*) FROM cases") == 400


async def test_two_at_once_are_refused(database: Any) -> None:
    import asyncio

    reference = await asyncio.to_thread(prepared, database)
    holder = await asyncpg.connect(database.night_url)
    try:
        await holder.execute("BEGIN; SELECT pg_advisory_xact_lock(hashtext('tthc.simulation'))")
        setting = Setting(asked(cases=10), reference)
        with pytest.raises(BusyError):
            await asyncio.to_thread(write, setting, database.night_url, lambda _: None)
    finally:
        await holder.close()


def test_an_unknown_province_is_refused(database: Any) -> None:
    with pytest.raises(NotFoundError, match="99"):
        prepared(database, "99")


async def test_a_case_s_own_facts_lead_to_its_dates(simulated: Simulated) -> None:
    """By the explanation that its page shows: of suspended, extended and passed on ones too."""
    engine = connect_night(simulated.server)
    async with engine.connect() as connection:
        found = await connection.execute(text(DATED))
        for (code,) in found.all():
            told = await explain_case(Scope(simulated=True), connection, code)
            assert told["agrees"], told
    await engine.dispose()
