"""Plausible bugs in who sees and enters, planted in the database one at a time: each is caught.

By default a handful, with TTHC_HEAVY=1 all of BUGS: a clerk who sees the units below; what a unit
inherited forgotten, or given to each of several heirs; who passed a case on no longer seeing it;
the world mixed up; letters and names shown to whoever entered; an appraiser's own scores; a seal
that is not looked at; tokens after their end or revocation; sessions idle, too old, left, of an
ended account, or with a first password; administrators of another world, who make auditors, or who
are none. Those of the tables of rules: tests/domain.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NamedTuple

import asyncpg
import pytest

from tests.databases import Databases
from tests.db import test_row_level_security as rows
from tests.db.test_administrators import test_who_keeps_accounts as who_keeps_accounts
from tests.db.test_entering import check_end
from tests.neighbours import OTHER_WORLD, Neighbours, build
from tthc.domain.access import Role

Check = Callable[[asyncpg.Connection, Neighbours], Coroutine[Any, Any, None]]


def ends(why: str) -> Check:
    async def check(app: asyncpg.Connection, neighbours: Neighbours) -> None:
        del app
        owner = await asyncpg.connect(neighbours.server.owner_url)
        rolled_back = owner.transaction()
        await rolled_back.start()
        try:
            await check_end(owner, why)
        finally:
            await rolled_back.rollback()
            await owner.close()

    return check


def keeps(role: Role, home: str | None, place: str, its_role: str) -> Check:
    async def check(app: asyncpg.Connection, neighbours: Neighbours) -> None:
        await who_keeps_accounts(app, neighbours, role, home, place, its_role, theirs=False)

    return check


class Bug(NamedTuple):
    """In a function or policy (`table.policy`) the one occurrence of `old` is `new`."""

    name: str
    where: str
    old: str
    new: str
    check: Check = rows.test_the_matrix


BUGS = [
    Bug(
        "a clerk sees what is below",
        "units_of",
        "    seen := own;\n",
        "    seen := reach_of(unit, true, on_day);\n",
    ),
    Bug("what a unit inherited is forgotten", "find_units", "s.successor_id = h.id", "false"),
    Bug(
        "each of several heirs has all",
        "find_units",
        "AND 1 = (SELECT count(*) FROM unit_successors o WHERE o.predecessor_id = x.id)",
        "",
    ),
    Bug("nothing waits at the province", "find_units", "(p.level = 'province')", "false"),
    Bug(
        "who passed a case on sees it no longer",
        "cases.seen",
        "(passed_on_by && ( SELECT reader_units() AS reader_units))",
        "false",
    ),
    Bug(
        "who reads a world reads both",
        "cases.seen",
        "(simulated = ( SELECT reader_world() AS reader_world))",
        "(( SELECT reader_world() AS reader_world) IS NOT NULL)",
    ),
    Bug(
        "names are there for whoever entered",
        "applicants.reached",
        "(EXISTS ( SELECT\n   FROM cases c\n  WHERE (c.id = applicants.case_id)))",
        "(SELECT reader_name()) IS NOT NULL",
    ),
    Bug(
        "an appraiser reads their own scores",
        "scores.read",
        "(unit_id <> ALL",
        "(unit_id > 0 OR unit_id <> ALL",
        rows.test_what_is_not_about_one_case,
    ),
    Bug(
        "every block is an appraiser's",
        "scores.of_blocks",
        "(block = ANY",
        "(block IS NOT NULL OR block = ANY",
        rows.test_what_is_not_about_one_case,
    ),
    Bug(
        "every province is an appraiser's",
        "open_scope",
        "appraisal.root_ids::text",
        "NULL",
        rows.test_what_is_not_about_one_case,
    ),
    Bug(
        "an administrator keeps both worlds",
        "manages",
        "own.simulated = world AND",
        "",
        keeps(Role.ADMIN, None, OTHER_WORLD, "clerk"),
    ),
    Bug(
        "who keeps a unit makes auditors",
        "manages",
        "its_role NOT IN ('auditor', 'appraiser') AND",
        "",
        keeps(Role.ADMIN, "own", "own", "auditor"),
    ),
    Bug(
        "whoever entered keeps accounts",
        "manages",
        "reader_may('accounts') IS NOT TRUE",
        "reader_name() IS NULL",
        keeps(Role.OFFICIAL, None, "own", "clerk"),
    ),
    Bug(
        "no seal is asked for",
        "reader",
        "OPERATOR(pg_catalog.=) public.seal_of(note)",
        "IS NOT NULL",
        rows.test_who_entered_is_gone_with_the_transaction,
    ),
    Bug(
        "a token is good after its end",
        "enter",
        "(t.expires_at IS NULL OR t.expires_at > at)",
        "true",
        ends("a token at its end"),
    ),
    Bug(
        "a revoked token is good",
        "use_token",
        "AND t.revoked_at IS NULL AND (t.exp",
        "AND (t.exp",
        ends("a token revoked"),
    ),
    Bug(
        "nobody is idle",
        "enter",
        "s.last_used_at + s.idle_seconds * interval '1 second' > at",
        "true",
        ends("a session unused"),
    ),
    Bug(
        "sessions grow old without end",
        "enter",
        "s.expires_at > at",
        "true",
        ends("a session too old"),
    ),
    Bug("who left is still there", "enter", "s.ended_at IS NULL", "true", ends("a session left")),
    Bug(
        "who was sent away is still there",
        "enter",
        "a.deactivated_at IS NULL",
        "true",
        ends("an account ended"),
    ),
    Bug(
        "a password that others saw opens the rows",
        "enter",
        "NOT a.must_change",
        "true",
        ends("a password that others saw"),
    ),
]
HEAVY = os.environ.get("TTHC_HEAVY")
PLANTED = BUGS if HEAVY else [BUGS[place] for place in (2, 4, 8, 10, 14, 16)]


@pytest.fixture(scope="module")
def neighbours(databases: Databases) -> Iterator[Neighbours]:
    own = asyncio.run(databases.copy())
    yield asyncio.run(build(own))
    asyncio.run(databases.drop(own))


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
async def test_the_bug_is_caught(neighbours: Neighbours, bug: Bug) -> None:
    owner = await asyncpg.connect(neighbours.server.owner_url)
    sound = await text_of(owner, bug.where)
    assert sound.count(bug.old) >= 1, sound
    try:
        await owner.execute(sound.replace(bug.old, bug.new))
        await owner.execute("DELETE FROM reaches")
        app = await asyncpg.connect(neighbours.server.app_url)
        try:
            with pytest.raises(AssertionError):
                await bug.check(app, neighbours)
        finally:
            await app.close()
    finally:
        await owner.execute(sound)
        await owner.execute("DELETE FROM reaches")
        await owner.close()


async def text_of(owner: asyncpg.Connection, where: str) -> str:
    """The statement that makes a function or a policy what it is."""
    table, dot, policy = where.partition(".")
    if not dot:
        text = await owner.fetchval(
            "SELECT pg_get_functiondef(oid) FROM pg_proc "
            "WHERE proname = $1 AND pronamespace = 'public'::regnamespace",
            where,
        )
        return str(text)
    using = await owner.fetchval(
        "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy "
        "WHERE polname = $1 AND polrelid = $2::text::regclass",
        *(policy, table),
    )
    return f"ALTER POLICY {policy} ON {table} USING ({using})"
