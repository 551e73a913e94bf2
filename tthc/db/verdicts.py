"""Verdicts of cases in a period, as bits: of the ledger at a cut-off, or as they were published.

`case_verdicts` and `published_verdicts` select the same columns; a digest and a difference take
either.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.facts import Knowledge, facts_sql
from tthc.db.queries.procedures import count_procedures
from tthc.domain.access import Scope
from tthc.domain.period import Period
from tthc.rules.frozen import BITS, FrozenSet, of_procedures
from tthc.rules.predicates import Cut

KEYS = ("receiving_unit_id", "competent_unit_id", "level", "procedure_id", "channel")
COLUMNS = ("case_id", *KEYS, "verdicts", "days")
_LINE = """
  SELECT c.code, concat_ws(E'\\t', length(c.code) || ':' || c.code,
    r.code || '@' || coalesce(r.valid_from::text, ''),
    s.code || '@' || coalesce(s.valid_from::text, ''),
    v.level, p.code, v.channel, array_to_string(v.verdicts, ','),
    array_to_string(v.days, ',', '-')) || E'\\n' AS line
  FROM ({source}) AS v JOIN cases c ON c.id = v.case_id
  JOIN units r ON r.id = v.receiving_unit_id JOIN units s ON s.id = v.competent_unit_id
  JOIN procedures p ON p.id = v.procedure_id"""
# bucket by bucket, so that no digest is made over more than the memory holds
_DIGEST = f"""
WITH lines AS ({_LINE}), buckets AS (
  SELECT get_byte(sha256(convert_to(code, 'UTF8')), 0) AS bucket, count(*) AS cases,
    sha256(string_agg(convert_to(line, 'UTF8'), ''::bytea
      ORDER BY convert_to(code, 'UTF8'))) AS digest
  FROM lines GROUP BY 1
)
SELECT coalesce(sum(cases), 0)::bigint AS cases,
  sha256(coalesce(string_agg(digest, ''::bytea ORDER BY bucket), ''::bytea)) AS digest
FROM buckets"""
_DIFFERENCE = """
WITH before AS ({before}), after AS ({after})
SELECT c.id, c.code, {columns}
FROM before b FULL JOIN after a ON a.case_id = b.case_id
JOIN cases c ON c.id = coalesce(a.case_id, b.case_id)
WHERE ({old}) IS DISTINCT FROM ({new}) ORDER BY c.code"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a publication's digest covers beside the verdicts."""

    simulated: bool
    period: Period
    knowledge: Knowledge
    calendar_version: str
    frozen: FrozenSet


