"""Open cases by what their due dates depend on, and the acts that move them in bulk.

Cases that were never suspended, extended or mended are told apart only by what the clock looks
at: the date of receipt, the hours that matter to a rule, the terms and the policy. So a million of
them are some thousands of questions.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import seen
from tthc.domain.access import Scope
from tthc.domain.term import Term, TermUnit

_AT_ONCE = 2000  # rows of a stream
DUES = (
    *("promised_due_at", "promised_overdue_at", "due_at", "overdue_at"),
    *("statutory_due_at", "statutory_overdue_at"),
)
MOVED_COLUMNS = (
    *(*DUES, "re_promised_at", "calendar_version"),
    *("term_id", "statutory_term_id"),
)
_LOCAL = "c.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh'"
_TOUCHED = """EXISTS (SELECT FROM case_events e WHERE e.case_id = c.id
  AND e.type IN ('suspended', 'charged', 'resumed', 'extended', 'corrected'))"""
# open cases that stand under a version of which days changed while they ran
_OPEN = """
FROM cases c
JOIN unnest(CAST(:versions AS text[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
  AS changed (version, first, last) ON changed.version = coalesce(c.calendar_version, '')
  AND c.received_on <= changed.last
  AND greatest(c.due_on, c.promised_due_on, c.statutory_due_on) >= changed.first
WHERE c.active_until IS NULL AND c.due_at IS NOT NULL {scope}
"""
GROUPS = f"""
SELECT min(received_at) AS received_at, array_agg(id ORDER BY id) AS ids, term_id,
  statutory_term_id, version, start_rule, mode, suspension_rule, sector, with_letter,
  {", ".join(DUES)}
FROM (
  SELECT c.id, c.received_at, c.received_on, c.term_id, c.statutory_term_id,
    c.calendar_version AS version, c.start_rule, c.mode, c.suspension_rule,
    c.letter_issued_at IS NOT NULL AS with_letter, {", ".join(f"c.{name}" for name in DUES)},
    CASE WHEN c.start_rule IS NULL OR c.mode IS NULL OR c.suspension_rule IS NULL
      THEN s.name END AS sector,
    CASE WHEN 'working_hour' IN (t.unit, st.unit) OR t.amount <> trunc(t.amount)
      OR st.amount <> trunc(st.amount) THEN c.received_at END AS exact,
    width_bucket(({_LOCAL})::time, CAST(:edges AS time[])) AS part_of_day
  {
    _OPEN.replace(
        "WHERE",
        '''JOIN procedures p ON p.id = c.procedure_id
  JOIN sectors s ON s.id = p.sector_id
  JOIN terms t ON t.id = c.term_id LEFT JOIN terms st ON st.id = c.statutory_term_id
  WHERE''',
    )
} AND NOT {_TOUCHED}
) AS plain
GROUP BY received_on, term_id, statutory_term_id, version, start_rule, mode, suspension_rule,
  sector, part_of_day, exact, with_letter, {", ".join(DUES)}
"""
TOUCHED = f"SELECT c.id {_OPEN} AND {_TOUCHED} ORDER BY c.id"
VERSIONS = """
SELECT calendar_version AS version, count(*) AS cases FROM cases c
WHERE active_until IS NULL AND due_at IS NOT NULL {scope} GROUP BY 1 ORDER BY 1
"""
# open cases of procedures with a term of ours, and whose commitments bind them
TERMED = """
SELECT c.id, coalesce(r.code, u.code) AS root_code
FROM cases c JOIN procedures p ON p.id = c.procedure_id
JOIN units u ON u.id = c.competent_unit_id LEFT JOIN units r ON r.id = u.root_id
WHERE c.active_until IS NULL AND c.due_at IS NOT NULL AND c.term_id IS NOT NULL
  AND p.code = ANY (:codes) {scope} ORDER BY c.id
"""
TERMS = "SELECT id, amount, unit, cutoff FROM terms WHERE unit IS NOT NULL"
CASES = """
SELECT c.id, c.code, p.code AS procedure_code, u.code AS competent_unit, c.received_at
FROM cases c JOIN procedures p ON p.id = c.procedure_id JOIN units u ON u.id = c.competent_unit_id
WHERE c.id = ANY (:ids)
"""


def _sealed(*fields: str) -> str:
    return " || ".join(f"length({field}) || ':' || {field}" for field in fields)


def _micros(at: str) -> str:
    return f"(extract(epoch FROM {at}) * 1000000)::bigint::text"


_NOW = "CAST(:now AS timestamptz)"
_EFFECTIVE = f"greatest({_NOW}, c.last_effective_at)"
# tthc.domain.events.sealed_text, of an act that replaces nothing
_TEXT = _sealed(
    "c.code",
    "(c.version + 1)::text",
    "'recalculated'",
    *(_micros(at) for at in (_NOW, _EFFECTIVE, _NOW)),
    "CAST(:actor AS text)",
    "''",
    "t.payload",
    "t.change",
)
MOVE = f"""
WITH moved AS (
  SELECT c.id, c.version + 1 AS seq, {_EFFECTIVE} AS effective_at, t.payload, t.change,
    sha256(c.head || convert_to({_TEXT}, 'UTF8')) AS hash
  FROM unnest(CAST(:ids AS bigint[]), CAST(:places AS integer[])) AS given (id, place)
  JOIN unnest(CAST(:payloads AS text[]), CAST(:changes AS text[]))
    WITH ORDINALITY AS t (payload, change, place) USING (place)
  JOIN cases c USING (id)
), acts AS (
  INSERT INTO case_events (case_id, seq, type, occurred_at, effective_at, recorded_at, actor,
    payload, change, hash)
  SELECT id, seq, 'recalculated', {_NOW}, effective_at, {_NOW}, CAST(:actor AS text),
    payload::json, change::json, hash
  FROM moved
)
UPDATE cases c SET version = m.seq, head = m.hash, last_effective_at = m.effective_at,
  last_recorded_at = greatest(c.last_recorded_at, {_NOW}), ({", ".join(MOVED_COLUMNS)}) = (
    SELECT {", ".join(f"r.{name}" for name in MOVED_COLUMNS)}
    FROM jsonb_populate_record(c, m.change::jsonb) AS r)
FROM moved m WHERE c.id = m.id
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days between which a version of the calendar is changed; '' is no version pinned."""

    version: str
    first: date
    last: date


async def open_versions(connection: AsyncConnection, scope: Scope | None) -> dict[str | None, int]:
    """How many open cases with a due date stand under which version of the calendar."""
    rows = await connection.execute(text(VERSIONS.format(scope=_within(scope))))
    return {row.version: row.cases for row in rows}


async def groups(
    connection: AsyncConnection,
    scope: Scope | None,
    stretches: Sequence[Stretch],
    edges: Sequence[time],
) -> AsyncIterator[Row[Any]]:
    """Cases that the clock can't tell apart, group by group; `edges` part the day of receipt."""
    asked = {**_bounds(stretches), "edges": list(edges)}
    async for row in _stream(connection, GROUPS.format(scope=_within(scope)), asked):
        yield row


async def touched(
    connection: AsyncConnection, scope: Scope | None, stretches: Sequence[Stretch]
) -> AsyncIterator[int]:
    """The cases whose due dates depend on more than their receipt."""
    sql = TOUCHED.format(scope=_within(scope))
    async for row in _stream(connection, sql, _bounds(stretches)):
        yield row.id


async def termed(
    connection: AsyncConnection, scope: Scope | None, codes: Sequence[str]
) -> AsyncIterator[Row[Any]]:
    """The open cases of some procedures that have pinned a term."""
    sql = TERMED.format(scope=_within(scope))
    async for row in _stream(connection, sql, {"codes": list(codes)}):
        yield row


async def load_term_limits(connection: AsyncConnection) -> dict[int, Term]:
    """Every term that a case may have pinned, by its id."""
    rows = await connection.execute(text(TERMS))
    return {
        row.id: Term(
            Decimal(0) if row.amount is None else row.amount, TermUnit(row.unit), row.cutoff
        )
        for row in rows
    }


async def name_cases(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    """What people call these cases."""
    rows = await connection.execute(text(CASES), {"ids": list(ids)})
    return {row.id: row for row in rows}


async def hold_ledger(connection: AsyncConnection) -> None:
    """Let nobody else write a case until the transaction ends."""
    await connection.execute(text("LOCK TABLE cases IN SHARE ROW EXCLUSIVE MODE"))


async def move_cases(
    connection: AsyncConnection,
    given: Sequence[tuple[int, int]],
    texts: Sequence[tuple[str, str]],
    *,
    actor: str,
    now: datetime,
) -> int:
    """Write a recalculation on each case: `given` are ids and the place (from 1) of their texts,
    which are payload and change. The chain is sealed where it lies. Returns how many.
    """
    written = await connection.execute(
        text(MOVE),
        {
            "ids": [case_id for case_id, _ in given],
            "places": [place for _, place in given],
            "payloads": [payload for payload, _ in texts],
            "changes": [change for _, change in texts],
            "actor": actor,
            "now": now,
        },
    )
    return written.rowcount


async def _stream(
    connection: AsyncConnection, sql: str, values: Mapping[str, Any]
) -> AsyncIterator[Row[Any]]:
    result = await connection.stream(
        text(sql).execution_options(yield_per=_AT_ONCE, max_row_buffer=_AT_ONCE), values
    )
    async for row in result:
        yield row


def _bounds(stretches: Sequence[Stretch]) -> dict[str, Any]:
    return {
        "versions": [one.version for one in stretches],
        "firsts": [one.first for one in stretches],
        "lasts": [one.last for one in stretches],
    }


def _within(scope: Scope | None) -> str:
    """The reader's part; None is everything, both worlds."""
    return "" if scope is None else f"AND {seen(scope)}"
