"""Units' own hours as this database knows them, each decision kept as it was laid."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.unit_hours import NO_OWN_HOURS, OwnHours, UnitHours
from tthc.rules.unit_hours import own_hours

_COLUMNS = (
    "h.version, h.title, h.source_id, h.decided_on, h.valid_from, h.valid_to, h.hours::text, "
    "h.mode, h.start_rule"
)
# the decisions of some unit that ends in a digest; units that share it share them
OF_DIGEST = f"""
SELECT {_COLUMNS} FROM unit_hours h
JOIN (SELECT unit_id, id FROM unit_hours WHERE digest = $1 ORDER BY id LIMIT 1) AS last
  ON h.unit_id = last.unit_id AND h.id <= last.id
ORDER BY h.id
"""
NEWEST = """
SELECT DISTINCT ON (unit_id) unit_id, digest FROM unit_hours ORDER BY unit_id, id DESC
"""
OF_UNIT = f"""
SELECT {_COLUMNS}, h.actor, h.applied_at, s.number
FROM unit_hours h JOIN sources s ON s.id = h.source_id WHERE h.unit_id = :unit ORDER BY h.id
"""
LAY = """
INSERT INTO unit_hours (unit_id, version, title, decided_on, valid_from, valid_to, hours, mode,
  start_rule, source_id, digest, actor, applied_at, report)
SELECT u.id, :version, :title, :decided_on, :valid_from, :valid_to,
  CAST(CAST(:hours AS text) AS json), :mode, :start_rule, :source, u.digest, :actor,
  :applied_at, CAST(CAST(:report AS text) AS json)
FROM unnest(CAST(:units AS integer[]), CAST(:digests AS text[])) AS u (id, digest)
"""
REMEMBERED = 4096  # histories; units with the same hours share one

_known: dict[str, UnitHours] = {}  # by digest, hence of whatever database


@dataclass(frozen=True, slots=True)
class Laid:
    """A decision as it is laid for units: with what it says, by whom, when, and what it moved."""

    hours: OwnHours
    tables: Mapping[str, Any]
    actor: str
    applied_at: datetime
    report: str


async def known_hours(connection: AsyncConnection, digest: str) -> UnitHours:
    """The hours of a unit whose last decision has this digest; read once for each."""
    found = _known.get(digest)
    if found is None:
        rows = await connection.exec_driver_sql(OF_DIGEST, (digest,))
        if len(_known) >= REMEMBERED:
            _known.clear()
        found = _known[digest] = UnitHours(tuple(map(_decision, rows)))
    return found


async def newest_digests(connection: AsyncConnection) -> dict[int, str]:
    """By unit, what its own hours are known by; units without any are left out."""
    rows = await connection.execute(text(NEWEST))
    return {row.unit_id: row.digest for row in rows}


async def hours_of(connection: AsyncConnection, digest: str | None) -> UnitHours:
    """The same, and none for none."""
    return NO_OWN_HOURS if digest is None else await known_hours(connection, digest)


async def read_unit_hours(
    connection: AsyncConnection, unit_id: int
) -> list[tuple[OwnHours, Row[Any]]]:
    """The decisions on a unit's hours in the order in which they were laid, with who laid them."""
    rows = await connection.execute(text(OF_UNIT), {"unit": unit_id})
    return [(_decision(row), row) for row in rows]


async def lay_hours(
    connection: AsyncConnection, laid: Laid, before: Mapping[int, str | None]
) -> None:
    """Keep one more decision for units, given what their hours were known by before it."""
    one = laid.hours
    digests = [digest_after(digest, one, laid.tables) for digest in before.values()]
    await connection.execute(
        text(LAY),
        {
            "version": one.version,
            "title": one.title,
            "decided_on": one.decided_on,
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "hours": json.dumps(laid.tables, ensure_ascii=False),
            "mode": one.mode,
            "start_rule": one.start_rule,
            "source": one.source,
            "actor": laid.actor,
            "applied_at": laid.applied_at,
            "report": laid.report,
            "units": list(before),
            "digests": digests,
        },
    )


def digest_after(before: str | None, one: OwnHours, tables: Mapping[str, Any]) -> str:
    """What a unit's hours are known by once a decision was laid over those before."""
    said = (before, one.version, one.title, one.source, one.decided_on, one.valid_from)
    rest = (one.valid_to, one.mode, one.start_rule, tables)
    text_ = json.dumps([*said, *rest], sort_keys=True, ensure_ascii=False, default=date.isoformat)
    return hashlib.sha256(text_.encode()).hexdigest()


def _decision(row: Row[Any]) -> OwnHours:
    dates = {name: getattr(row, name) for name in ("decided_on", "valid_from", "valid_to")}
    entry = {**json.loads(row.hours), "mode": row.mode, "start_rule": row.start_rule}
    return own_hours(row.version, row.title, row.source_id, dates, entry)