def case_verdicts(scope: Scope, frozen: FrozenSet, period: Period, knowledge: Knowledge) -> str:
    """A SELECT of the verdicts of every case that counts in a period in any way."""
    cut = Cut(knowledge.as_of, period)
    bits = [
        f"coalesce(({cut.bind(each)})::integer, 0)::bigint << {place % BITS}"
        for place, each in enumerate(frozen.texts)
    ]
    words = [
        "(" + " | ".join(f"({bit})" for bit in bits[start : start + BITS]) + ")"
        for start in range(0, len(bits), BITS)
    ]
    days = [
        f"CASE WHEN {cut.bind(condition)} THEN {cut.bind(number)} END"
        for condition, number in frozen.spreads
    ]
    facts = facts_sql(
        scope, dict.fromkeys(["id", *KEYS, *frozen.columns]), knowledge, active_since=period.start
    )
    masks = [
        sum(1 << place % BITS for place in range(frozen.counting) if place // BITS == word)
        for word in range(len(words))
    ]
    counts = " OR ".join(
        f"verdicts[{word + 1}] & {mask} <> 0" for word, mask in enumerate(masks) if mask
    )
    return (
        f"SELECT {', '.join(COLUMNS)} FROM (SELECT f.id AS case_id, "
        f"{', '.join(f'f.{key}' for key in KEYS)}, "
        f"ARRAY[{', '.join(words)}]::bigint[] AS verdicts, "
        f"ARRAY[{', '.join(days)}]::integer[] AS days FROM ({facts}) AS f) AS judged "
        f"WHERE {counts}"
    )


def published_verdicts(publication_id: int) -> str:
    """A SELECT of the verdicts as they were published."""
    return (
        f"SELECT unnest(case_ids) AS case_id, {', '.join(COLUMNS[1:])} FROM published_figures "
        f"WHERE publication_id = {int(publication_id)}"
    )


async def freeze(connection: AsyncConnection, publication_id: int, sealed: Sealed) -> None:
    """Write the figures of a publication: the cases alike in all that counts are one row."""
    scope = Scope(sealed.simulated)
    source = case_verdicts(scope, sealed.frozen, sealed.period, sealed.knowledge)
    keys = ", ".join(COLUMNS[1:])
    await connection.exec_driver_sql(
        f"INSERT INTO published_figures (publication_id, simulated, {keys}, cases, case_ids) "
        f"SELECT {int(publication_id)}, {sealed.simulated}, {keys}, count(*), "
        "array_agg(case_id ORDER BY case_id) "
        f"FROM ({source}) AS v GROUP BY {keys}"
    )
    rows = await counted_procedures(connection, sealed)
    if rows:
        await connection.execute(
            text(
                "INSERT INTO published_procedures (publication_id, definition, procedure, "
                "denominator, numerator, cut_percents) VALUES (:publication_id, :definition, "
                ":procedure, :denominator, :numerator, :cut_percents)"
            ),
            [{"publication_id": publication_id} | row for row in rows],
        )


async def counted_procedures(connection: AsyncConnection, sealed: Sealed) -> list[dict[str, Any]]:
    """What the definitions that count procedures count in the ledger."""
    scope = Scope(sealed.simulated)
    rows = []
    for each in of_procedures():
        found = await count_procedures(
            scope, connection, each, sealed.period, sealed.knowledge, ("procedure",)
        )
        rows += [{"definition": each.id} | row for row in found]
    return rows


async def published_procedures(
    connection: AsyncConnection, publication_id: int
) -> list[dict[str, Any]]:
    """The same rows as they were published."""
    found = await connection.execute(
        text(
            "SELECT definition, procedure, denominator, numerator, cut_percents "
            "FROM published_procedures WHERE publication_id = :id"
        ),
        {"id": publication_id},
    )
    return [dict(row) for row in found.mappings()]


async def digest(
    connection: AsyncConnection, sealed: Sealed, source: str, procedures: list[dict[str, Any]]
) -> tuple[int, str]:
    """How many cases a source of verdicts has, and the digest that seals them (ADR 75)."""
    row = (await connection.exec_driver_sql(_DIGEST.format(source=source))).one()
    known = sealed.knowledge
    head = {
        "world": "simulated" if sealed.simulated else "real",
        "period": [sealed.period.name, str(sealed.period.start), str(sealed.period.end)],
        "as_of": _micros(known.as_of),
        "known_at": _micros(known.known_at),
        "calendar": sealed.calendar_version,
        "slots": sealed.frozen.document(),
        "procedures": sorted(
            [
                each["definition"],
                each["procedure"],
                each["denominator"],
                each["numerator"],
                format(each["cut_percents"].normalize(), "f"),
            ]
            for each in procedures
        ),
    }
    text_of_head = json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return row.cases, sha256(text_of_head.encode() + b"\n" + row.digest).hexdigest()


def _micros(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000_000)


async def differences(connection: AsyncConnection, before: str, after: str) -> list[dict[str, Any]]:
    """The cases that two sources of verdicts tell differently, by code: `old_…` and `new_…`."""
    told = COLUMNS[1:]
    sql = _DIFFERENCE.format(
        before=before,
        after=after,
        columns=", ".join(f"b.{each} AS old_{each}, a.{each} AS new_{each}" for each in told),
        old=", ".join(f"b.{each}" for each in told),
        new=", ".join(f"a.{each}" for each in told),
    )
    return [dict(row) for row in (await connection.exec_driver_sql(sql)).mappings()]
