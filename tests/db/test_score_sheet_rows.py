"""Who may read scores and write on a score sheet by SQL, whatever the service thinks of it."""

import asyncpg
import pytest

from tests.db.test_row_level_security import BLOCKS, app, neighbours, secret_of, standing_for
from tests.neighbours import OTHER_WORLD, UNITS, Neighbours, block_of
from tthc import clock
from tthc.domain.access import Role
from tthc.rules.blocks import blocks

__all__ = ["app", "neighbours"]  # fixtures
ACT = """
INSERT INTO score_acts SELECT simulated, 'r', 'year:2026', id, 0, $2, NULL, '{}', $3, now(), ''
FROM units WHERE id = $1"""


@pytest.mark.parametrize(
    ("role", "home", "place", "kind", "named", "done"),
    [
        (Role.LEADER, "own", "own", "self_scored", None, True),
        (Role.LEADER, "own", "own", "self_scored", "another", False),
        (Role.LEADER, "own", "sibling", "self_scored", None, False),
        (Role.LEADER, "province", "own", "approved", None, True),
        (Role.LEADER, "province", "foreign", "approved", None, False),
        (Role.APPRAISER, "own", "sibling", "appraised", None, True),
        (Role.APPRAISER, "own", "own", "appraised", None, False),
        (Role.APPRAISER, "own", "heir_of", "appraised", None, False),
        (Role.APPRAISER, "own", "foreign", "appraised", None, False),
        (Role.APPRAISER, "own", "province", "appraised", None, False),  # of another block
        (Role.APPRAISER, None, "foreign", "appraised", None, True),
        (Role.APPRAISER, "own", "sibling", "approved", None, False),
        (Role.APPRAISER, "own", OTHER_WORLD, "appraised", None, False),
        (Role.APPRAISER, "own", "sibling", "returned", None, True),
        (Role.APPRAISER, "own", "own", "returned", None, False),
        (Role.APPRAISER, None, "own", "approved", None, False),
        (Role.OFFICIAL, "province", "own", "approved", None, False),
        (Role.AUDITOR, None, "own", "appraised", None, False),
    ],
)
async def test_who_may_write_on_a_score_sheet(
    app: asyncpg.Connection,
    neighbours: Neighbours,
    role: Role,
    home: str | None,
    place: str,
    kind: str,
    named: str | None,
    done: bool,  # noqa: FBT001  # a column of the table above
) -> None:
    async with standing_for(app, neighbours, role, home):
        name = named or f"{role}.{home or 'all'}"
        write = app.execute(ACT, neighbours.units[place], kind, name)
        if done:
            assert await write == "INSERT 0 1"
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await write


@pytest.mark.parametrize(("home", "done"), [(None, True), ("own", False)])
async def test_a_provinces_own_sheet_is_approved_by_who_belongs_to_no_unit(
    app: asyncpg.Connection,
    neighbours: Neighbours,
    home: str | None,
    done: bool,  # noqa: FBT001  # a column of the table above
) -> None:
    login, unit = f"appraiser.{home or 'all'}", neighbours.units["province"]
    digest = await secret_of(neighbours, Role.APPRAISER, home)
    owner = await asyncpg.connect(neighbours.server.owner_url)
    change = "UPDATE accounts SET blocks = $2 WHERE login = $1"
    await owner.execute(change, login, ["provinces"])
    transaction = app.transaction()
    await transaction.start()
    try:
        assert await app.fetchval("SELECT enter($1, $2)", digest, clock.now())
        write = app.execute(ACT, unit, "approved", login)
        if done:
            assert await write == "INSERT 0 1"
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await write
    finally:
        await transaction.rollback()
        await owner.execute(change, login, BLOCKS)
        await owner.close()


@pytest.mark.parametrize(
    ("home", "given", "seen"),
    [
        ("own", [], set()),
        ("own", ["provinces"], {"province", "old_province", "far_province"}),
        ("own", ["districts"], {"district"}),
        (None, ["communes"], {n for n in UNITS if block_of(n) == "communes"}),
    ],
)
async def test_an_appraiser_reads_their_blocks(
    app: asyncpg.Connection,
    neighbours: Neighbours,
    home: str | None,
    given: list[str],
    seen: set[str],
) -> None:
    """Kept and published scores, and the acts on sheets; sums that were published are there."""
    owner = await asyncpg.connect(neighbours.server.owner_url)
    digest = await secret_of(neighbours, Role.APPRAISER, home)
    change = "UPDATE accounts SET blocks = $2 WHERE login = $1"
    login = f"appraiser.{home or 'all'}"
    await owner.execute(change, login, given)
    act = (
        "INSERT INTO score_acts SELECT simulated, $2, 'year:2026', id, 0, $3, NULL, '{}', 'x', "
        "now(), '' FROM units WHERE id = $1"
    )
    for unit in neighbours.units.values():
        for kind in ("appraised", "published"):
            await owner.execute(act, unit, str(given), kind)
    names = {unit: name for name, unit in neighbours.units.items()}
    try:
        async with app.transaction():
            assert await app.fetchval("SELECT enter($1, $2)", digest, clock.now())
            scores = {names[row[0]] for row in await app.fetch("SELECT unit_id FROM scores")}
            acts = await app.fetch(
                "SELECT unit_id, kind FROM score_acts WHERE rubric = $1", str(given)
            )
    finally:
        await owner.execute(change, login, BLOCKS)
        await owner.close()
    assert scores == seen
    assert {names[row[0]] for row in acts if row[1] == "appraised"} == seen
    assert {names[row[0]] for row in acts if row[1] == "published"} == set(names.values())


async def test_natural_blocks_are_those_of_the_rules(app: asyncpg.Connection) -> None:
    rows = await app.fetch("SELECT block, level, kind FROM block_kinds")
    rules = {(each.id, each.level, kind) for each in blocks().values() for kind in each.kinds}
    assert {tuple(row) for row in rows} == rules
