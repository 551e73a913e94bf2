"""A simulated province whose scores of 2023 were worked out by hand: see test_scores.py.

Every case is received on 01/03 and due on 10/04/2023 at 17:00; `days` is how many calendar days
before (above zero) or after its due date it was finished, at 10:00.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import asyncpg

from tests.ledger import event, write_history
from tthc import clock
from tthc.db.server import Server
from tthc.domain.events import Event

RECEIVED = datetime(2023, 3, 1, 9, tzinfo=clock.VIETNAM)
DUE = datetime(2023, 4, 10, 17, tzinfo=clock.VIETNAM)
LAND, CIVIL = "PL-DAT", "PL-HT"


class Group(NamedTuple):
    """So many cases of a unit that went alike."""

    unit: str
    cases: int
    days: int | None  # None: still open
    online: int = 0
    letter: bool = False
    procedure: str = CIVIL


UNITS = {  # code: (level, kind, name)
    "PL": ("province", "people_committee", "Tỉnh Thử"),
    "PL.S1": ("province", "department", "Sở Một"),
    "PL.S2": ("province", "department", "Sở Hai"),
    "PL.X1": ("commune", "people_committee", "Xã Một"),
    "PL.X2": ("commune", "people_committee", "Xã Hai"),
    "PL.X3": ("commune", "people_committee", "Xã Ba"),
    "PL.X4": ("commune", "people_committee", "Xã Bốn"),
}
GROUPS = (
    Group("PL.X1", 19, 0, online=10, procedure=LAND),
    Group("PL.X1", 1, -1, letter=True, procedure=LAND),
    Group("PL.X2", 10, 7, online=5),
    Group("PL.X3", 9, 3, online=2),
    Group("PL.X3", 1, -8),
    Group("PL.S1", 4, 0),
    Group("PL.S2", 4, 0),
    Group("PL.S2", 1, -3),
)


async def plant(server: Server, groups: Sequence[Group] = GROUPS) -> None:
    """Write the units and the cases."""
    owner = await asyncpg.connect(server.owner_url)
    ids: dict[str, int] = {}
    for code, (level, kind, name) in UNITS.items():
        ids[code] = await owner.fetchval(
            "INSERT INTO units (simulated, code, name, kind, level, parent_id, root_id) "
            "VALUES (true, $1, $2, $3, $4, $5, $5) RETURNING id",
            *(code, name, kind, level, ids.get("PL")),
        )
    procedures = {}
    for code, sector in ((LAND, "Đất đai"), (CIVIL, "Hộ tịch")):
        sector_id = await owner.fetchval(
            "INSERT INTO sectors (name) VALUES ($1) ON CONFLICT (name) "
            "DO UPDATE SET name = excluded.name RETURNING id",
            sector,
        )
        procedures[code] = await owner.fetchval(
            "INSERT INTO procedures (code, name, sector_id, levels) "
            "VALUES ($1, $1, $2, '{commune,province}') RETURNING id",
            *(code, sector_id),
        )
    await owner.close()
    connection = await asyncpg.connect(server.night_url)
    async with connection.transaction():
        for events in histories(ids, procedures, groups):
            await write_history(connection, events, simulated=True)
    await connection.close()


def histories(
    ids: dict[str, int],
    procedures: dict[str, int],
    groups: Sequence[Group] = GROUPS,
    later: timedelta = timedelta(0),
) -> list[list[Event]]:
    """Cases of these groups, all their instants so much later."""
    found = []
    for number, group in enumerate(groups):
        for place in range(group.cases):
            code = f"{group.unit}-{number}-{place}" + (f"-{later.days}" if later else "")
            change = received(ids[group.unit], procedures[group.procedure], group, place, later)
            events = [event(code, 1, "received", RECEIVED + later, change)]
            if group.letter:
                sent = DUE + later - timedelta(days=2)
                letter = {"letter_issued_at": sent, "letter_sent_at": sent, "letter_number": "1"}
                events.append(event(code, 2, "letter_sent", sent, letter))
            if group.days is not None:
                done = DUE + later - timedelta(days=group.days, hours=7)
                decided = {"state": 9, "resolved_at": done, "outcome": "granted"}
                events.append(event(code, len(events) + 1, "resolved", done, decided))
            found.append(events)
    return found


def received(
    unit: int, procedure: int, group: Group, place: int, later: timedelta
) -> dict[str, Any]:
    due = DUE + later
    overdue = clock.start_of(clock.local_date(due) + timedelta(days=1))
    return {
        **dict.fromkeys(("receiving_unit_id", "competent_unit_id"), unit),
        "procedure_id": procedure,
        "level": "province" if ".S" in group.unit else "commune",
        "channel": "online" if place < group.online else "counter",
        "online_level": "full",
        "state": 2,
        "e_result": "unknown",
        **dict.fromkeys(("submitted_at", "received_at"), RECEIVED + later),
        **dict.fromkeys(("due_at", "promised_due_at"), due),
        **dict.fromkeys(("overdue_at", "promised_overdue_at"), overdue),
    }
