"""What a one-stop shop offers: the units that it receives for, procedures, their case kinds."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.domain.access import Actor

RECENT = 300  # receipts by which procedures are ordered
LOOKED_AT = 2_000  # of a shop, for those of one procedure
FILES = 100  # whose papers are read
_VALID = (
    "({0}.valid_from IS NULL OR {0}.valid_from <= $2::date) "
    "AND ({0}.valid_to IS NULL OR $2::date < {0}.valid_to)"
)
_PLACE = f"""
SELECT u.id, u.code, u.name, u.level FROM units u
WHERE u.id = $1 OR (EXISTS (SELECT FROM unit_serves v WHERE v.centre_id = $1 AND v.unit_id = u.id
  AND {_VALID.format("v")}) AND {_VALID.format("u")})
ORDER BY u.id <> $1, u.name, u.code"""
_OFFERED = f"""
SELECT p.code, p.name, s.name AS sector FROM procedures p JOIN sectors s ON s.id = p.sector_id
WHERE p.levels && $1::text[] AND NOT p.imported AND {_VALID.format("p")}
ORDER BY p.name, p.code"""
_RECENT = """
SELECT p.code, count(*) AS times, max(r.id) AS last FROM (
  SELECT id, procedure_id FROM cases
  WHERE simulated = $1 AND receiving_unit_id = ANY ($2::integer[])
  ORDER BY id DESC LIMIT $3::bigint
) AS r JOIN procedures p ON p.id = r.procedure_id
GROUP BY p.code ORDER BY last DESC"""
_PAPERS = """
SELECT w.words FROM (
  SELECT r.id FROM (
    SELECT id, procedure_id FROM cases
    WHERE simulated = $1 AND receiving_unit_id = $2 ORDER BY id DESC LIMIT $4::bigint
  ) AS r JOIN procedures p ON p.id = r.procedure_id
  WHERE p.code = $3 ORDER BY r.id DESC LIMIT $5::bigint
) AS f JOIN case_words w ON w.case_id = f.id AND w.name = 'papers'
ORDER BY f.id DESC"""
_KINDS = f"""
SELECT DISTINCT t.case_kind AS code, coalesce(k.name, t.case_kind) AS name
FROM terms t LEFT JOIN case_kinds k ON k.procedure_code = t.procedure_code
  AND k.code = t.case_kind AND {_VALID.format("k")}
WHERE t.procedure_code = $1 AND t.case_kind IS NOT NULL AND {_VALID.format("t")}
ORDER BY name"""


class Served(NamedTuple):
    """A unit that a shop receives for."""

    id: int
    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A person's shop; `serves` are the units it receives for, itself first."""

    unit: Served
    serves: tuple[Served, ...]

    @property
    def levels(self) -> list[str]:
        return sorted({each.level for each in self.serves})


class Offer(NamedTuple):
    """A procedure that may be applied for."""

    code: str
    name: str
    sector: str


class Kind(NamedTuple):
    """One of a procedure's case kinds."""

    code: str
    name: str


async def read_shop(connection: AsyncConnection, unit_id: int, on: date) -> Shop:
    """The shop of a unit, and whom it serves on a date."""
    rows = await connection.exec_driver_sql(_PLACE, (unit_id, on))
    serves = tuple(Served._make(row) for row in rows)
    return Shop(serves[0], serves)


async def list_offers(connection: AsyncConnection, shop: Shop, on: date) -> list[Offer]:
    """The procedures in force at its levels of government, by name."""
    rows = await connection.exec_driver_sql(_OFFERED, (shop.levels, on))
    return [Offer._make(row) for row in rows]


async def recent_codes(actor: Actor, connection: AsyncConnection) -> dict[str, int]:
    """Procedure → how often among the last receipts of the actor's units; the last one first."""
    asked = (actor.scope.simulated, list(actor.own_unit_ids or ()), RECENT)
    rows = await connection.exec_driver_sql(_RECENT, asked)
    return {row.code: row.times for row in rows}


async def read_papers(
    actor: Actor, connection: AsyncConnection, shop: Shop, procedure: str
) -> list[str]:
    """What the last files of a procedure at a shop came with, a file's papers a line each; the
    newest file first.
    """
    asked = (actor.scope.simulated, shop.unit.id, procedure, LOOKED_AT, FILES)
    rows = await connection.exec_driver_sql(_PAPERS, asked)
    return [row.words for row in rows]


async def list_kinds(connection: AsyncConnection, procedure: str, on: date) -> list[Kind]:
    """The case kinds between which a clerk must choose on a date."""
    rows = await connection.exec_driver_sql(_KINDS, (procedure, on))
    return [Kind._make(row) for row in rows]
