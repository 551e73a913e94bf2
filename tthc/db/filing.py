"""What a receipt needs of the catalogue: units, procedure, terms, online level, at once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db import catalogue
from tthc.db.calendars import STATE, KnownCalendars, known_calendars
from tthc.db.history import Kept, read_kept
from tthc.domain.access import Actor
from tthc.domain.catalog import Procedure, PublishedTerm, Unit

_IN_FORCE = (
    "({0}.valid_from IS NULL OR {0}.valid_from <= {1}) "
    "AND ({0}.valid_to IS NULL OR {1} < {0}.valid_to)"
)
_UNIT = """
(SELECT json_build_array(u.id, u.code, u.name, u.kind, u.level, u.parent_id,
   coalesce(u.root_id, u.id), u.valid_from, u.valid_to)
 FROM units u WHERE u.simulated = $1 AND u.code = {code} AND {in_force}
 ORDER BY u.valid_from DESC NULLS LAST LIMIT 1)"""
# $1 world, $2 and $3 receiving unit and its date, $4 and $5 the competent one, $6 procedure,
# $7 date of receipt, $8 actor, $9 key or NULL, $10 whether to number the case
_READ = f"""
WITH found AS (
  SELECT {_UNIT.format(code="$2", in_force=_IN_FORCE.format("u", "$3::date"))} AS receiving,
    {_UNIT.format(code="$4", in_force=_IN_FORCE.format("u", "$5::date"))} AS competent
)
SELECT receiving::text, competent::text,
  (SELECT r.code FROM units r WHERE r.id = (competent ->> 6)::integer) AS root_code,
  (SELECT json_build_array(p.id, p.code, p.name, s.name, p.levels, p.decision, p.imported,
     p.valid_from, p.valid_to)
   FROM procedures p JOIN sectors s ON s.id = p.sector_id
   WHERE p.code = $6 AND {_IN_FORCE.format("p", "$7::date")}
   ORDER BY p.valid_from DESC NULLS LAST LIMIT 1)::text AS procedure,
  (SELECT json_agg(json_build_array(t.id, t.procedure_code, t.basis, t.case_kind, t.level,
     t.channel, t.committed_by, t.amount, t.unit, t.cutoff, t.published, t.confirmed, t.problem,
     t.valid_from, t.valid_to, t.source_id))
   FROM terms t WHERE t.procedure_code = $6 AND {_IN_FORCE.format("t", "$7::date")})::text AS terms,
  (SELECT o.online_level FROM online_levels o
   WHERE o.procedure_code = $6 AND (o.level IS NULL OR o.level = competent ->> 4)
     AND {_IN_FORCE.format("o", "$7::date")}
     AND (o.decided_by NOT LIKE 'UBND %' OR EXISTS (SELECT FROM units r
       WHERE r.id = (competent ->> 6)::integer AND lower(o.decided_by) = 'ubnd ' || lower(r.name)))
   ORDER BY o.decided_by LIKE 'UBND %' DESC, o.level NULLS LAST, o.valid_from DESC NULLS LAST
   LIMIT 1) AS online_level,
  (SELECT NOT bool_or(v.unit_id = (competent ->> 0)::integer) FROM unit_serves v
   WHERE v.centre_id = (receiving ->> 0)::integer AND {_IN_FORCE.format("v", "$7::date")})
   AS out_of_territory,
  (SELECT json_build_array(encode(k.request, 'hex'), k.response)
   FROM idempotency_keys k WHERE k.actor = $8 AND k.key = $9::text)::text AS kept,
  {STATE.format(unit="(receiving ->> 0)::integer")} AS calendars,
  CASE WHEN $10::boolean THEN nextval('case_numbers') END AS number
FROM found"""


@dataclass(frozen=True, slots=True)
class Counter:
    """What the catalogue says on the day of a receipt, and the number of a new code if asked."""

    receiving: Unit
    competent: Unit
    root_code: str
    procedure: Procedure
    terms: Sequence[PublishedTerm]
    online_level: str | None
    out_of_territory: bool | None
    number: int | None
    calendars: KnownCalendars


async def read_counter(
    actor: Actor,
    connection: AsyncConnection,
    *,
    receiving_unit: str,
    competent_unit: str | None,
    procedure_code: str,
    on: date,
    key: str | None,
    number: bool,
) -> Counter | Kept:
    """The catalogue for one receipt, or the answer to the same request made before.

    Raises NotFoundError, which says what a code names at another date.
    """
    simulated = actor.scope.simulated
    receiving, received_then = catalogue.split_code(receiving_unit, on)
    competent, competent_then = catalogue.split_code(competent_unit or receiving_unit, on)
    asked = (
        *(simulated, receiving, received_then, competent, competent_then, procedure_code, on),
        *(actor.name, key, number),
    )
    row = (await connection.exec_driver_sql(_READ, asked)).mappings().one()
    kept = read_kept(row["kept"])
    if kept:
        return kept
    for code, then, found in (
        (receiving, received_then, row["receiving"]),
        (competent, competent_then, row["competent"]),
    ):
        if found is None:  # says why
            await catalogue.unit_by_code(connection, code, then, simulated=simulated)
    if row["procedure"] is None:
        await catalogue.procedure_by_code(connection, procedure_code, on)
    return Counter(
        receiving=Unit(*_dated(json.loads(row["receiving"]))),
        competent=Unit(*_dated(json.loads(row["competent"]))),
        root_code=row["root_code"],
        procedure=Procedure(*_dated(json.loads(row["procedure"]))),
        terms=[_term(one) for one in json.loads(row["terms"] or "[]", parse_float=Decimal)],
        online_level=row["online_level"],
        out_of_territory=row["out_of_territory"],
        number=row["number"],
        calendars=await known_calendars(connection, row["calendars"]),
    )


def _dated(values: list[Any]) -> list[Any]:
    """The values with their last two, the validity, as dates."""
    *others, start, end = values
    return [*others, start and date.fromisoformat(start), end and date.fromisoformat(end)]


def _term(values: list[Any]) -> PublishedTerm:
    term = PublishedTerm._make([*_dated(values[:-1]), values[-1]])
    return term._replace(
        amount=None if term.amount is None else Decimal(str(term.amount)),
        cutoff=term.cutoff and time.fromisoformat(str(term.cutoff)),
    )
