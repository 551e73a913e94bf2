"""Who may write on a score sheet by SQL, whatever the service thinks of it."""

import asyncpg
import pytest

from tests.db.test_row_level_security import app, neighbours, standing_for
from tests.neighbours import OTHER_WORLD, Neighbours
from tthc.domain.access import Role

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
        (Role.APPRAISER, "own", "sibling", "approved", None, False),
        (Role.APPRAISER, "own", OTHER_WORLD, "appraised", None, False),
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
