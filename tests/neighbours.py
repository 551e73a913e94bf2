"""A neighbourhood of units with a case at every place that a reader could stand to.

P  a province, in force; its predecessor was Q
├── own      a commune, where most readers are; `heir_of` passed to it alone
│   └── child
├── sibling
├── Q (ended) ── D, an ended district that several inherited: what it had waits at P
└── former   ended; own's neighbour `later` is its one successor
F  another province, with `foreign`; `other_world` is the simulated one's
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from tests.ledger import event, write_history
from tthc.db.server import Server
from tthc.domain.access import Role

ENDED = date(2025, 7, 1)
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
# name → parent, level, whether ended
UNITS = {
    "province": (None, "province", False),
    "own": ("province", "commune", False),
    "child": ("own", "commune", False),
    "sibling": ("province", "commune", False),
    "later": ("province", "commune", False),
    "old_province": (None, "province", True),
    "heir_of": ("old_province", "commune", True),
    "former": ("old_province", "commune", True),
    "district": ("old_province", "district", True),
    "far_province": (None, "province", False),
    "foreign": ("far_province", "commune", False),
}
SUCCESSORS = (
    ("old_province", "province"),
    ("heir_of", "own"),
    ("former", "later"),
    ("district", "own"),
    ("district", "sibling"),
)
OTHER_WORLD = "other_world"
# case → the unit that received it, and those that were competent, one after the other
CASES = {
    **{f"at_{name}": (name, (name,)) for name in (*UNITS, OTHER_WORLD)},
    "received_here": ("own", ("foreign",)),
    "solved_here": ("foreign", ("own",)),
    "passed_on": ("foreign", ("own", "foreign")),
    "passed_by_child": ("foreign", ("child", "sibling")),
}
PERSON = "Nguyễn Văn Bí Mật"


@dataclass(frozen=True)
class Neighbours:
    """The units' ids by name, the cases' ids by name; a case's code is its name in capitals."""

    server: Server
    units: dict[str, int]
    cases: dict[str, int]
    letters: dict[str, int]
    procedure: str


async def build(server: Server) -> Neighbours:
    owner = await asyncpg.connect(server.owner_url)
    units: dict[str, int] = {}
    for name, (parent, level, ended) in UNITS.items():
        units[name] = await _unit(owner, name, units.get(parent or ""), level, ended=ended)
    units[OTHER_WORLD] = await _unit(owner, OTHER_WORLD, None, "commune", simulated=True)
    source = await owner.fetchval("SELECT id FROM sources ORDER BY id LIMIT 1")
    for before, after in SUCCESSORS:
        await owner.execute(
            "INSERT INTO unit_successors VALUES ($1, $2, false, $3)",
            *(units[before], units[after], source),
        )
    procedure = await owner.fetchval("SELECT min(id) FROM procedures")
    code = await owner.fetchval("SELECT code FROM procedures WHERE id = $1", procedure)
    cases, letters = {}, {}
    for name, (receiving, competent) in CASES.items():
        events = _history(name, units[receiving], [units[each] for each in competent], procedure)
        simulated = receiving == OTHER_WORLD
        cases[name] = await write_history(owner, events, simulated=simulated)
        await owner.execute(
            "INSERT INTO applicants (case_id, name) VALUES ($1, $2)", cases[name], PERSON
        )
        await owner.execute(
            "INSERT INTO case_words VALUES ($1, 1, 'note', 'muối', 'lời')", cases[name]
        )
        letters[name] = await owner.fetchval(
            "INSERT INTO letters (case_id, reason, cause, new_due_at, drafted_at, drafted_by) "
            "VALUES ($1, 'bận', 'workload', $2, $2, 'test') RETURNING id",
            *(cases[name], AT),
        )
    for unit in units.values():
        await owner.execute(
            "INSERT INTO explanations (unit_id, period, text, actor, recorded_at) "
            "VALUES ($1, 'year:2026', 'vì', 'test', $2)",
            *(unit, AT),
        )
    for name, unit in units.items():
        await owner.execute("INSERT INTO form_numbers VALUES ($1, 2026, 7, '04')", unit)
        await owner.execute(
            "INSERT INTO scores (simulated, rubric, version, rubric_digest, unit_id, period, "
            "as_of, known_at, computed_at, points, most, scored_most, figures, leaves, block) "
            "VALUES ($1, '766', 1, '', $2, 'year:2026', $3, $3, $3, 1, 1, 1, '', '[]', $4)",
            *(name == OTHER_WORLD, unit, AT, block_of(name)),
        )
    for simulated in (False, True):
        await owner.execute(
            "INSERT INTO portal_claims (case_code, simulated, service, sender, actor, digest, "
            "claim, recorded_at, waits) VALUES ('X', $1, 's', 's', 'test', '', '{}', $2, 'chờ')",
            *(simulated, AT),
        )
        await owner.execute(
            "INSERT INTO idempotency_keys VALUES ('ai đó', $1, '', '{}', $2)", str(simulated), AT
        )
    await owner.close()
    return Neighbours(server, units, cases, letters, code)


def block_of(name: str) -> str:
    """The block of a unit by its kind and level."""
    level = UNITS[name][1] if name in UNITS else "commune"
    return f"{level}s"


def sees(role: Role, home: str | None, case: str) -> bool:
    """The rules in plain words, for readers at home in `own`, in `province` or in a whole world."""
    receiving, competent = CASES[case]
    if role in (Role.ADMIN, Role.APPRAISER):
        return False
    if role is Role.AUDITOR or home is None:
        return receiving != OTHER_WORLD
    theirs = {
        "own": {"own", "heir_of"},
        "province": {"province", "old_province", "district"},
        "former": set[str](),
    }[home]
    if role in (Role.LEADER, Role.OFFICIAL, Role.PROGRAM):
        theirs |= {
            "own": {"child"},
            "province": {"own", "heir_of", "child", "sibling", "later", "former"},
            "former": set[str](),
        }[home]
    return bool(theirs & {receiving, *competent})


async def _unit(
    owner: asyncpg.Connection,
    name: str,
    parent: int | None,
    level: str,
    *,
    ended: bool = False,
    simulated: bool = False,
) -> int:
    found: int = await owner.fetchval(
        "INSERT INTO units (simulated, code, name, kind, level, parent_id, root_id, valid_to) "
        "VALUES ($1, $2, $2, 'people_committee', $3, $4, (SELECT coalesce(root_id, id) "
        "FROM units WHERE id = $4), $5) RETURNING id",
        *(simulated, f"N-{name}", level, parent, ENDED if ended else None),
    )
    return found


def _history(name: str, receiving: int, competent: Sequence[int], procedure: int) -> list[Any]:
    due = AT + timedelta(days=5)
    change: dict[str, Any] = {
        "receiving_unit_id": receiving,
        "competent_unit_id": competent[0],
        "procedure_id": procedure,
        "level": "commune",
        "channel": "counter",
        "state": 2,
        "e_result": "unknown",
        **dict.fromkeys(("submitted_at", "received_at"), AT),
        **dict.fromkeys(("due_at", "promised_due_at", "first_due_at"), due),
        **dict.fromkeys(("overdue_at", "promised_overdue_at"), due + timedelta(hours=7)),
    }
    code = name.upper()
    events = [event(code, 1, "received", AT, change)]
    for seq, unit in enumerate(competent[1:], start=2):
        at = AT + timedelta(hours=seq)
        events.append(event(code, seq, "transferred", at, {"competent_unit_id": unit}))
    return events
