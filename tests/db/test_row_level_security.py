"""What the application's role can reach by SQL, whoever it stands for: nothing foreign."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from tests.databases import Databases
from tests.neighbours import CASES, OTHER_WORLD, UNITS, Neighbours, block_of, build, sees
from tthc import clock
from tthc.domain.access import ACTS, EVERY_RELATION, REACH, Reach, Role, may

# tables that hold something of cases, and the question which cases
BY_CASE = {
    "cases": "SELECT id FROM cases",
    **{
        table: f"SELECT case_id FROM {table}"
        for table in ("case_events", "case_words", "applicants", "letters")
    },
}
# tables that hide rows and aren't about one case each
OTHERS = {"explanations", "portal_claims", "idempotency_keys", "traces"}
OTHERS |= {"scores", "form_numbers", "publications", "published_figures", "published_procedures"}
OTHERS |= {"score_rounds", "score_acts", "published_scores", "unit_signals"}
OTHERS |= {"open_figures"}
# what the application may read whole: no row of it is about a case or a person's doings
OPEN = {
    "foreign_reports",  # counts of units
    *("alembic_version", "calendar_changes", "calendar_decisions", "calendars", "case_kinds"),
    *(
        "current_days",
        "definition_sets",
        "figure_days",
        "figure_sheets",
        "figures",
        "job_runs",
        "ledger_days",
    ),
    *(
        "form_papers",
        "online_levels",
        "procedure_steps",
        "procedure_workflows",
        "procedures",
        "reference_loads",
    ),
    *(
        "schedule_pulse",
        "settled_layers",
        "sectors",
        "sources",
        "terms",
        *("unit_blocks", "block_kinds"),
        "unit_hours",
        "unit_serves",
    ),
    *("unit_hours", "unit_successors", "units", "working_days"),
}
DOOR = {"accounts", "sign_in_attempts"}  # of the door itself: who is called what; see test_door.py
BLOCKS = ("communes", "districts")  # of every appraiser here
HOMES = ("own", "province")
READERS = [
    *((role, home) for role in Role for home in HOMES),
    *((role, None) for role in (Role.AUDITOR, Role.OFFICIAL, Role.PROGRAM, Role.APPRAISER)),
    *((role, "former") for role in (Role.LEADER, Role.PROGRAM)),
]


@pytest.fixture(scope="module")
def neighbours(databases: Databases) -> Iterator[Neighbours]:
    own = asyncio.run(databases.copy())
    yield asyncio.run(build(own))
    asyncio.run(databases.drop(own))


@pytest.fixture
async def app(neighbours: Neighbours) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(neighbours.server.app_url)
    yield connection
    await connection.close()


async def secret_of(neighbours: Neighbours, role: Role, home: str | None) -> bytes:
    """The digest of a living token or session; the database has it, not the application's role."""
    unit = neighbours.units[home] if home else None
    digest = hashlib.sha256(f"{role} {home}".encode()).digest()
    owner = await asyncpg.connect(neighbours.server.owner_url)
    now, name = clock.now(), f"{role}.{home or 'all'}"
    if role is Role.PROGRAM:
        await owner.execute(
            "INSERT INTO tokens (hash, label, actor, simulated, scopes, created_at, unit_id) "
            "VALUES ($1, $2, $2, false, '{read}', $3, $4) ON CONFLICT DO NOTHING",
            *(digest, name, now, unit),
        )
    else:
        account = await owner.fetchval(
            "INSERT INTO accounts (login, name, role, simulated, unit_id, password_hash, "
            "must_change, password_at, created_at, created_by, blocks) "
            "VALUES ($1, $1, $2, false, $3, '', false, $4, $4, 'test', $5) "
            "ON CONFLICT (login) DO UPDATE SET name = excluded.name RETURNING id",
            *(name, str(role), unit, now, BLOCKS if role is Role.APPRAISER else ()),
        )
        await owner.execute(
            "INSERT INTO sessions (digest, account_id, created_at, last_used_at, idle_seconds, "
            "expires_at) VALUES ($1, $2, $3, $3, 600, $4) ON CONFLICT DO NOTHING",
            *(digest, account, now, now + timedelta(hours=1)),
        )
    await owner.close()
    return digest


