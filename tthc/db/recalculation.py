"""Open cases by what their due dates depend on, and the acts that move them in bulk.

Cases that were never suspended, extended or mended are told apart only by what the clock looks
at: the date of receipt, the hours that matter to a rule, the terms and the policy. So a million of
them are some thousands of questions.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tthc.db.sight import any_of, seen
from tthc.db.unit_hours import NEWEST
from tthc.domain.access import Scope
from tthc.domain.term import Term, TermUnit

_AT_ONCE = 2000  # rows of a stream
DUES = (
    *("promised_due_at", "promised_overdue_at", "due_at", "overdue_at"),
    *("statutory_due_at", "statutory_overdue_at"),
)
_LOCAL = "c.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh'"
_TOUCHED = """EXISTS (SELECT FROM case_events e WHERE e.case_id = c.id
  AND e.type IN ('suspended', 'charged', 'resumed', 'extended', 'corrected'))"""
# open cases that stand under versions of which days changed while they ran; `own` is what the
# receiving unit's own hours are known by
_OPEN = f"""
FROM cases c LEFT JOIN ({NEWEST}) AS own ON own.unit_id = c.receiving_unit_id
JOIN unnest(CAST(:versions AS text[]), CAST(:owns AS text[]), CAST(:hours AS text[]),
    CAST(:firsts AS date[]), CAST(:lasts AS date[]))
  AS changed (version, own, hours, first, last)
  ON changed.version = coalesce(c.calendar_version, '')
  AND changed.own = coalesce(own.digest, '') AND changed.hours = coalesce(c.hours_version, '')
  AND c.received_on <= changed.last
  AND greatest(c.due_on, c.promised_due_on, c.statutory_due_on) >= changed.first
WHERE c.active_until IS NULL AND c.due_at IS NOT NULL {{scope}}
"""
GROUPS = f"""
SELECT min(received_at) AS received_at, array_agg(id ORDER BY id) AS ids, term_id,
  statutory_term_id, version, own, hours_version, start_rule, mode, suspension_rule, sector,
  with_letter, {", ".join(DUES)}
FROM (
  SELECT c.id, c.received_at, c.received_on, c.term_id, c.statutory_term_id,
    c.calendar_version AS version, own.digest AS own, c.hours_version,
    c.start_rule, c.mode, c.suspension_rule,
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
GROUP BY received_on, term_id, statutory_term_id, version, own, hours_version, start_rule, mode,
  suspension_rule, sector, part_of_day, exact, with_letter, {", ".join(DUES)}
"""
TOUCHED = f"SELECT c.id {_OPEN} AND {_TOUCHED} ORDER BY c.id"
VERSIONS = f"""
SELECT coalesce(c.calendar_version, '') AS version, coalesce(own.digest, '') AS own,
  coalesce(c.hours_version, '') AS hours, count(*) AS cases
FROM cases c LEFT JOIN ({NEWEST}) AS own ON own.unit_id = c.receiving_unit_id
WHERE active_until IS NULL AND due_at IS NOT NULL {{scope}} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
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


class Part(NamedTuple):
    """The open cases that are asked about: a reader's, of all receiving units or of some."""

    scope: Scope
    units: tuple[int, ...] | None = None

    @property
    def condition(self) -> str:
        within = f"AND {seen(self.scope)}"
        if self.units is None:
            return within
        return f"{within} AND c.receiving_unit_id = {any_of(self.units)}"


class Standing(NamedTuple):
    """The versions under which cases stand: the country's, what the receiving unit's own hours
    are known by, and which of these they have pinned; '' where there is none.
    """

    version: str
    own: str
    hours: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days between which a standing is changed."""

    standing: Standing
    first: date
    last: date


async def open_standings(connection: AsyncConnection, part: Part) -> dict[Standing, int]:
    """How many open cases with a due date stand under which versions."""
    rows = await connection.execute(text(VERSIONS.format(scope=part.condition)))
    return {Standing(row.version, row.own, row.hours): row.cases for row in rows}


async def groups(
    connection: AsyncConnection,
    part: Part,
    stretches: Sequence[Stretch],
    edges: Sequence[time],
) -> AsyncIterator[Row[Any]]:
    """Cases that the clock can't tell apart, group by group; `edges` part the day of receipt."""
    asked = {**_bounds(stretches), "edges": list(edges)}
    async for row in _stream(connection, GROUPS.format(scope=part.condition), asked):
        yield row


async def touched(
    connection: AsyncConnection, part: Part, stretches: Sequence[Stretch]
) -> AsyncIterator[int]:
    """The cases whose due dates depend on more than their receipt."""
    sql = TOUCHED.format(scope=part.condition)
    async for row in _stream(connection, sql, _bounds(stretches)):
        yield row.id


async def termed(
    connection: AsyncConnection, scope: Scope, codes: Sequence[str]
) -> AsyncIterator[Row[Any]]:
    """The open cases of some procedures that have pinned a term."""
    sql = TERMED.format(scope=Part(scope).condition)
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
        "versions": [one.standing.version for one in stretches],
        "owns": [one.standing.own for one in stretches],
        "hours": [one.standing.hours for one in stretches],
        "firsts": [one.first for one in stretches],
        "lasts": [one.last for one in stretches],
    }
