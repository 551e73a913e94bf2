"""Accounts and tokens by SQL, as the application's role in the name of each: who keeps them.

Planted and caught: a whole world that is nobody's unit, and so anybody's.
"""

import asyncpg
import pytest

from tests.db.test_row_level_security import app, neighbours, secret_of, standing_for
from tests.neighbours import OTHER_WORLD, Neighbours
from tthc import clock
from tthc.domain.access import Role

__all__ = ["app", "neighbours"]  # fixtures
OPEN = "SELECT open_account($1, 'x', $2, $3, $4, '{}', 'x', true, now(), 'test')"
GIVE = "SELECT give_token($1, $2, $2, $3, '{read}', $4, now(), now())"
# who, of what role, is offered a clerk's account in a unit: whether it is theirs to open
CASES = [
    (Role.ADMIN, None, "foreign", "clerk", True),
    (Role.ADMIN, None, OTHER_WORLD, "clerk", False),
    (Role.ADMIN, None, None, "auditor", True),
    (Role.ADMIN, "province", "sibling", "leader", True),
    (Role.ADMIN, "province", "foreign", "clerk", False),
    (Role.ADMIN, "province", "own", "auditor", False),
    (Role.ADMIN, "province", None, "official", False),
    (Role.ADMIN, "own", "own", "clerk", True),
    (Role.ADMIN, "own", "sibling", "clerk", False),
    *((role, "own", "own", "clerk", False) for role in Role if role is not Role.ADMIN),
    *((role, None, None, "official", False) for role in (Role.AUDITOR, Role.PROGRAM)),
]


@pytest.mark.parametrize(("role", "home", "place", "its_role", "theirs"), CASES)
async def test_who_keeps_accounts(
    app: asyncpg.Connection,
    neighbours: Neighbours,
    role: Role,
    home: str | None,
    place: str | None,
    its_role: str,
    theirs: bool,  # noqa: FBT001  # a column of the table above
) -> None:
    unit = neighbours.units[place] if place else None
    world = place == OTHER_WORLD
    async with standing_for(app, neighbours, role, home):
        assert await app.fetchval(OPEN, "moi", its_role, world, unit) is theirs
        if its_role == "clerk":
            assert await app.fetchval(GIVE, b"\1" * 32, "x", world, unit) is theirs
        listed = {row[0] for row in await app.fetch("SELECT login FROM list_accounts(now())")}
        assert ("moi" in listed) is theirs
        assert bool(listed) is (role is Role.ADMIN)


async def test_what_is_beyond_stays_as_it_is(
    app: asyncpg.Connection, neighbours: Neighbours
) -> None:
    """A commune's administrator before the accounts of a province's leader and of an auditor."""
    for role, home in ((Role.LEADER, "province"), (Role.AUDITOR, "own")):
        await secret_of(neighbours, role, home)
        login = f"{role}.{home}"
        own = neighbours.units["own"]
        async with standing_for(app, neighbours, Role.ADMIN, "own"):
            for question, given in (
                ("SELECT give_password($1, 'x', now())", ()),
                ("SELECT end_account($1, now())", ()),
                ("SELECT end_sessions($1, now()) > 0", ()),
                ("SELECT change_account($1, 'clerk', $2, '{}')", (own,)),
                ("SELECT EXISTS (SELECT FROM list_sessions($1, now()))", ()),
            ):
                assert await app.fetchval(question, login, *given) is False, question


async def test_a_program_of_an_administrators_name_keeps_nothing(
    app: asyncpg.Connection, neighbours: Neighbours
) -> None:
    await secret_of(neighbours, Role.ADMIN, None)
    digest = await secret_of(neighbours, Role.PROGRAM, None)
    owner = await asyncpg.connect(neighbours.server.owner_url)
    await owner.execute("UPDATE tokens SET actor = 'admin.all' WHERE hash = $1", digest)
    async with app.transaction():
        assert await app.fetchval("SELECT enter($1, $2)", digest, clock.now())
        assert not await app.fetch("SELECT FROM list_accounts(now())")
        assert not await app.fetch("SELECT FROM list_tokens()")
    await owner.execute("UPDATE tokens SET actor = label WHERE hash = $1", digest)
    await owner.close()