@asynccontextmanager
async def standing_for(
    app: asyncpg.Connection, neighbours: Neighbours, role: Role, home: str | None
) -> AsyncIterator[None]:
    digest = await secret_of(neighbours, role, home)
    transaction = app.transaction()
    await transaction.start()
    assert await app.fetchval("SELECT enter($1, $2)", digest, clock.now())
    yield
    await transaction.rollback()


async def test_every_table_has_been_thought_about(app: asyncpg.Connection) -> None:
    """A table that the application may read hides rows, or is listed as holding nothing to hide."""
    rows = await app.fetch(
        "SELECT relname, relrowsecurity, relkind, reloptions FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p') "
        "AND has_any_column_privilege('tthc_app', oid, 'SELECT')"
    )
    hiding = {row["relname"] for row in rows if row["relrowsecurity"]}
    assert hiding == set(BY_CASE) | OTHERS
    assert {row["relname"] for row in rows} - hiding - DOOR == OPEN


async def test_views_and_functions_stand_on_nothing_hidden(app: asyncpg.Connection) -> None:
    views = await app.fetch(
        "SELECT DISTINCT v.relname FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid "
        "JOIN pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm') "
        "JOIN pg_class t ON t.oid = d.refobjid AND t.relrowsecurity "
        "WHERE NOT coalesce(v.reloptions @> '{security_invoker=true}', false)"
    )
    assert not views
    definers = await app.fetch(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef "
        "AND has_function_privilege('tthc_app', oid, 'EXECUTE') "
        "AND prorettype <> 'trigger'::regtype"
    )
    assert {row["proname"] for row in definers} == {
        *(
            "enter",
            "must_enter",
            "units_of",
            "passed_cases",
            "forget_person",
            "add_trace",
            "traces_of",
        ),
        *("find_login", "begin_session", "change_password", "renew_password"),
        *("use_session", "end_session", "use_token"),
        *("enter_look_up", "reader", "slip_pin"),
        *("appraised_world", "appraisers_units", "appraisal_of"),
        *("list_accounts", "open_account", "change_account", "end_account", "give_password"),
        *("end_sessions", "list_sessions", "list_tokens", "give_token", "revoke_token"),
        *("cases_beyond", "sought_cases", "touched_since", "leads_world"),
    }


async def test_the_matrix(app: asyncpg.Connection, neighbours: Neighbours) -> None:
    """Every table × reader × place: exactly the cases of the rules. Leaks are counted."""
    looked = leaks = missing = 0
    for role, home in READERS:
        wanted = {neighbours.cases[name] for name in CASES if sees(role, home, name)}
        async with standing_for(app, neighbours, role, home):
            for table, question in BY_CASE.items():
                seen = {row[0] for row in await app.fetch(question)}
                looked += len(CASES)
                leaks += len(seen - wanted)
                missing += len(wanted - seen)
                assert seen == wanted, (role, home, table)
            passed = {
                row[0]
                for row in await app.fetch("SELECT passed_cases($1)", [*neighbours.units.values()])
            }
            assert passed <= wanted
            pins = {name: await app.fetchval("SELECT slip_pin($1)", name.upper()) for name in CASES}
            told = {neighbours.cases[name] for name, pin in pins.items() if pin}
            assert told <= wanted
            writes = any(may(role, act, EVERY_RELATION) for act in ACTS)
            assert bool(told) is (writes and bool(wanted)), (role, home)
    print(f"{len(READERS)} readers, {looked} looks at cases: {leaks} leaks, {missing} missing")
    assert (leaks, missing) == (0, 0)


async def test_what_is_not_about_one_case(app: asyncpg.Connection, neighbours: Neighbours) -> None:
    units = {id_: name for name, id_ in neighbours.units.items()}
    for role, home in READERS:
        async with standing_for(app, neighbours, role, home):
            seen = {units[row[0]] for row in await app.fetch("SELECT unit_id FROM explanations")}
            assert seen == {name for name in units.values() if sees(role, home, f"at_{name}")}, (
                role,
                home,
            )
            for table in ("scores", "form_numbers"):
                there = {units[row[0]] for row in await app.fetch(f"SELECT unit_id FROM {table}")}
                appraised = table == "scores" and role is Role.APPRAISER
                assert there == (appraised_by(home) if appraised else seen), (role, home, table)
            worlds = await app.fetch("SELECT simulated FROM portal_claims")
            whole_program = role is Role.PROGRAM and home is None
            assert [row[0] for row in worlds] == ([False] if whole_program else [])
            assert not await app.fetch("SELECT FROM idempotency_keys")


def appraised_by(home: str | None) -> set[str]:
    """The communes and districts of one's province, and of the one that it inherited, but one's own
    unit with what it inherited.
    """
    theirs = {
        None: set[str](),
        "own": {"own", "heir_of", "foreign"},
        "province": {"district", "foreign"},
    }
    return {name for name in UNITS if block_of(name) in BLOCKS} - theirs[home]


async def test_scores_are_the_nights_to_keep(app: asyncpg.Connection) -> None:
    for table in ("scores", "form_papers"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(f"INSERT INTO {table} SELECT * FROM {table}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # by no one who has entered
        await app.execute("INSERT INTO form_numbers SELECT min(id), 2026, 9, '04' FROM units")


async def test_nobody_is_there_before_entering(app: asyncpg.Connection) -> None:
    for table in (*BY_CASE, *OTHERS):
        assert await app.fetchval(f"SELECT count(*) FROM {table}") == 0
    async with app.transaction():
        assert not await app.fetchval("SELECT enter($1, $2)", b"\0" * 32, clock.now())
        assert await app.fetchval("SELECT count(*) FROM cases") == 0


async def test_who_entered_is_gone_with_the_transaction(
    app: asyncpg.Connection, neighbours: Neighbours
) -> None:
    """As behind PgBouncer, where the next transaction on a connection is somebody else's."""
    prepared = await app.prepare("SELECT count(*) FROM cases")
    async with standing_for(app, neighbours, Role.AUDITOR, None):
        assert await prepared.fetchval() == len(CASES) - 1
        note, seal = await _note(app)
    assert await prepared.fetchval() == 0
    async with standing_for(app, neighbours, Role.CLERK, "own"):
        own = await prepared.fetchval()
        assert 0 < own < len(CASES) - 1
        await app.execute("SELECT set_config('tthc.reader', $1, true)", note)
        assert await prepared.fetchval() == 0, "a note without its seal"
        await app.execute("SELECT set_config('tthc.seal', $1, true)", seal)
        assert await prepared.fetchval() == 0, "a seal of another transaction"
    await app.execute("SELECT set_config('tthc.reader', $1, false)", note)
    await app.execute("SELECT set_config('tthc.seal', $1, false)", seal)
    assert await prepared.fetchval() == 0


@pytest.mark.parametrize(
    "trick",
    [
        "SET ROLE tthc_night",
        "SET ROLE tthc_owner",
        "SET SESSION AUTHORIZATION tthc_owner",
        "SET row_security = off",
        "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
        "DROP POLICY seen ON cases",
        "CREATE POLICY mine ON cases USING (true)",
        "SELECT open_scope('x', 'auditor', false, NULL, now())",
        "SELECT seal_of('x')",
        "SELECT derive_slip_pin(1)",
        "SELECT own_digits(1)",
        "SELECT reader()",
        "SELECT secret FROM reader_secret",
        "SELECT codes FROM case_register",
        "SELECT competent_before(1, 1)",
        "SET session_replication_role = replica",
        "UPDATE reaches SET unit_ids = '{}'",
        "CREATE TABLE public.reaches_of_mine ()",
    ],
)
async def test_no_trick_helps(app: asyncpg.Connection, neighbours: Neighbours, trick: str) -> None:
    async with standing_for(app, neighbours, Role.CLERK, "own"):
        before = await app.fetchval("SELECT count(*) FROM cases")
        savepoint = app.transaction()
        await savepoint.start()
        try:
            await app.execute(trick)
            after = await app.fetchval("SELECT count(*) FROM cases")
        except (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError):
            after = before
        await savepoint.rollback()
        assert after == before


async def test_a_function_of_ones_own_tells_no_foreign_row(
    app: asyncpg.Connection, neighbours: Neighbours
) -> None:
    """An operator that tells what it is asked about runs after the policy, never before."""
    async with standing_for(app, neighbours, Role.CLERK, "own"):
        await app.execute(
            "CREATE FUNCTION pg_temp.tell(code text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 "
            "AS $$ BEGIN RAISE NOTICE 'seen %', code; RETURN true; END $$"
        )
        told: list[str] = []
        app.add_log_listener(lambda _, message: told.append(str(message)))
        seen = await app.fetch("SELECT code FROM cases WHERE pg_temp.tell(code)")
        assert len(told) == len(seen)


async def test_nothing_is_written_beyond_the_scope(
    app: asyncpg.Connection, neighbours: Neighbours
) -> None:
    insert = (
        "INSERT INTO case_events (case_id, seq, type, occurred_at, effective_at, recorded_at, "
        "actor, change, hash) VALUES ($1, 99, 'noted', now(), now(), now(), 'x', '{}', '')"
    )
    for role, home in READERS:
        writes = any(may(role, act, EVERY_RELATION) for act in ACTS)
        async with standing_for(app, neighbours, role, home):
            for name, case_id in neighbours.cases.items():
                savepoint = app.transaction()
                await savepoint.start()
                try:
                    await app.execute(insert, case_id)
                    done = True
                except asyncpg.InsufficientPrivilegeError:
                    done = False
                await savepoint.rollback()
                assert done == (writes and sees(role, home, name)), (role, home, name)
            moved = await app.fetch("UPDATE cases SET version = version RETURNING code")
            expected = [name for name in CASES if writes and sees(role, home, name)]
            assert sorted(row[0] for row in moved) == sorted(name.upper() for name in expected)


async def test_a_case_is_neither_opened_for_others_nor_moved_to_their_world(
    app: asyncpg.Connection, neighbours: Neighbours
) -> None:
    copied = (
        "INSERT INTO cases (code, simulated, imported, version, head, last_effective_at, "
        "last_recorded_at, receiving_unit_id, competent_unit_id, procedure_id, level, channel, "
        "state, submitted_at, received_at) SELECT 'MỚI', simulated, false, 1, '', now(), now(), "
        "u.id, u.id, procedure_id, c.level, channel, 2, now(), now() "
        "FROM (SELECT procedure_id, level, channel FROM cases LIMIT 1) c, units u WHERE u.id = $1"
    )
    async with standing_for(app, neighbours, Role.CLERK, "own"):
        await app.execute(copied, neighbours.units["own"])
    for unit in ("child", "sibling", "foreign", OTHER_WORLD):
        async with standing_for(app, neighbours, Role.CLERK, "own"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(copied, neighbours.units[unit])


async def test_who_passes_a_case_on_still_sees_it(
    app: asyncpg.Connection, neighbours: Neighbours
) -> None:
    move = "UPDATE cases SET competent_unit_id = $1 WHERE code = 'SOLVED_HERE' RETURNING id"
    async with standing_for(app, neighbours, Role.LEADER, "own"):
        assert await app.fetchval(move, neighbours.units["foreign"])
        kept = await app.fetchval("SELECT passed_on_by FROM cases WHERE code = 'SOLVED_HERE'")
        assert kept == [neighbours.units["own"]]


def test_the_database_and_the_domain_say_the_same_of_reach() -> None:
    """`units_of` in SQL and REACH in Python; the matrix above holds the rest together."""
    assert {role for role in Role if REACH[role] is Reach.NONE} == {Role.ADMIN, Role.APPRAISER}
    assert {role for role in Role if REACH[role] is Reach.UNIT} == {Role.CLERK, Role.OFFICER}
    assert {role for role in Role if REACH[role] is Reach.WORLD} == {Role.AUDITOR}


async def _note(app: asyncpg.Connection) -> tuple[str, str]:
    row = await app.fetchrow(
        "SELECT current_setting('tthc.reader') AS note, current_setting('tthc.seal') AS seal"
    )
    assert row
    return row["note"], row["seal"]
